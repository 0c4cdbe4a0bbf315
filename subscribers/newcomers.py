"""Newcomers: readers who confirmed a while ago, for whom a mail of the welcome series is meant."""

from datetime import datetime

from sqlalchemy import Select, delete
from sqlalchemy import select as rows
from sqlmodel import Session, col

from subscribers.audience import audience
from subscribers.people import Stream, Subscriber, Subscription


def newcomers(*, language: str, after: datetime, until: datetime) -> Select[int | None, str, str]:
    """A query for (id, profile_key, language) of active readers of the series who confirmed in this period, both ends in."""
    confirmed = col(Subscriber.confirmed_at)
    return audience(Stream.WELCOME, now=until).where(
        col(Subscriber.language) == language, confirmed >= after, confirmed <= until
    )


def see_off(session: Session, *, before: datetime) -> int:
    """Whoever confirmed before this moment had the whole series: it is no stream of theirs any more. Gives how many."""
    old = rows(col(Subscriber.id)).where(col(Subscriber.confirmed_at) < before)
    over = delete(Subscription).where(
        col(Subscription.stream) == Stream.WELCOME, col(Subscription.subscriber_id).in_(old)
    )
    return session.connection().execute(over).rowcount
