"""Preferences: a reader changes their name, language, organisations, work, interests and streams."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from content.vocabulary import Vocabulary
from subscribers.consent import ConsentKind, record
from subscribers.following import (
    interests_of,
    known_interests,
    known_organisations,
    organisations_of,
    set_interests,
    set_organisations,
    streams_of,
)
from subscribers.leaving import leave
from subscribers.people import Stream, Subscriber, SubscriberState
from subscribers.signup import activate, tidy_name
from subscribers.work import Work, set_work, work_of

OFFERED = (Stream.MONTHLY, Stream.DIGEST, Stream.ALERTS, Stream.WEBINARS)
"""The streams that exist and can be chosen today."""


@dataclass(frozen=True)
class Preferences:
    """What a reader can set about themselves."""

    name: str
    language: str
    organisation_keys: frozenset[str]
    interests: frozenset[str]
    streams: frozenset[str]
    work: Work = field(default_factory=Work)


def preferences_of(session: Session, subscriber: Subscriber) -> Preferences:
    """As they are now."""
    return Preferences(
        name=subscriber.name,
        language=subscriber.language,
        organisation_keys=frozenset(
            organisation.key for organisation in organisations_of(session, subscriber)
        ),
        interests=frozenset(interests_of(session, subscriber)),
        streams=frozenset(streams_of(session, subscriber)),
        work=work_of(subscriber),
    )


def change_preferences(
    session: Session,
    *,
    subscriber: Subscriber,
    wanted: Preferences,
    vocabulary: Vocabulary,
    source: str,
    now: datetime,
) -> bool:
    """Set all preferences at once; False when nothing was different, and then no event is added.

    Streams that are not `OFFERED` stay as they are. Who asks for a stream from here holds a link out of their own
    mail, so that it counts as confirming or as coming back.

    Raises:
        UnknownOrganisation: no organisation has one of these keys.
        UnknownInterest: the vocabulary lacks one of these slugs.
        UnknownWork: there is no such domain, kind of policy or step.
    """
    before = preferences_of(session, subscriber)
    organisations = known_organisations(session, wanted.organisation_keys)
    terms = known_interests(wanted.interests, vocabulary)
    subscriber.name = tidy_name(wanted.name)
    subscriber.language = wanted.language
    session.add(subscriber)
    set_organisations(session, subscriber, organisations)
    set_interests(session, subscriber, terms)
    set_work(session, subscriber, wanted.work, vocabulary)
    after = preferences_of(session, subscriber)
    if after != before:
        _note_change(session, subscriber, after, source, now)
    moved = _set_offered(session, subscriber, wanted.streams, source, now)
    return moved or after != before


def _note_change(
    session: Session, subscriber: Subscriber, after: Preferences, source: str, now: datetime
) -> None:
    record(
        session,
        subscriber=subscriber,
        kind=ConsentKind.CHANGED,
        streams=sorted(after.streams),
        topics=sorted(after.interests),
        source=source,
        now=now,
    )


def _set_offered(
    session: Session, subscriber: Subscriber, wanted: Iterable[str], source: str, now: datetime
) -> bool:
    """Start the offered streams that are wanted, leave those that are not; whether anything moved."""
    has = set(streams_of(session, subscriber))
    asked = {str(stream) for stream in OFFERED} & set(wanted)
    for stream in sorted(has & {str(stream) for stream in OFFERED} - asked):
        leave(session, subscriber=subscriber, stream=stream, source=source, now=now)
    added = asked - has
    if added:
        back = subscriber.confirmed_at is not None and subscriber.state != SubscriberState.PENDING
        kind = ConsentKind.RESTORED if back else ConsentKind.CONFIRMED
        activate(session, subscriber, streams=added, kind=kind, source=source, now=now)
    return asked != has & {str(stream) for stream in OFFERED}
