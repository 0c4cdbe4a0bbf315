"""The audience: who receives a stream."""

from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlmodel import col

from subscribers.people import Stream, Subscriber, SubscriberState, Subscription


def audience(stream: Stream | str, *, now: datetime) -> Select[int | None, str, str]:
    """A query for (id, profile_key, language) of the active readers of a stream who have not paused.

    Behind each subscription stands a consent: the database has none without. Suppressed addresses are
    among them: that is checked where mail leaves, since only a keyed hash is kept.
    """
    return (
        select(col(Subscriber.id), col(Subscriber.profile_key), col(Subscriber.language))
        .join(Subscription, col(Subscription.subscriber_id) == col(Subscriber.id))
        .where(col(Subscriber.state) == SubscriberState.ACTIVE, col(Subscription.stream) == str(stream))
        .where(or_(col(Subscriber.paused_until).is_(None), col(Subscriber.paused_until) <= now))
    )
