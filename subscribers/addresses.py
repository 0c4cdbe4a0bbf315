"""E-mail addresses: the form that is mailed, and the one form that makes two spellings one."""

import re
from dataclasses import dataclass
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from subscribers.errors import NotAnAddress

LONGEST = 254
"""RFC 5321, 4.5.3.1.3: a path of 256 octets, less its angle brackets."""


_PLAIN = re.compile(r"(?P<local>(?=.{1,64}@)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)@(?P<domain>[A-Za-z0-9.-]+)")
"""What nearly all addresses are like; only their domain needs a closer look, and many share one."""


@dataclass(frozen=True)
class Address:
    """`mailed` is where the mail goes, its domain in ASCII; `key` is equal for two spellings of one address."""

    mailed: str
    key: str


def parse_address(text: str) -> Address:
    """Read an address as a person typed it. The domain is not looked up: a form waits for no name server.

    Upper case in the part before the @ is kept for the mail and ignored for the key: no mailbox that we know
    of tells them apart.

    Raises:
        NotAnAddress: it cannot exist as it was typed.
    """
    plain = _PLAIN.fullmatch(text.strip())
    if plain and len(text.strip()) <= LONGEST and (domain := _known_domain(plain["domain"])):
        mailed = f"{plain['local']}@{domain}"
        return Address(mailed=mailed, key=mailed.casefold())
    try:
        checked = validate_email(
            text.strip()[: LONGEST + 1], check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError as error:
        raise NotAnAddress(f"This is not an e-mail address: {error}") from error
    mailed = checked.ascii_email or checked.normalized
    return Address(mailed=mailed, key=mailed.casefold())


@lru_cache(maxsize=4096)
def _known_domain(domain: str) -> str:
    """The domain as it is mailed; empty where it cannot be one."""
    try:
        return validate_email(f"a@{domain}", check_deliverability=False, strict=True).ascii_domain or ""
    except EmailNotValidError:
        return ""
