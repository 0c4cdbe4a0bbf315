"""Progress: how far a mailing is, how fast it goes and how long it still takes.

The speed comes from the latest attempts, found by their ids from the end: that costs the same whether a thousand or a million
went before, and needs no index on time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy import select as rows
from sqlmodel import Session, col, select

from service.mailing.ledger import ledger
from service.mailing.moves import TRIED
from service.mailing.outbox import (
    END_STATES,
    Allowance,
    Attempt,
    Delivery,
    DeliveryState,
    Mailing,
    MailingState,
)

LOOKED_AT = 2000
"""Attempts that a speed is taken from at most: more than leave in half a second."""

SHORT, LONG = timedelta(seconds=10), timedelta(seconds=60)
"""A speed is that of the last ten seconds; of the last minute where so few leave that ten seconds would jump about."""

ENOUGH = 10
"""Attempts in ten seconds that make a steady speed."""

ON_THE_WAY = (DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.HANDED_OVER)
"""States of what leaves as fast as it can; what is deferred waits for its moment."""


@dataclass(frozen=True)
class Pace:
    """Attempts of a mailing in the latest stretch of time: how many, in how many seconds."""

    tried: int = 0
    seconds: float = 1.0

    @property
    def speed(self) -> float:
        """Messages per second."""
        return self.tried / self.seconds


@dataclass(frozen=True)
class Line:
    """What a server last said to this mailing."""

    server: str
    at: datetime
    outcome: str
    code: int | None
    reply: str


@dataclass(frozen=True)
class Progress:
    """How a mailing stands at `now`. Speeds are in messages per second, `average` since `since`."""

    now: datetime
    state: str
    counts: Mapping[str, int]
    speed: float
    average: float
    since: datetime
    next_at: datetime | None

    @property
    def total(self) -> int:
        """Everyone it was planned for."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """Deliveries that have ended."""
        return sum(self.counts[state] for state in END_STATES)

    @property
    def on_the_way(self) -> int:
        """What leaves as fast as it can."""
        return sum(self.counts[state] for state in ON_THE_WAY)

    @property
    def left(self) -> timedelta | None:
        """How long what is on the way still takes at this speed; None when it stands still."""
        if self.state != MailingState.SENDING or not self.on_the_way or not self.speed:
            return None
        return timedelta(seconds=min(self.on_the_way / self.speed, 10**8))

    @property
    def ends_at(self) -> datetime | None:
        """When it is expected to be done, retries not counted."""
        return self.now + self.left if self.left is not None else None

    @property
    def stands_still(self) -> bool:
        """Whether it should be leaving and has not been for a minute."""
        waits = self.state == MailingState.SENDING and self.counts[DeliveryState.PLANNED] > 0
        return waits and not self.speed and self.now - self.since >= LONG


def progress_of(session: Session, mailing: Mailing, *, now: datetime) -> Progress:
    """How a mailing stands: counts from the index, speed from the latest attempts. Cheap enough to ask every two seconds."""
    counts = ledger(session, mailing)
    since = mailing.running_since or mailing.created_at
    until = mailing.finished_at or now
    tried = sum(counts[state] for state in TRIED) - mailing.tried_before
    running = mailing.state == MailingState.SENDING
    return Progress(
        now=now,
        state=mailing.state,
        counts=counts,
        speed=pace(session, mailing, since=since, now=now).speed if running else 0.0,
        average=max(0, tried) / max(1.0, (until - since).total_seconds()),
        since=since,
        next_at=_next_retry(session, mailing) if counts[DeliveryState.DEFERRED] else None,
    )


def pace(session: Session, mailing: Mailing, *, since: datetime, now: datetime) -> Pace:
    """What was tried of a mailing in the last seconds, over the seconds that it ran of those."""
    latest = _latest(LOOKED_AT).subquery()
    for window in (SHORT, LONG):
        asked = rows(
            func.count(),
            func.min(latest.c.at),
            func.count().filter(latest.c.mailing_id == mailing.id),
        ).where(latest.c.at > max(now - window, since))
        everyone, oldest, ours = session.connection().execute(asked).one()
        if ours >= ENOUGH or window is LONG:
            break
    crowded = everyone >= LOOKED_AT  # the window holds more than was looked at
    begun = oldest if crowded else max(now - window, since)
    return Pace(tried=ours, seconds=max(0.5 if crowded else 1.0, (now - begun).total_seconds()))


def lines(session: Session, mailing: Mailing) -> list[Line]:
    """The last word of each server that this mailing went to lately, by name."""
    latest = _latest(200).subquery()
    asked = rows(latest).where(latest.c.mailing_id == mailing.id).order_by(latest.c.id)
    found = {
        row.server: Line(row.server, row.at, row.outcome, row.code, row.reply)
        for row in session.connection().execute(asked)
    }
    return [found[server] for server in sorted(found)]


def closed(session: Session, *, now: datetime, limit: int = 20) -> list[Allowance]:
    """Providers that asked to wait, and until when."""
    asked = select(Allowance).where(col(Allowance.closed_until) > now).order_by(col(Allowance.closed_until))
    return list(session.exec(asked.limit(limit)))


def _latest(limit: int):  # type: ignore[no-untyped-def]  # a query of seven columns, whose type says nothing
    columns = (Attempt.id, Attempt.at, Attempt.server, Attempt.outcome, Attempt.code, Attempt.reply)
    # The newest are cut off before the join, so that no engine can choose to join a million first.
    newest = rows(*map(col, columns), col(Attempt.delivery_id)).order_by(col(Attempt.id).desc()).limit(limit)
    cut = newest.subquery()
    return rows(cut, col(Delivery.mailing_id)).join(Delivery, col(Delivery.id) == cut.c.delivery_id)


def _next_retry(session: Session, mailing: Mailing) -> datetime | None:
    asked = (
        select(Delivery.due_at)
        .where(Delivery.mailing_id == mailing.id, Delivery.state == DeliveryState.DEFERRED)
        .order_by(col(Delivery.due_at))
        .limit(1)
    )
    return session.exec(asked).first()
