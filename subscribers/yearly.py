"""The yearly question: is this still you, still this work? Who does not answer twice is paused until they do."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from subscribers.consent import ConsentKind, record
from subscribers.following import interests_of, streams_of
from subscribers.people import Subscriber, SubscriberState

YEAR = timedelta(days=365)
"""After confirming, and after each answer."""

AGAIN = timedelta(days=30)
"""After a question without an answer."""

TWICE = 2
UNTIL_THEY_ANSWER = datetime(9999, 12, 31, tzinfo=UTC)
"""The end of a pause that only an answer ends."""

MOST = 500
"""Asked in one night, so that a large list is no wave of mail on one day of the year."""


def whom_to_ask(session: Session, *, now: datetime, limit: int = MOST) -> Sequence[Subscriber]:
    """Active readers whose question is due: a year after they confirmed or answered, or `AGAIN` after the first silence."""
    since = func.coalesce(col(Subscriber.asked_at), col(Subscriber.confirmed_at))
    due = or_(
        (col(Subscriber.unanswered) == 0) & (since <= now - YEAR),
        (col(Subscriber.unanswered) == 1) & (col(Subscriber.asked_at) <= now - AGAIN),
    )
    return session.exec(_reading(now).where(due).order_by(col(Subscriber.id)).limit(limit)).all()


def note_asked(session: Session, subscriber: Subscriber, *, now: datetime) -> None:
    """The question was mailed."""
    subscriber.asked_at = now
    subscriber.unanswered += 1
    session.add(subscriber)


def pause_the_silent(session: Session, *, now: datetime, limit: int = MOST) -> list[Subscriber]:
    """Pause who did not answer twice, `AGAIN` after the second question; gives those."""
    silent = _reading(now).where(col(Subscriber.unanswered) >= TWICE, col(Subscriber.asked_at) <= now - AGAIN)
    found = list(session.exec(silent.order_by(col(Subscriber.id)).limit(limit)))
    for subscriber in found:
        subscriber.paused_until = UNTIL_THEY_ANSWER
        session.add(subscriber)
        _note(session, subscriber, "paused: did not answer the yearly question twice", now)
    return found


def answer(session: Session, subscriber: Subscriber, *, source: str, now: datetime) -> None:
    """Still them, still this work: mail goes on, and the next question comes in a year."""
    if subscriber.paused_until == UNTIL_THEY_ANSWER:
        subscriber.paused_until = None
    subscriber.asked_at, subscriber.unanswered = now, 0
    session.add(subscriber)
    _note(session, subscriber, source, now)


def _reading(now: datetime) -> SelectOfScalar[Subscriber]:
    going = or_(col(Subscriber.paused_until).is_(None), col(Subscriber.paused_until) <= now)
    return select(Subscriber).where(Subscriber.state == SubscriberState.ACTIVE, going)


def _note(session: Session, subscriber: Subscriber, source: str, now: datetime) -> None:
    record(
        session,
        subscriber=subscriber,
        kind=ConsentKind.CHANGED,
        streams=streams_of(session, subscriber),
        topics=interests_of(session, subscriber),
        source=source,
        now=now,
    )
