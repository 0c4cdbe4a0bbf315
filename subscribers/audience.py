"""The audience: who receives a stream."""

from sqlalchemy import Select, select
from sqlmodel import col

from subscribers.people import Stream, Subscriber, SubscriberState, Subscription


def audience(stream: Stream | str) -> Select[int | None, str, str]:
    """A query for (id, profile_key, language) of the active readers of a stream.

    Suppressed addresses are among them: that is checked where mail leaves, since only a keyed hash is kept.
    """
    return (
        select(col(Subscriber.id), col(Subscriber.profile_key), col(Subscriber.language))
        .join(Subscription, col(Subscription.subscriber_id) == col(Subscriber.id))
        .where(col(Subscriber.state) == SubscriberState.ACTIVE, col(Subscription.stream) == str(stream))
    )
