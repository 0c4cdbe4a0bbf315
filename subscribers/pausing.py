"""Pausing: nothing comes until a day that the reader names; then it comes back by itself."""

from datetime import datetime, timedelta

from sqlmodel import Session

from subscribers.consent import ConsentKind, record
from subscribers.errors import PauseRefused
from subscribers.following import interests_of, streams_of
from subscribers.people import Subscriber

LONGEST = timedelta(days=731)
"""Who wants nothing for longer leaves."""


def pause(
    session: Session, *, subscriber: Subscriber, until: datetime | None, source: str, now: datetime
) -> None:
    """Pause until a moment; None ends a pause now. The audience leaves out who pauses.

    Raises:
        PauseRefused: the moment is not to come, or more than `LONGEST` away.
    """
    if until is not None and not now < until <= now + LONGEST:
        raise PauseRefused("A pause ends on a day that is to come, within two years.")
    if subscriber.paused_until == until:
        return
    subscriber.paused_until = until
    session.add(subscriber)
    record(
        session,
        subscriber=subscriber,
        kind=ConsentKind.CHANGED,
        streams=streams_of(session, subscriber),
        topics=interests_of(session, subscriber),
        source=f"{source}: paused until {until:%Y-%m-%d}" if until else f"{source}: pause ended",
        now=now,
    )


def is_paused(subscriber: Subscriber, now: datetime) -> bool:
    """Whether nothing comes now."""
    return subscriber.paused_until is not None and subscriber.paused_until > now
