"""Signing up: a request that does nothing until the reader confirms it from their own mailbox (double opt-in)."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from content.vocabulary import Vocabulary
from subscribers.addresses import Address, parse_address
from subscribers.consent import ConsentEvent, ConsentKind, record
from subscribers.errors import UnknownSubscriber
from subscribers.following import (
    add_streams,
    interests_of,
    known_interests,
    known_organisations,
    set_interests,
    set_organisations,
)
from subscribers.mailboxes import is_shared
from subscribers.people import Stream, Subscriber, SubscriberState

LONGEST_NAME = 100
"""Signs of a name that are kept."""

SIGN_UP_STREAMS = (Stream.MONTHLY, Stream.WELCOME)
"""What each sign-up asks for, and confirming brings."""

EXTRA_STREAMS = (Stream.DIGEST, Stream.ALERTS, Stream.WEBINARS)
"""What can be asked for beside it."""


@dataclass(frozen=True)
class SignUp:
    """What became of a request. `already_active`: the reader has the newsletter, and nothing was changed."""

    subscriber: Subscriber
    already_active: bool


def sign_up(
    session: Session,
    *,
    address: str,
    name: str,
    organisation_keys: Iterable[str],
    interests: Iterable[str],
    language: str,
    vocabulary: Vocabulary,
    source: str,
    now: datetime,
    extra_streams: Iterable[str] = (),
) -> SignUp:
    """Note that someone asked for the newsletter at this address. The caller mails the link that confirms it.

    `extra_streams` are those of `EXTRA_STREAMS` that they ticked.

    Anyone can type anyone's address, so an active reader's data are left as they are. A request that was never
    confirmed, or someone who left, gets what was asked for last; nothing is sent before they confirm.

    Raises:
        NotAnAddress: the address cannot exist.
        UnknownOrganisation: no organisation has one of these keys.
        UnknownInterest: the vocabulary lacks one of these slugs.
    """
    parsed = parse_address(address)
    organisations = known_organisations(session, organisation_keys)
    terms = known_interests(interests, vocabulary)
    subscriber = find_or_make(session, parsed, now=now)
    if subscriber.state == SubscriberState.ACTIVE:
        return SignUp(subscriber=subscriber, already_active=True)
    subscriber.state = SubscriberState.PENDING
    subscriber.name = tidy_name(name)
    subscriber.language = language
    set_organisations(session, subscriber, organisations)
    set_interests(session, subscriber, terms)
    topics = [term.slug for term in terms]
    record(
        session,
        subscriber=subscriber,
        kind=ConsentKind.REQUESTED,
        streams=[*SIGN_UP_STREAMS, *(set(EXTRA_STREAMS) & set(extra_streams))],
        topics=topics,
        source=source,
        now=now,
    )
    return SignUp(subscriber=subscriber, already_active=False)


def confirm(
    session: Session,
    *,
    reference: str,
    now: datetime,
    source: str = "confirmation link",
    request: int | None = None,
) -> Subscriber:
    """The reader says yes from their own mailbox: from now on they receive the streams they asked for. Twice is once.

    `request` is the id of the event that the link answers; None, from code that has no link, is not checked.

    Raises:
        UnknownSubscriber: nobody has this reference, they left after asking, or it was asked anew since: an old link
            signs no one up again.
    """
    subscriber = subscriber_by_reference(session, reference, lock=True)
    if subscriber.state == SubscriberState.ACTIVE:
        return subscriber
    if subscriber.state != SubscriberState.PENDING:
        raise UnknownSubscriber("This reader left. They can sign up anew.")
    if request is not None:
        refuse_old_request(session, subscriber, request)
    asked = _latest_request(session, subscriber)
    streams = asked.streams if asked else SIGN_UP_STREAMS
    activate(session, subscriber, streams=streams, kind=ConsentKind.CONFIRMED, source=source, now=now)
    return subscriber


def latest_request(session: Session, subscriber: Subscriber) -> int | None:
    """The id of the event of the last time that this address asked; None when it never did."""
    asked = _latest_request(session, subscriber)
    return asked.id if asked else None


def refuse_old_request(session: Session, subscriber: Subscriber, request: int) -> None:
    """A link answers one request: what someone else asked for later is not confirmed with it.

    Raises:
        UnknownSubscriber: this is not their latest request.
    """
    if request != latest_request(session, subscriber):
        raise UnknownSubscriber("This link is about an earlier request. Use the link in the newest mail.")


def activate(
    session: Session,
    subscriber: Subscriber,
    *,
    streams: Iterable[str],
    kind: ConsentKind,
    source: str,
    now: datetime,
) -> None:
    """Make someone a reader of these streams beside what they receive, with the event that proves it."""
    subscriber.state = SubscriberState.ACTIVE
    subscriber.confirmed_at = subscriber.confirmed_at or now
    consent = record(
        session,
        subscriber=subscriber,
        kind=kind,
        streams=sorted(set(streams)),
        topics=interests_of(session, subscriber),
        source=source,
        now=now,
    )
    add_streams(session, subscriber, consent=consent)


def subscriber_by_reference(session: Session, reference: str, *, lock: bool = False) -> Subscriber:
    """The reader that a link is about; `lock` holds the row until the transaction ends.

    Raises:
        UnknownSubscriber: nobody has this reference (any more).
    """
    wanted = select(Subscriber).where(Subscriber.reference == reference)
    found = session.exec(wanted.with_for_update() if lock else wanted).first()
    if found is None:
        raise UnknownSubscriber("This link is about someone who is not among the readers any more.")
    return found


def tidy_name(name: str) -> str:
    """A name on one line, without signs that cannot be seen, cut to `LONGEST_NAME`."""
    seen = name if name.isprintable() else "".join(sign if sign.isprintable() else " " for sign in name)
    return " ".join(seen.split())[:LONGEST_NAME]


def _latest_request(session: Session, subscriber: Subscriber) -> ConsentEvent | None:
    asked = select(ConsentEvent).where(
        ConsentEvent.subscriber_id == subscriber.id, ConsentEvent.kind == ConsentKind.REQUESTED
    )
    return session.exec(asked.order_by(col(ConsentEvent.id).desc())).first()


def _by_key(session: Session, key: str) -> Subscriber | None:
    return session.exec(select(Subscriber).where(Subscriber.address_key == key).with_for_update()).first()


def find_or_make(
    session: Session, address: Address, *, now: datetime, state: SubscriberState = SubscriberState.PENDING
) -> Subscriber:
    """The person with this address, held until the transaction ends; one who was not known is made, in this state."""
    return _by_key(session, address.key) or _new(session, address, state, now)


def _new(session: Session, address: Address, state: SubscriberState, now: datetime) -> Subscriber:
    made = Subscriber(
        state=state,
        reference=secrets.token_urlsafe(16),
        address=address.mailed,
        address_key=address.key,
        shared=is_shared(address.mailed),
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        # Two requests for one address at the same moment: the other was first, and this one joins it.
        other = _by_key(session, address.key)
        if other is None:
            raise
        return other
    return made
