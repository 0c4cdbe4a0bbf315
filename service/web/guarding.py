"""Guarding forms that anyone may send: against machines without a captcha, and against telling who is subscribed."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from service.errors import TokenExpired, TokenRefused
from service.settings import Settings
from service.tokens import Purpose, make_token, read_token

QUICKEST = timedelta(seconds=3)
"""Nobody reads a form and fills it in within this time."""

ANSWER_AFTER = 0.2
"""Seconds that an answer takes at least: longer than the work on any path, so that time tells nothing of an address."""


def opened(settings: Settings, now: datetime) -> str:
    """What a form carries to say, signed, since when it has been open."""
    return make_token(settings, Purpose.FORM, now.timestamp(), now=now)


def kept(settings: Settings, token: str, now: datetime) -> str:
    """The same again when a form comes back with a question, so that the second time is soon enough; a fresh one else."""
    try:
        read_token(settings, Purpose.FORM, token, now=now)
    except (TokenRefused, TokenExpired):
        return opened(settings, now)
    return token


def is_too_quick(settings: Settings, token: str, now: datetime) -> bool:
    """Whether a form came back sooner than a person can fill it in, or does not say when it was opened."""
    try:
        since = float(read_token(settings, Purpose.FORM, token, now=now))
    except (TokenRefused, TokenExpired, TypeError, ValueError):
        return True
    return now.timestamp() - since < QUICKEST.total_seconds()


def steadily() -> Iterator[None]:
    """A dependency: the answer comes `ANSWER_AFTER` seconds after the question, whatever the work in between.

    Give it in the route's `dependencies=[Depends(steadily, scope="function")]`, before the transaction: it waits after the
    commit, and holds no lock.
    """
    began = time.monotonic()
    yield
    time.sleep(max(0.0, ANSWER_AFTER - (time.monotonic() - began)))
