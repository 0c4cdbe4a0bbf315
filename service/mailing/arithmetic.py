"""The arithmetic of signatures: a digest in, octets out. Apart, so that a process that does nothing else loads nothing else."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

PrivateKey = RSAPrivateKey | Ed25519PrivateKey

DIGEST_OCTETS = 32
"""Of SHA-256."""

ED25519_OCTETS = 64
"""Of a signature (RFC 8032, 5.1.6)."""

_PADDING, _DIGEST = padding.PKCS1v15(), Prehashed(hashes.SHA256())


def sign_digest(private: PrivateKey, digest: bytes) -> bytes:
    """The signature of a SHA-256: nearly all the time that signing takes, and meanwhile other threads run."""
    if isinstance(private, RSAPrivateKey):
        return private.sign(digest, _PADDING, _DIGEST)
    return private.sign(digest)  # RFC 8463, 3: of the hash, not of the text


def signature_octets(private: PrivateKey) -> int:
    """How long its signatures are."""
    return (private.key_size + 7) // 8 if isinstance(private, RSAPrivateKey) else ED25519_OCTETS
