"""Tokens in links: signed, bound to one purpose, opaque; those that expire say when.

Unsubscribing is the exception that never expires: it works for ever, through key rotation (`KENNISPOST_OLD_SECRET_KEYS`).
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from service.errors import TokenExpired, TokenRefused
from service.settings import Settings


class Purpose(StrEnum):
    """What a token is good for. One made for another purpose is refused."""

    CONFIRM = "confirm"
    PREFERENCES = "preferences"
    UNSUBSCRIBE = "unsubscribe"
    SIGN_IN = "sign-in"
    SESSION = "session"
    CSRF = "csrf"
    FORM = "form"
    MOVE = "move"
    OWN_DATA = "own-data"
    STILL_YOU = "still-you"


LIFETIMES = {
    Purpose.CONFIRM: timedelta(days=7),
    Purpose.PREFERENCES: timedelta(days=180),
    Purpose.SIGN_IN: timedelta(hours=1),
    Purpose.SESSION: timedelta(days=1),
    Purpose.CSRF: timedelta(days=1),
    Purpose.FORM: timedelta(days=1),
    Purpose.MOVE: timedelta(days=7),
    Purpose.OWN_DATA: timedelta(hours=1),
    Purpose.STILL_YOU: timedelta(days=60),
}
"""How long a token lives; a purpose that is not listed never expires."""


def make_token(settings: Settings, purpose: Purpose, payload: Any, *, now: datetime) -> str:
    """Sign `payload` (anything JSON) for `purpose`; the result is safe in an address."""
    lifetime = LIFETIMES.get(purpose)
    expires = int((now + lifetime).timestamp()) if lifetime else None
    return str(_serializer(settings, purpose).dumps([payload, expires]))


def read_token(settings: Settings, purpose: Purpose, token: str, *, now: datetime) -> Any:
    """The payload of a token that was made for `purpose`.

    Raises:
        TokenExpired: it was right, but is too old.
        TokenRefused: it was tampered with, or made for another purpose.
    """
    try:
        payload, expires = _serializer(settings, purpose).loads(token)
    except (BadData, TypeError, ValueError) as error:
        raise TokenRefused(
            "This link is not right. Copy it whole out of the mail, or ask for a new one."
        ) from error
    if expires is not None and now.timestamp() >= expires:
        raise TokenExpired("This link is too old. Ask for a new one.")
    return payload


def _serializer(settings: Settings, purpose: Purpose) -> URLSafeSerializer:
    return URLSafeSerializer(settings.signing_keys(), salt=f"kennispost.{purpose}")
