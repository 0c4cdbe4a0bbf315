"""Profiles: what `choose` looks at in a reader, made from what they follow and receive."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import func
from sqlmodel import Session, col, select

from content.choosing import Profile
from subscribers.people import Interest, Stream, Subscriber, Subscription

AT_ONCE = 500
"""Keys asked for in one query, so that no engine's limit on parameters is met."""


_DECIDES = col(Subscription.stream) != Stream.WELCOME
"""The welcome series brings nothing that another stream would repeat: new readers share the profiles of the others."""


def profile_of(session: Session, subscriber: Subscriber) -> Profile:
    """The profile of a reader as it is now."""
    interests = session.exec(select(Interest.slug).where(Interest.subscriber_id == subscriber.id))
    streams = session.exec(
        select(Subscription.stream).where(Subscription.subscriber_id == subscriber.id, _DECIDES)
    )
    return Profile(interests=frozenset(interests), streams=frozenset(streams))


def refresh_profile_key(session: Session, subscriber: Subscriber) -> Profile:
    """Keep `profile_key` right; whatever changes interests or streams ends with this."""
    session.flush()
    profile = profile_of(session, subscriber)
    subscriber.profile_key = profile.key
    session.add(subscriber)
    session.flush()
    return profile


def profiles_of_keys(session: Session, keys: Iterable[str]) -> dict[str, Profile]:
    """The profile behind each key, read from one reader who has it; a key that no one has any more is left out."""
    found: dict[str, Profile] = {}
    for some in _batches(sorted(set(keys))):
        found |= _profiles(session, some)
    return found


def _profiles(session: Session, keys: Sequence[str]) -> dict[str, Profile]:
    example = (
        select(func.min(Subscriber.id).label("id"), Subscriber.profile_key)
        .where(col(Subscriber.profile_key).in_(keys))
        .group_by(col(Subscriber.profile_key))
        .subquery()
    )
    interests: defaultdict[int, set[str]] = defaultdict(set)
    streams: defaultdict[int, set[str]] = defaultdict(set)
    for reader, slug in session.exec(
        select(Interest.subscriber_id, Interest.slug).join(example, example.c.id == Interest.subscriber_id)
    ):
        interests[reader].add(slug)
    followed = select(Subscription.subscriber_id, Subscription.stream).join(
        example, (example.c.id == Subscription.subscriber_id) & _DECIDES
    )
    for reader, stream in session.exec(followed):
        streams[reader].add(stream)
    return {
        key: Profile(interests=frozenset(interests[reader]), streams=frozenset(streams[reader]))
        for reader, key in session.exec(select(example.c.id, example.c.profile_key))
    }


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    left = iter(keys)
    while some := list(islice(left, AT_ONCE)):
        yield some
