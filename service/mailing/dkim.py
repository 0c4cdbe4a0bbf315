"""DKIM signatures (RFC 6376, relaxed/relaxed, without l=; Ed25519 by RFC 8463). Pure: values in, header bytes out.

Made for a sender that signs thousands of messages a second: the keys are loaded once, what is the same for every message
is written once, and of a body that is in relaxed form already only the hash is taken. What remains is RSA itself
(`service.mailing.arithmetic`), which a mailing has done by a process of its own.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from service.mailing.arithmetic import PrivateKey, sign_digest

_COVERED = "From To Subject Date Message-ID Reply-To MIME-Version Content-Type Content-Language Auto-Submitted Precedence"
_COVERED_LISTS = "List-Unsubscribe List-Unsubscribe-Post List-Id List-Help Feedback-ID"
SIGNED = frozenset(f"{_COVERED} {_COVERED_LISTS}".lower().split())
"""Headers that a signature covers where they are present (RFC 6376, 5.4.1; RFC 8058, 4 asks for the List-Unsubscribe pair)."""

Headers = Sequence[tuple[str, str]]
"""Names and values in the order of the message; values as they stand there, folded or not, without the last CRLF."""

Shared = tuple[tuple[str, str], ...]
"""The same, of what many messages share."""

_BLANKS = re.compile(r"(?:\r\n|[ \t])+")
_BODY_BLANKS = re.compile(rb"[ \t]+")
_FOLD = "\r\n\t"
_SIGNATURE_LINE = 72


@dataclass(frozen=True)
class Key:
    """A private key and the selector under which its public half is published."""

    selector: str
    private: PrivateKey = field(repr=False)

    @cached_property
    def algorithm(self) -> str:
        """What `a=` says."""
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"


@dataclass(frozen=True)
class Signer:
    """Who signs: the domain as A-labels, and a key for each signature, the one that receivers know best first."""

    domain: str
    keys: tuple[Key, ...]


class _Covered(NamedTuple):
    """Of some headers those that are signed: their names in order, and their lines in relaxed form, the last first (5.4.2)."""

    names: tuple[str, ...]
    lines: str


class Unsigned(NamedTuple):
    """A signature to be made: the header's value up to it, and the octets that it covers."""

    private: PrivateKey
    value: str
    covered: bytes


def sign(signer: Signer, *, headers: Headers, body_hash: bytes, now: datetime) -> bytes:
    """The `DKIM-Signature` headers to put before these, one for each key, each with its CRLF."""
    to_sign = unsigned(signer, headers=headers, body_hash=body_hash, now=now)
    return b"".join([signature_header(one, signature(one)) for one in to_sign])


def unsigned(
    signer: Signer, *, headers: Headers, body_hash: bytes, now: datetime, shared: Shared = ()
) -> list[Unsigned]:
    """All of signing but the arithmetic: a signature to be made for each key.

    `shared` are headers that stand before the others, and are the same in many messages: they are read once.

    `body_hash` is `hash_body` of the body, or the digest of a hash that was copied at the end of a shared beginning, when
    the body is in relaxed form. `From` is signed once more than it stands there, so that none can be added.
    """
    of_many, own = _covered_in_many(shared), _covered(headers)
    listed, lines = _listed(of_many.names + own.names), own.lines + of_many.lines
    signed = f"c=relaxed/relaxed;{_FOLD}d={signer.domain}; t={int(now.timestamp())};{_FOLD}h={listed};"
    tags = f"{signed}{_FOLD}bh={base64.b64encode(body_hash).decode()};{_FOLD}b="
    return [_unsigned(key, tags, lines) for key in signer.keys]


def signature(one: Unsigned) -> bytes:
    """The signature of what is covered."""
    return sign_digest(one.private, digest_of(one))


def digest_of(one: Unsigned) -> bytes:
    """What of a signature depends on the message: the SHA-256 of what it covers."""
    return hashlib.sha256(one.covered).digest()


def signature_header(one: Unsigned, made: bytes) -> bytes:
    """The header, whole, with its CRLF."""
    written = base64.b64encode(made).decode()
    folded = _FOLD.join(
        written[start : start + _SIGNATURE_LINE] for start in range(0, len(written), _SIGNATURE_LINE)
    )
    return f"DKIM-Signature: {one.value}{folded}\r\n".encode("ascii")


def sign_message(signer: Signer, message: bytes, *, now: datetime) -> bytes:
    """A whole message with its signatures in front."""
    head, _blank, body = message.partition(b"\r\n\r\n")
    headers = read_headers(head)
    return sign(signer, headers=headers, body_hash=hash_body(body), now=now) + message


def read_headers(head: bytes) -> list[tuple[str, str]]:
    """Names and values of a raw header block, folding kept. Octets that are not ASCII survive as they are."""
    lines = re.split(r"\r\n(?![ \t])", head.decode("latin-1").removesuffix("\r\n"))
    return [
        (name.rstrip(" \t"), value) for name, colon, value in (line.partition(":") for line in lines) if colon
    ]


def relaxed_value(value: str) -> str:
    """A header's value in relaxed form (RFC 6376, 3.4.2): unfolded, blanks in a row as one, none at the ends."""
    if "  " in value or "\r\n" in value or "\t" in value:
        value = _BLANKS.sub(" ", value)
    return value.strip(" ")


def hash_body(body: bytes) -> bytes:
    """SHA-256 of the body in relaxed form; a body that is in that form already is only hashed."""
    return hashlib.sha256(body if is_relaxed(body) else relaxed_body(body)).digest()


def is_relaxed(body: bytes) -> bool:
    """Whether `relaxed_body` would leave this as it is."""
    if not body:
        return True
    blanks = b"  " in body or b"\t" in body or b" \r\n" in body
    return not blanks and body.endswith(b"\r\n") and not body.endswith(b"\r\n\r\n") and body != b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """A body in relaxed form (RFC 6376, 3.4.4): blanks in a row as one, none before a line's end, no empty lines at the end."""
    kept = _BODY_BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n").removesuffix(b" ")
    while kept.endswith(b"\r\n"):
        kept = kept[:-2]
    return kept + b"\r\n" if kept else b""


def _covered(headers: Headers) -> _Covered:
    covered = [(name.lower(), value) for name, value in headers if name.lower() in SIGNED]
    lines = [f"{name}:{relaxed_value(value)}\r\n" for name, value in reversed(covered)]
    return _Covered(tuple([name for name, _value in covered]), "".join(lines))


@lru_cache(maxsize=512)
def _covered_in_many(headers: Shared) -> _Covered:
    return _covered(headers)


@lru_cache(maxsize=64)
def _listed(names: tuple[str, ...]) -> str:
    """`h=` for these headers, folded. Of a name that stands there twice the last is signed first (5.4.2): hence the reverse."""
    return f":{_FOLD}".join(":".join(group) for group in _groups((*reversed(names), "from"), 5))


def _groups(names: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (names[start : start + size] for start in range(0, len(names), size))


def _unsigned(key: Key, tags: str, lines: str) -> Unsigned:
    """One header over these lines. Its own relaxed form is itself with a blank for each fold, since `b=` is its last tag."""
    value = f"v=1; a={key.algorithm}; s={key.selector}; {tags}"
    return Unsigned(
        key.private, value, f"{lines}dkim-signature:{value.replace(_FOLD, ' ')}".encode("latin-1")
    )
