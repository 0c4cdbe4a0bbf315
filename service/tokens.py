"""Tokens in links: signed, bound to one purpose, opaque; those that expire say when.

Unsubscribing is the exception that never expires: it works for ever, through key rotation (`KENNISPOST_OLD_SECRET_KEYS`).
"""

import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from json import JSONEncoder
from typing import Any

from itsdangerous import BadData, HMACAlgorithm, Signer, URLSafeSerializer
from itsdangerous.encoding import base64_encode

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
    READING = "reading"
    WEBINAR = "webinar"
    REGISTRATION = "registration"
    JOIN = "join"


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
    Purpose.READING: timedelta(days=180),
    Purpose.WEBINAR: timedelta(days=180),
    Purpose.REGISTRATION: timedelta(days=400),
    Purpose.JOIN: timedelta(days=400),
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


class _Algorithm(HMACAlgorithm):
    """The HMAC of itsdangerous in one call of C: each mail has several tokens."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha1")


class _Signer(Signer):
    """Derives its key once, where the library does so for each signature."""

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        return super().derive_key(secret_key) if secret_key is not None else self._derived

    @cached_property
    def _derived(self) -> bytes:
        return super().derive_key()


class _Serializer(URLSafeSerializer):
    """The tokens of `URLSafeSerializer`, byte for byte, but for the try to compress what is too short for that."""

    def dump_payload(self, obj: Any) -> bytes:
        return base64_encode(_COMPACT.encode(obj))

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        return self._made if salt is None else super().make_signer(salt)

    @cached_property
    def _made(self) -> Signer:
        return _Signer(self.secret_keys, salt=self.salt, algorithm=_Algorithm())


_COMPACT = JSONEncoder(separators=(",", ":"))


def _serializer(settings: Settings, purpose: Purpose) -> URLSafeSerializer:
    return _made_once(tuple(settings.signing_keys()), purpose)


@lru_cache(maxsize=64)
def _made_once(keys: tuple[str, ...], purpose: Purpose) -> URLSafeSerializer:
    return _Serializer(list(keys), salt=f"kennispost.{purpose}")
