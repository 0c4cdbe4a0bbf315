"""Values: the kinds of values that settings have, and how each is read and checked."""

import json
from ipaddress import ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

SELECTOR = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$"
"""A selector of DKIM: one label, which is the name of a file too. Empty stands for none."""
_DAY, _TIME = "(mon|tue|wed|thu|fri|sat|sun)", r"([01]\d|2[0-3]):[0-5]\d"
WINDOW = rf"^(|(workdays|{_DAY}(-{_DAY})?) {_TIME}-({_TIME}|24:00))$"
"""Days and hours. Working days are Monday to Friday without the Dutch public holidays."""

LONGEST_BOUNCE_NAME = 27
"""Octets before the @ of a return path, so that its tag (a number of 19 digits, 16 characters) fits within 64."""


def _split(given: object) -> object:
    """A list in the environment: with commas, or as JSON."""
    if not isinstance(given, str):
        return given
    return (
        json.loads(given)
        if given.startswith("[")
        else [part.strip() for part in given.split(",") if part.strip()]
    )


def _network(given: str) -> str:
    network = str(ip_network(given, strict=False))  # without host bits, which later readers refuse
    return network if "/" in given else given


def _address(given: str) -> str:
    if not given.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return given.rstrip("/")


def _one_line(given: str) -> str:
    if any(ord(character) < 32 for character in given):
        raise ValueError("must be one line")
    return given.strip()


def _bounce_address(given: str) -> str:
    local, at, domain = _one_line(given).rpartition("@")
    if given and (not at or not local or not domain):
        raise ValueError("must be an address")
    if len(local.encode()) > LONGEST_BOUNCE_NAME:
        raise ValueError(
            f"may have {LONGEST_BOUNCE_NAME} characters before the @ at most: a tag comes after them"
        )
    return given.strip()


def _mailbox(given: str) -> str:
    if "://" not in given:
        return given.strip()
    parts = urlsplit(given.strip())
    if parts.scheme != "imaps":
        raise ValueError(
            "must be the folder of a Maildir, or begin with imaps:// (IMAP with TLS from the first byte)"
        )
    if not parts.username or not parts.hostname:
        raise ValueError("must name a user and a host: imaps://user@host/INBOX")
    if parts.password is not None:
        raise ValueError(
            "must not hold the password: that has a variable of its own, KENNISPOST_BOUNCES_PASSWORD"
        )
    return given.strip()


Networks = Annotated[list[Annotated[str, AfterValidator(_network)]], NoDecode, BeforeValidator(_split)]
Ports = Annotated[list[Annotated[int, Field(ge=1, le=65535)]], NoDecode, BeforeValidator(_split)]
Secrets = Annotated[list[SecretStr], NoDecode, BeforeValidator(_split)]
Line = Annotated[str, AfterValidator(_one_line)]
Selector = Annotated[str, Field(pattern=SELECTOR)]
WebAddress = Annotated[str, AfterValidator(_address)]
ServerAddress = Annotated[str, Field(pattern=r"^(https?://\S+)?$")]
BounceAddress = Annotated[str, AfterValidator(_bounce_address)]
ReturnedMail = Annotated[str, AfterValidator(_mailbox)]
