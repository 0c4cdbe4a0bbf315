"""Allowances: how many messages may still leave, in token buckets that all workers share through the database.

A bucket fills at so many an hour and holds no more than some minutes' worth, so that a limit of an hour is no burst of one
second. A provider that asks for less is left alone until a moment, whatever its bucket holds.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy import select as rows
from sqlmodel import Session, col, select

from content.columns import Instant
from service.mailing.outbox import Allowance

EVERYONE = ""
"""The key of the bucket for all recipients."""

MINUTES_HELD = 5
"""What a bucket holds at most, in minutes of its rate; at least one message."""

BRIM = 1e9
"""More than any bucket holds: a new one is full, whatever its rate."""

LEFT_ALONE = timedelta(minutes=30)
"""How long a provider that asks for less gets nothing, after which it is asked again."""


_INSERT = text(
    "INSERT INTO allowance (key, tokens, filled_at, reply) VALUES (:key, :tokens, :now, '') ON CONFLICT (key) DO NOTHING"
).bindparams(bindparam("now", type_=Instant))

_CLOSED = rows(col(Allowance.id)).where(col(Allowance.closed_until) > bindparam("now")).limit(1)
"""Built once: it is asked for every few messages."""


@dataclass(frozen=True)
class Limits:
    """Messages an hour: in all, and to one domain. 0 is no limit."""

    per_hour: int = 0
    per_hour_and_domain: int = 0


@dataclass(frozen=True)
class Granted:
    """Which may leave now, by position; until when those wait whose domain is to get no more; the rest waits for all."""

    now: frozenset[int]
    later: dict[int, datetime]


def filled(tokens: float, *, since: timedelta, per_hour: int) -> float:
    """What is in a bucket that held `tokens` some time ago."""
    most = max(1.0, per_hour * MINUTES_HELD / 60)
    return min(most, tokens + max(0.0, since.total_seconds()) * per_hour / 3600)


def hold(session: Session, domains: Collection[str], *, now: datetime) -> None:
    """Lock the bucket of all and those of these domains, in one order. Who leaves some alone and then asks for a grant does
    this first, so that two workers never wait for each other.
    """
    keys = {EVERYONE, *domains}
    _make(session, keys, now)
    ordered = select(Allowance.id).where(col(Allowance.key).in_(keys)).order_by(col(Allowance.key))
    session.exec(ordered.with_for_update()).all()


def grant(session: Session, domains: Sequence[str], *, limits: Limits, now: datetime) -> Granted:
    """Take tokens for messages to these domains, in order. Those without one wait until their bucket holds some again.

    The rows stay locked until the transaction ends: what is granted here is granted to nobody else.
    """
    buckets = _buckets(session, set(domains), limits, now)
    of_all = buckets.get(EVERYONE) if limits.per_hour else None
    may: set[int] = set()
    later: dict[int, datetime] = {}
    for at, domain in enumerate(domains):
        waits = _waits_until(buckets.get(domain), limits, now)
        if waits is not None:
            later[at] = waits
        elif of_all is None or of_all.tokens >= 1:
            may.add(at)
            _take(of_all, buckets.get(domain) if limits.per_hour_and_domain else None)
    session.flush()
    return Granted(frozenset(may), later)


def leave_alone(session: Session, domain: str, *, reply: str, now: datetime) -> datetime:
    """A provider asked for less: nothing goes to this domain until the moment that is given."""
    _make(session, {domain}, now)
    bucket = session.exec(select(Allowance).where(Allowance.key == domain).with_for_update()).one()
    bucket.closed_until = max(bucket.closed_until or now, now + LEFT_ALONE)
    bucket.reply = reply
    session.add(bucket)
    session.flush()
    return bucket.closed_until


def _buckets(
    session: Session, domains: Collection[str], limits: Limits, now: datetime
) -> dict[str, Allowance]:
    """The buckets that bear on these domains, filled to now and locked, in one order so that nobody waits in a circle."""
    if not domains or (limits == Limits() and not _any_closed(session, now)):
        return {}
    limited = ({EVERYONE} if limits.per_hour else set()) | (
        set(domains) if limits.per_hour_and_domain else set()
    )
    if limited:
        _make(session, limited, now)
    wanted = (
        select(Allowance).where(col(Allowance.key).in_({EVERYONE, *domains})).order_by(col(Allowance.key))
    )
    found = {one.key: one for one in session.exec(wanted.with_for_update())}
    for key, one in found.items():
        rate = limits.per_hour if key == EVERYONE else limits.per_hour_and_domain
        one.tokens = filled(one.tokens, since=now - one.filled_at, per_hour=rate)
        one.filled_at = max(now, one.filled_at)
        session.add(one)
    return found


def _any_closed(session: Session, now: datetime) -> bool:
    return session.connection().execute(_CLOSED, {"now": now}).first() is not None


def _make(session: Session, keys: Collection[str], now: datetime) -> None:
    """Buckets that are not there yet, full. Two workers may do so at once."""
    known = session.exec(select(Allowance.key).where(col(Allowance.key).in_(keys))).all()
    new = [{"key": key, "tokens": BRIM, "now": now} for key in sorted(set(keys) - set(known))]
    if new:
        session.connection().execute(_INSERT, new)


def _waits_until(bucket: Allowance | None, limits: Limits, now: datetime) -> datetime | None:
    """Until when a domain gets nothing; None when it may get a message now."""
    if bucket is None:
        return None
    if bucket.closed_until is not None and bucket.closed_until > now:
        return bucket.closed_until
    if limits.per_hour_and_domain and bucket.tokens < 1:
        return now + _until_full(limits.per_hour_and_domain)
    return None


def _take(*buckets: Allowance | None) -> None:
    for bucket in buckets:
        if bucket is not None:
            bucket.tokens -= 1


def _until_full(per_hour: int) -> timedelta:
    """How long an empty bucket fills. Messages wait that long, not for one token: else all would ask again for each."""
    return timedelta(minutes=MINUTES_HELD) if per_hour >= 60 / MINUTES_HELD else timedelta(hours=1 / per_hour)
