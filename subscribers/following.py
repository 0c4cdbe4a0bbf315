"""Following: where a reader works, what they follow and what they receive, set as a whole."""

from collections.abc import Iterable

from sqlmodel import Session, col, delete, select

from content.errors import UnknownTerm
from content.vocabulary import Term, Vocabulary
from subscribers.consent import GIVEN, ConsentEvent
from subscribers.errors import NoConsent, UnknownInterest, UnknownOrganisation
from subscribers.organisations import Organisation
from subscribers.people import Interest, Membership, Subscriber, Subscription
from subscribers.profiles import refresh_profile_key
from subscribers.search import organisations_by_key


def known_organisations(session: Session, keys: Iterable[str]) -> list[Organisation]:
    """The organisations with these keys.

    Raises:
        UnknownOrganisation: one of the keys is nobody's.
    """
    wanted = set(keys)
    found = organisations_by_key(session, wanted)
    missing = wanted - {organisation.key for organisation in found}
    if missing:
        raise UnknownOrganisation(
            f"No organisation has the key {min(missing)!r}. Load the register, or choose another."
        )
    return found


def known_interests(slugs: Iterable[str], vocabulary: Vocabulary) -> list[Term]:
    """The terms with these slugs.

    Raises:
        UnknownInterest: the vocabulary lacks one of them.
    """
    try:
        return [vocabulary.term(slug) for slug in sorted(set(slugs))]
    except UnknownTerm as error:
        raise UnknownInterest(str(error)) from error


def organisations_of(session: Session, subscriber: Subscriber) -> list[Organisation]:
    """Where a reader works, by name."""
    mine = select(Organisation).join(Membership, col(Membership.organisation_id) == col(Organisation.id))
    return list(
        session.exec(mine.where(Membership.subscriber_id == subscriber.id).order_by(Organisation.name))
    )


def interests_of(session: Session, subscriber: Subscriber) -> list[str]:
    """The slugs that a reader follows, sorted."""
    return sorted(session.exec(select(Interest.slug).where(Interest.subscriber_id == subscriber.id)))


def streams_of(session: Session, subscriber: Subscriber) -> list[str]:
    """The streams that a reader receives, sorted."""
    return sorted(
        session.exec(select(Subscription.stream).where(Subscription.subscriber_id == subscriber.id))
    )


def set_organisations(
    session: Session, subscriber: Subscriber, organisations: Iterable[Organisation]
) -> None:
    """A reader works at these, and at no others."""
    session.exec(delete(Membership).where(col(Membership.subscriber_id) == subscriber.id))
    for organisation in organisations:
        session.add(Membership(subscriber_id=subscriber.id or 0, organisation_id=organisation.id or 0))
    session.flush()


def set_interests(session: Session, subscriber: Subscriber, terms: Iterable[Term]) -> None:
    """A reader follows these, and no others."""
    session.exec(delete(Interest).where(col(Interest.subscriber_id) == subscriber.id))
    for term in terms:
        session.add(Interest(subscriber_id=subscriber.id or 0, facet=term.facet, slug=term.slug))
    refresh_profile_key(session, subscriber)


def keep_streams(session: Session, subscriber: Subscriber, streams: Iterable[str]) -> None:
    """Of what a reader receives, only these go on."""
    mine = delete(Subscription).where(col(Subscription.subscriber_id) == subscriber.id)
    session.exec(mine.where(col(Subscription.stream).not_in(sorted(set(streams)))))
    refresh_profile_key(session, subscriber)


def add_streams(session: Session, subscriber: Subscriber, *, consent: ConsentEvent) -> None:
    """A reader receives the streams of this consent as well; it stands behind each of them from now on.

    Raises:
        NoConsent: the event is another reader's, or no yes: nothing can be sent on it.
    """
    if consent.subscriber_id != subscriber.id or consent.kind not in GIVEN:
        raise NoConsent(f"Consent event {consent.id} does not let us mail reader {subscriber.id}.")
    mine = delete(Subscription).where(col(Subscription.subscriber_id) == subscriber.id)
    session.exec(mine.where(col(Subscription.stream).in_(consent.streams)))
    for stream in consent.streams:
        session.add(
            Subscription(subscriber_id=consent.subscriber_id, stream=stream, consent_id=consent.id or 0)
        )
    refresh_profile_key(session, subscriber)
