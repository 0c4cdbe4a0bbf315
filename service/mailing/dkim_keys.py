"""DKIM keys: a folder of PEM files named after their selectors, of which the settings say which signs.

A key that no longer signs stays where it is, and published, until what it signed has arrived: that is all there is to rotation.
"""

import base64
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from service.errors import DkimKeyRefused
from service.mailing.arithmetic import PrivateKey
from service.mailing.dkim import Key, Signer
from service.mailing.messages import ascii_domain, wire_address
from service.settings import Settings

SMALLEST_RSA = 2048
"""Bits: receivers refuse less than 1024, and RFC 8301 asks for 2048."""

LONGEST_STRING = 255
"""Octets in one string of a TXT record (RFC 1035, 3.3)."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Record:
    """A public key as the DNS has it (RFC 6376, 3.6.1)."""

    name: str
    value: str

    @property
    def zone_line(self) -> str:
        """The record for a zone file, its value in strings of at most 255 octets."""
        cuts = range(0, len(self.value), LONGEST_STRING)
        strings = " ".join(f'"{self.value[start : start + LONGEST_STRING]}"' for start in cuts)
        return f"{self.name}. IN TXT ( {strings} )"


def load_signer(settings: Settings) -> Signer | None:
    """Who signs by these settings; None when no selector is set: then the relay signs, or nobody.

    Raises:
        DkimKeyRefused: a key that the settings name cannot be read, or is none of its kind.
    """
    if not settings.dkim_selector:
        return None
    first, second = settings.dkim_selector, settings.dkim_second_selector
    keys = [load_key(settings, first)]
    if not isinstance(keys[0].private, rsa.RSAPrivateKey):
        raise DkimKeyRefused(
            f"KENNISPOST_DKIM_SELECTOR is {first!r}, and must name an RSA key: all receivers check those."
        )
    if second:
        keys.append(load_key(settings, second))
        if not isinstance(keys[1].private, ed25519.Ed25519PrivateKey):
            raise DkimKeyRefused(
                f"KENNISPOST_DKIM_SECOND_SELECTOR is {second!r}, and must name an Ed25519 key."
            )
    for key in keys:
        if too_open(key_file(settings, key.selector)):
            log.warning("DKIM key is open to others: chmod 600", file=str(key_file(settings, key.selector)))
    return Signer(signing_domain(settings), tuple(keys))


def load_key(settings: Settings, selector: str) -> Key:
    """The key of this selector.

    Raises:
        DkimKeyRefused: its file cannot be read, or holds no private key of a kind that receivers check.
    """
    file = key_file(settings, selector)
    try:
        private = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise DkimKeyRefused(
            f"The DKIM key {file} cannot be read ({error.strerror}). `kennispost dkim new --selector {selector}` makes it."
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise DkimKeyRefused(f"{file} holds no private key in PEM without a password.") from error
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return Key(selector, private)
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size >= SMALLEST_RSA:
        return Key(selector, private)
    raise DkimKeyRefused(f"{file} must hold an RSA key of {SMALLEST_RSA} bits or more, or an Ed25519 key.")


def new_key(settings: Settings, *, selector: str, algorithm: Literal["rsa", "ed25519"] = "rsa") -> Key:
    """Make a key and keep it, readable by its owner alone.

    Raises:
        DkimKeyRefused: there is one of this selector already, which is never overwritten; or the file cannot be written.
    """
    private: PrivateKey = (
        rsa.generate_private_key(public_exponent=65537, key_size=SMALLEST_RSA)
        if algorithm == "rsa"
        else ed25519.Ed25519PrivateKey.generate()
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = key_file(settings, selector)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:  # noqa: PTH123  a descriptor
            stream.write(pem)
    except FileExistsError as error:
        raise DkimKeyRefused(
            f"{file} is there already, and is not overwritten: choose another --selector."
        ) from error
    except OSError as error:
        raise DkimKeyRefused(f"{file} cannot be written: {error.strerror}.") from error
    return Key(selector, private)


def all_keys(settings: Settings) -> Iterator[Key]:
    """The keys in the folder, by selector; a file that holds none is passed over with a warning."""
    for file in sorted(dkim_folder(settings).glob("*.pem")):
        try:
            yield load_key(settings, file.stem)
        except DkimKeyRefused as error:
            log.warning(str(error))


def record_of(key: Key, domain: str) -> Record:
    """What to publish for a key."""
    public = key.private.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        kind = "rsa"
        octets = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    else:
        kind, octets = "ed25519", public.public_bytes_raw()  # RFC 8463, 4: the 32 octets alone
    value = f"v=DKIM1; k={kind}; p={base64.b64encode(octets).decode()}"
    return Record(f"{key.selector}._domainkey.{domain}", value)


def signing_domain(settings: Settings) -> str:
    """`d=`: the domain of the settings, or that of the From address, with which it must be aligned (RFC 9989).

    Raises:
        DkimKeyRefused: neither is set.
    """
    if settings.dkim_domain:
        return ascii_domain(settings.dkim_domain).lower()
    if "@" not in settings.sender_address:
        raise DkimKeyRefused(
            "Set KENNISPOST_DKIM_DOMAIN or KENNISPOST_SENDER_ADDRESS: a signature is by a domain."
        )
    return wire_address(settings.sender_address).rpartition("@")[2].lower()


def dkim_folder(settings: Settings) -> Path:
    """Where the keys are."""
    return settings.dkim_folder or settings.data_dir / "dkim"


def key_file(settings: Settings, selector: str) -> Path:
    """The file of a selector."""
    return dkim_folder(settings) / f"{selector}.pem"


def too_open(file: Path) -> bool:
    """Whether others than the owner can read or write the file."""
    return bool(file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
