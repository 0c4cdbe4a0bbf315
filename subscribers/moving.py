"""Moving: a reader's mail goes to another address once both the old and the new mailbox said yes."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, delete, select

from subscribers.addresses import parse_address
from subscribers.consent import ConsentKind, record
from subscribers.errors import AddressTaken, RequestOver
from subscribers.following import interests_of, streams_of
from subscribers.mailboxes import is_shared
from subscribers.people import Subscriber
from subscribers.requests import AddressChange

LASTS = timedelta(days=7)
"""How long both have to say yes."""


class Side(StrEnum):
    """Whose mailbox says yes."""

    OLD = "old"
    NEW = "new"


def ask_to_move(session: Session, *, subscriber: Subscriber, address: str, now: datetime) -> AddressChange:
    """Note that a reader wants their mail elsewhere, in place of what they asked before. The caller mails both.

    Raises:
        NotAnAddress: the new address cannot exist.
    """
    parsed = parse_address(address)
    waiting = delete(AddressChange).where(col(AddressChange.subscriber_id) == subscriber.id)
    session.exec(waiting.where(col(AddressChange.done_at).is_(None)))
    made = AddressChange(
        subscriber_id=subscriber.id or 0, address=parsed.mailed, address_key=parsed.key, asked_at=now
    )
    session.add(made)
    session.flush()
    return made


def open_change(session: Session, change_id: int, *, now: datetime, lock: bool = False) -> AddressChange:
    """A change that still waits.

    Raises:
        RequestOver: it was done, replaced, or asked more than `LASTS` ago.
    """
    wanted = select(AddressChange).where(AddressChange.id == change_id)
    found = session.exec(wanted.with_for_update() if lock else wanted).first()
    if found is None or found.done_at is not None or found.asked_at + LASTS <= now:
        raise RequestOver("This change of address is done, or was replaced by a later one, or is too old.")
    return found


def say_yes(session: Session, *, change: AddressChange, side: Side, now: datetime) -> bool:
    """One of both mailboxes agrees; True when that was the second, and the mail goes to the new address from now on.

    Raises:
        AddressTaken: someone else is known at the new address.
    """
    if side is Side.OLD:
        change.old_said_yes_at = change.old_said_yes_at or now
    else:
        change.new_said_yes_at = change.new_said_yes_at or now
    session.add(change)
    if change.old_said_yes_at is None or change.new_said_yes_at is None:
        return False
    _move(session, change, now)
    return True


def occupant(session: Session, change: AddressChange) -> Subscriber | None:
    """Who is known at the new address already."""
    wanted = select(Subscriber).where(Subscriber.address_key == change.address_key)
    return session.exec(wanted.where(Subscriber.id != change.subscriber_id)).first()


def _move(session: Session, change: AddressChange, now: datetime) -> None:
    if occupant(session, change) is not None:
        raise AddressTaken("Someone is known at this address already. Sign up there, and leave here.")
    subscriber = session.get_one(Subscriber, change.subscriber_id)
    subscriber.address, subscriber.address_key = change.address, change.address_key
    subscriber.shared = is_shared(change.address)
    change.done_at = now
    session.add_all([subscriber, change])
    record(
        session,
        subscriber=subscriber,
        kind=ConsentKind.CHANGED,
        streams=streams_of(session, subscriber),
        topics=interests_of(session, subscriber),
        source="address changed; old and new mailbox said yes",
        now=now,
    )
