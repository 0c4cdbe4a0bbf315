"""Queueing: readers get a delivery in a mailing, copied within the database by one INSERT … SELECT that freezes them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import JSON, Select, exists, insert, literal, update
from sqlalchemy import select as rows
from sqlmodel import Session, col

from content.columns import Instant
from service.mailing.outbox import Delivery, DeliveryState, Mailing, ProfileChoice
from service.settings import Settings
from subscribers.people import Subscriber
from subscribers.suppression import suppressed_keys, suppresses_anyone

AT_ONCE = 1_000
"""Addresses that are looked at together: as much memory for a million readers as for ten."""


def queue_readers(
    session: Session, mailing: Mailing, readers: Select[int | None, str, str], *, now: datetime
) -> int:
    """A delivery for each of these readers (id, profile_key, language), with the profile they have now; gives how many."""
    found = readers.subquery()
    values = {
        "mailing_id": literal(mailing.id),
        "subscriber_id": found.c.id,
        "profile_key": found.c.profile_key,
        "language": found.c.language,
        "context": literal({}, JSON),
        "state": literal(DeliveryState.PLANNED.value),
        "due_at": literal(now, Instant),
        "urgent": literal(mailing.urgent),
        "attempts": literal(0),
        "claimed_by": literal(""),
        "message_id": literal(""),
        "reply": literal(""),
    }
    queued = insert(Delivery).from_select(list(values), rows(*values.values()))
    return session.connection().execute(queued, execution_options={"preserve_rowcount": True}).rowcount


def suppress_queued(session: Session, settings: Settings, mailing: Mailing, *, now: datetime) -> None:
    """Deliveries to addresses that must not be mailed end at once. What is suppressed later ends when it is claimed."""
    if not suppresses_anyone(session):
        return
    last = 0
    while batch := _addresses_after(session, mailing, last):
        refused = suppressed_keys(session, [key for _, key in batch], keys=settings.signing_keys())
        _suppress(session, [found for found, key in batch if key in refused], now)
        last = batch[-1][0]


def skip_queued(session: Session, mailing: Mailing, *, now: datetime) -> None:
    """Deliveries for which nothing was chosen end at once."""
    nothing = exists().where(
        col(ProfileChoice.mailing_id) == mailing.id,
        col(ProfileChoice.variant_id).is_(None),
        col(ProfileChoice.profile_key) == col(Delivery.profile_key),
        col(ProfileChoice.language) == col(Delivery.language),
    )
    waiting = (col(Delivery.mailing_id) == mailing.id, col(Delivery.state) == DeliveryState.PLANNED)
    skipped = update(Delivery).where(*waiting, nothing)
    session.connection().execute(skipped.values(state=DeliveryState.SKIPPED, settled_at=now))


def _addresses_after(session: Session, mailing: Mailing, last: int) -> list[tuple[int, str]]:
    wanted = (
        rows(col(Delivery.id), col(Subscriber.address_key))
        .join(Subscriber, col(Subscriber.id) == col(Delivery.subscriber_id))
        .where(col(Delivery.mailing_id) == mailing.id, col(Delivery.state) == DeliveryState.PLANNED)
        .where(col(Delivery.id) > last)
        .order_by(col(Delivery.id))
        .limit(AT_ONCE)
    )
    return [(number or 0, key) for number, key in session.connection().execute(wanted)]


def _suppress(session: Session, ids: Collection[int], now: datetime) -> None:
    suppressed = update(Delivery).where(col(Delivery.id).in_(ids))
    session.connection().execute(suppressed.values(state=DeliveryState.SUPPRESSED, settled_at=now))
