"""Pacing: when a source is visited next, and why then. Pure: facts in, a moment and a reason out.

A source that answers "not modified" is looked at once an hour at most, one that cannot say so once a day. In between, a source
that changes often is visited more often, and none longer than a day after the last time. What a source asks (Retry-After,
Cache-Control, Expires, ttl) is obeyed up to that day.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HOUR, DAY = 3600, 24 * 3600
GRACE = timedelta(minutes=10)
"""How much too early a visit by our own rhythm may be, so that an hourly round does not skip every second hour."""


class Why(StrEnum):
    """Why the next visit is when it is."""

    RHYTHM = "rhythm"
    DAILY = "daily"
    FRESH = "fresh"
    FAILING = "failing"
    RETRY_AFTER = "retry-after"
    TOO_OFTEN = "too-often"
    HOST = "host"
    GONE = "gone"
    NIGHTLY = "nightly"


ASKED = frozenset({Why.RETRY_AFTER, Why.TOO_OFTEN, Why.HOST})
"""Where somebody there asked us to stay away: no round of ours comes before that."""


@dataclass(frozen=True)
class Pace:
    """When next (None: not any more), why, and the source's rhythm in seconds from now on."""

    next_at: datetime | None
    why: Why
    interval: int


def after_answer(*, at: datetime, interval: int, changed: bool, conditional: bool, fresh_for: int) -> Pace:
    """The pace after an answer that could be used.

    Args:
        at: when it came.
        interval: the rhythm until now, in seconds.
        changed: whether it brought anything new.
        conditional: whether the source gave a validator, so that it can answer "not modified".
        fresh_for: for how many seconds it says that it stays as it is.
    """
    quicker, slower = interval // 2, interval * 3 // 2
    rhythm = min(max(quicker if changed else slower, HOUR), DAY)
    wait, why = (rhythm, Why.RHYTHM) if conditional else (DAY, Why.DAILY)
    if min(fresh_for, DAY) > wait:
        wait, why = min(fresh_for, DAY), Why.FRESH
    return Pace(at + timedelta(seconds=wait), why, rhythm)


def after_failure(
    *, at: datetime, interval: int, failures: int, refusals: int, status: int | None, retry_after: int
) -> Pace:
    """The pace after a visit that failed.

    Args:
        at: when it failed.
        interval: the rhythm, in seconds; it stays.
        failures: how many visits in a row failed, this one among them.
        refusals: how many of the last were 403 in a row, this one among them.
        status: the HTTP status, where there was one.
        retry_after: seconds that the source asked us to stay away.
    """
    if status == 410:
        return Pace(None, Why.GONE, interval)
    backoff = min(HOUR * 2 ** min(failures - 1, 10), DAY)
    wait, why = backoff, Why.FAILING
    if status == 429:
        wait, why = retry_after or backoff, Why.TOO_OFTEN
    elif refusals >= 2:
        wait, why = min(6 * backoff, DAY), Why.TOO_OFTEN
    if retry_after > wait or (retry_after and why is Why.TOO_OFTEN):
        wait, why = max(retry_after, wait), Why.RETRY_AFTER if why is Why.FAILING else why
    return Pace(at + timedelta(seconds=min(wait, DAY)), why, interval)


def is_time(not_before: datetime | None, why: str, *, now: datetime) -> bool:
    """Whether a round may visit a source now; a little early where only our own rhythm says otherwise."""
    if not_before is None:
        return True
    early = GRACE if why in (Why.RHYTHM, Why.DAILY, Why.FAILING, Why.FRESH) else timedelta()
    return not_before - early <= now
