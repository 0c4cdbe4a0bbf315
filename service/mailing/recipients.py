"""Recipients: what a batch of deliveries needs to know of readers, asked in a few queries; and who must not be mailed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select as rows
from sqlmodel import Session, col

from content.many import among
from service.mailing.claims import Claimed, Settlement
from service.mailing.outbox import DeliveryState, ProfileChoice
from service.settings import Settings
from subscribers.people import Membership, Subscriber, SubscriberState, Subscription
from subscribers.reading import sharers_among
from subscribers.suppression import suppressed_keys


class Recipient(NamedTuple):
    """A reader, as far as a mail needs to know."""

    id: int
    reference: str
    address: str
    address_key: str
    name: str
    state: str
    paused_until: datetime | None


class Choice(NamedTuple):
    """What readers of a profile get: a row of ProfileChoice, but for its reasons, which are read when they are needed."""

    id: int
    mailing_id: int
    profile_key: str
    language: str
    variant_id: int | None


# Built once: these run for each batch, and building a statement takes longer than running it.
_READERS = rows(*(Subscriber.metadata.tables["subscriber"].c[name] for name in Recipient._fields)).where(
    among(col(Subscriber.id), "ids")
)
_FOLLOWS = rows(col(Subscription.subscriber_id), col(Subscription.stream)).where(
    among(col(Subscription.subscriber_id), "ids")
)
_MEMBERSHIPS = rows(col(Membership.subscriber_id), col(Membership.organisation_id)).where(
    among(col(Membership.subscriber_id), "ids")
)


@dataclass(frozen=True)
class Recipients:
    """The readers of a batch. `follows` holds (reader, stream), `sharing` those who show what they read."""

    readers: Mapping[int, Recipient]
    follows: frozenset[tuple[int, str]]
    suppressed: frozenset[int]
    organisation_ids: Mapping[int, tuple[int, ...]]
    sharing: frozenset[int]


def load_recipients(session: Session, settings: Settings, claimed: Collection[Claimed]) -> Recipients:
    """All that composing these deliveries asks of the database about readers."""
    ids = [one.subscriber_id for one in claimed if one.subscriber_id is not None]
    readers = _readers(session, ids)
    return Recipients(
        readers=readers,
        follows=frozenset(
            (reader, stream) for reader, stream in session.connection().execute(_FOLLOWS, {"ids": ids}).all()
        ),
        suppressed=_suppressed(session, settings, readers.values()),
        organisation_ids=_organisation_ids(session, ids),
        sharing=sharers_among(session, ids) if settings.count_clicks else frozenset(),
    )


def refusal_of(known: Recipients, one: Claimed, *, stream: str, now: datetime) -> Settlement | None:
    """How a delivery to a reader ends without a mail: they left, paused, may not be mailed, are gone. None when they get it.

    `stream` is that of the mailing; a letter is of none, and goes to people who follow none as well.
    """
    reader = known.readers.get(one.subscriber_id or 0)
    if reader is None:
        return cancelled(one, "This reader is gone.")
    if stream:
        receives = (reader.id, stream) in known.follows
        if reader.state != SubscriberState.ACTIVE or not receives:
            return cancelled(one, "This reader left after the mailing was planned.")
        if reader.paused_until is not None and reader.paused_until > now:
            return cancelled(one, "This reader paused after the mailing was planned.")
    if reader.id in known.suppressed:
        return Settlement(one.id, DeliveryState.SUPPRESSED, "This address must not be mailed.")
    return None


def cancelled(one: Claimed, why: str) -> Settlement:
    """A delivery that ends because its reason is gone."""
    return Settlement(one.id, DeliveryState.CANCELLED, why)


def _readers(session: Session, ids: Sequence[int]) -> dict[int, Recipient]:
    found = map(Recipient._make, session.connection().execute(_READERS, {"ids": ids}).all())
    return {one.id: one for one in found}


def _suppressed(session: Session, settings: Settings, readers: Collection[Recipient]) -> frozenset[int]:
    refused = suppressed_keys(
        session, [reader.address_key for reader in readers], keys=settings.signing_keys()
    )
    return frozenset(reader.id for reader in readers if reader.address_key in refused)


def _organisation_ids(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for reader, organisation in session.connection().execute(_MEMBERSHIPS, {"ids": ids}).all():
        found[reader].append(organisation)
    return {reader: tuple(sorted(organisations)) for reader, organisations in found.items()}


def load_choices(session: Session, wanted: Collection[Claimed]) -> dict[tuple[int, str, str], Choice]:
    """What the profiles of these deliveries get, by mailing, profile key and language: frozen when they were planned."""
    table = ProfileChoice.metadata.tables["profile_choice"]
    asked = rows(*(table.c[name] for name in Choice._fields)).where(
        table.c.mailing_id.in_({one.mailing_id for one in wanted}),
        table.c.profile_key.in_({one.profile_key for one in wanted}),
    )
    found = (Choice._make(row) for row in session.connection().execute(asked))
    return {(one.mailing_id, one.profile_key, one.language): one for one in found}
