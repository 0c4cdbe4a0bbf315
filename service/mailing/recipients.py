"""Recipients: what a batch of deliveries needs to know of people, asked in a few queries; and who must not be mailed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from service.mailing.claims import Settlement
from service.mailing.letters import TO_EDITORS
from service.mailing.outbox import Delivery, DeliveryState, Mailing, ProfileChoice
from service.settings import Settings
from service.users import User
from subscribers.organisations import Organisation
from subscribers.people import Membership, Subscriber, SubscriberState, Subscription
from subscribers.suppression import Suppression, address_hash

EDITORS = 0
"""The key of the editors' address among the users: where a letter of TO_EDITORS goes that names no one."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Recipients:
    """The people of a batch. `follows` holds (reader, stream); `choices` is by mailing, profile key and language."""

    readers: Mapping[int, Subscriber]
    users: Mapping[int, User]
    follows: frozenset[tuple[int, str]]
    suppressed: frozenset[int]
    organisations: Mapping[int, tuple[Organisation, ...]]
    choices: Mapping[tuple[int, str, str], ProfileChoice]


def load_recipients(
    session: Session, settings: Settings, rows: Iterable[tuple[Delivery, Mailing]]
) -> Recipients:
    """All that composing these deliveries asks of the database about people."""
    deliveries = [delivery for delivery, _ in rows]
    ids = [delivery.subscriber_id for delivery in deliveries if delivery.subscriber_id is not None]
    user_ids = [delivery.user_id for delivery in deliveries if delivery.user_id is not None]
    readers = list(session.exec(select(Subscriber).where(col(Subscriber.id).in_(ids))))
    follows = select(Subscription.subscriber_id, Subscription.stream).where(
        col(Subscription.subscriber_id).in_(ids)
    )
    return Recipients(
        readers={reader.id or 0: reader for reader in readers},
        users=_users(session, settings, user_ids),
        follows=frozenset(session.exec(follows)),
        suppressed=_suppressed(session, settings, readers),
        organisations=_organisations(session, ids),
        choices=_choices(session, deliveries),
    )


def recipient_of(known: Recipients, delivery: Delivery, mailing: Mailing) -> Subscriber | User | Settlement:
    """Who it goes to; or how it ends, because they left, must not be mailed, or are gone."""
    if delivery.user_id is not None or mailing.kind in TO_EDITORS:
        user = known.users.get(delivery.user_id or EDITORS)
        return user if user and user.active else _cancelled(delivery, "This person may no longer sign in.")
    reader = known.readers.get(delivery.subscriber_id or 0)
    if reader is None or reader.id is None:
        return _cancelled(delivery, "This reader is gone.")
    if mailing.issue_id is not None:
        receives = (reader.id, mailing.stream) in known.follows
        if reader.state != SubscriberState.ACTIVE or not receives:
            return _cancelled(delivery, "This reader left after the mailing was planned.")
    if reader.id in known.suppressed:
        return Settlement(delivery.id or 0, DeliveryState.SUPPRESSED, "This address must not be mailed.")
    return reader


def suppressed_ids(session: Session, settings: Settings, addresses: Mapping[int, str]) -> frozenset[int]:
    """Which of these (an address by any key) must not be mailed; hashes under earlier keys count as well."""
    known = set(session.exec(select(Suppression.address_hash)))
    if not known:
        return frozenset()
    keys = settings.signing_keys()
    return frozenset(
        one
        for one, address in addresses.items()
        if not known.isdisjoint(address_hash(address, key=key) for key in keys)
    )


def _users(session: Session, settings: Settings, ids: Sequence[int]) -> dict[int, User]:
    users = {user.id or 0: user for user in session.exec(select(User).where(col(User.id).in_(ids)))}
    if settings.editors_address:
        users[EDITORS] = User(address=settings.editors_address, name="redactie", created_at=EPOCH)
    return users


def _cancelled(delivery: Delivery, why: str) -> Settlement:
    return Settlement(delivery.id or 0, DeliveryState.CANCELLED, why)


def _suppressed(session: Session, settings: Settings, readers: Sequence[Subscriber]) -> frozenset[int]:
    return suppressed_ids(session, settings, {reader.id or 0: reader.address for reader in readers})


def _organisations(session: Session, ids: Sequence[int]) -> dict[int, tuple[Organisation, ...]]:
    found: defaultdict[int, list[Organisation]] = defaultdict(list)
    wanted = (
        select(Membership.subscriber_id, Organisation)
        .join(Organisation)
        .where(col(Membership.subscriber_id).in_(ids))
        .order_by(col(Organisation.name))
    )
    for reader, organisation in session.exec(wanted):
        found[reader].append(organisation)
    return {reader: tuple(organisations) for reader, organisations in found.items()}


def _choices(session: Session, deliveries: Sequence[Delivery]) -> dict[tuple[int, str, str], ProfileChoice]:
    wanted = select(ProfileChoice).where(
        col(ProfileChoice.mailing_id).in_({delivery.mailing_id for delivery in deliveries}),
        col(ProfileChoice.profile_key).in_({delivery.profile_key for delivery in deliveries}),
    )
    return {(one.mailing_id, one.profile_key, one.language): one for one in session.exec(wanted)}
