"""Return paths: one per delivery (VERP), signed, so that what comes back names its delivery and cannot be made up.

    bounce+123-k3x…@example.org       123 is the delivery, the rest 80 bits of HMAC-SHA-256 over it

Relays fold case and cut nothing off below 64 octets (RFC 5321, 4.5.3.1.1): lower case, base 32, and a length that is kept.
"""

import base64
import hmac
import re

import idna

from service.settings import Settings
from service.values import LONGEST_BOUNCE_NAME

MAC_LENGTH = 16
"""Characters of base 32: 80 bits."""

NOBODY = "kennispost@localhost.invalid"
"""Where no address is set, which production refuses: mail that can come back to no one."""

_TAGGED = re.compile(rf"[^@\s<>]{{1,64}}\+([1-9]\d{{0,18}})-([a-z2-7]{{{MAC_LENGTH}}})@[^@\s<>]{{1,255}}")


def return_path(settings: Settings, delivery_id: int) -> str:
    """The envelope sender of a delivery, its domain in ASCII (RFC 5891).

    A sender address whose local part leaves no room for the tag is used as it is: then what comes back names no delivery.
    """
    local, _, domain = (settings.bounce_address or settings.sender_address or NOBODY).rpartition("@")
    if len(local.encode()) > LONGEST_BOUNCE_NAME:
        return f"{local}@{_ascii(domain)}"
    mac = _mac(settings.signing_keys()[-1], delivery_id)
    return f"{local}+{delivery_id}-{mac}@{_ascii(domain)}"


def read_return_path(settings: Settings, address: str) -> int | None:
    """The delivery that an address of ours names; None when it is no such address, or was not signed by a key of ours."""
    found = _TAGGED.fullmatch(address.strip().strip("<>").lower())
    if found is None:
        return None
    delivery_id, mac = int(found[1]), found[2]
    right = [hmac.compare_digest(_mac(key, delivery_id), mac) for key in settings.signing_keys()]
    return delivery_id if any(right) else None


def _mac(key: str, delivery_id: int) -> str:
    digest = hmac.digest(key.encode(), f"kennispost.return-path\n{delivery_id}".encode(), "sha256")
    return base64.b32encode(digest[: MAC_LENGTH * 5 // 8]).decode().lower()


def _ascii(domain: str) -> str:
    try:
        return domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain
