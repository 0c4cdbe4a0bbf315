"""Entries of the ledger: who got a mailing and who did not, when, from which server, with which reply, and who decided."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import literal, tuple_
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import Select

from content.columns import Instant
from service.mailing.outbox import Attempt, Decision, Delivery, DeliveryState, Mailing
from service.mailing.uncertain import undecided
from subscribers.people import Subscriber

PER_PAGE = 50

IN_ORDER = (
    DeliveryState.UNCERTAIN,
    DeliveryState.FAILED,
    DeliveryState.SUPPRESSED,
    DeliveryState.CANCELLED,
    DeliveryState.SKIPPED,
    DeliveryState.DEFERRED,
    DeliveryState.PLANNED,
    DeliveryState.CLAIMED,
    DeliveryState.HANDED_OVER,
    DeliveryState.SENT,
)
"""What a person may want to do something about comes first."""


@dataclass(frozen=True)
class Entry:
    """One line of the ledger. `address` is empty when the reader is gone; attempts and decisions are the oldest first."""

    delivery: Delivery
    address: str
    name: str
    attempts: tuple[Attempt, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class Page:
    """Some entries, and where the next page begins; None on the last one."""

    entries: tuple[Entry, ...]
    after: str | None


def entries_in_state(
    session: Session, *, mailing: Mailing, state: DeliveryState, after: str = "", limit: int = PER_PAGE
) -> Page:
    """The deliveries in a state, those due first before the others; `after` is where the page before ended.

    A walk along the index, so that the last page of a million costs what the first does.
    """
    wanted = _of(mailing).where(col(Delivery.state) == state)
    if begin := _read(after):
        here = tuple_(literal(begin[0], Instant), literal(begin[1]))
        wanted = wanted.where(tuple_(col(Delivery.due_at), col(Delivery.id)) > here)
    found = session.exec(wanted.order_by(col(Delivery.due_at), col(Delivery.id)).limit(limit + 1)).all()
    last = found[limit - 1][0] if len(found) > limit else None
    return Page(_entries(session, found[:limit]), f"{last.due_at.isoformat()}~{last.id}" if last else None)


def all_entries(session: Session, *, mailing: Mailing, after: str = "", limit: int = PER_PAGE) -> Page:
    """All deliveries, state by state in the order of `IN_ORDER`."""
    state, _, place = after.partition("~")
    begin = IN_ORDER.index(DeliveryState(state)) if state in IN_ORDER else 0
    found: tuple[Entry, ...] = ()
    for number, current in enumerate(IN_ORDER[begin:]):
        page = entries_in_state(
            session,
            mailing=mailing,
            state=current,
            after=place if number == 0 else "",
            limit=limit - len(found),
        )
        found += page.entries
        if page.after is not None:
            return Page(found, f"{current}~{page.after}")
        if len(found) == limit:
            following = IN_ORDER[begin + number + 1 :]
            return Page(found, f"{following[0]}~" if following else None)
    return Page(found, None)


def find_entries(session: Session, *, mailing: Mailing, text: str, limit: int = PER_PAGE) -> Page:
    """The deliveries to readers whose address or name holds this text, at most `limit`."""
    wanted = _of(mailing)
    for word in text.casefold().split():
        wanted = wanted.where(
            or_(
                col(Subscriber.address_key).contains(word, autoescape=True),
                col(Subscriber.name).icontains(word, autoescape=True),
            )
        )
    return Page(_entries(session, session.exec(wanted.order_by(col(Delivery.id)).limit(limit)).all()), None)


def undecided_entries(session: Session, *, mailing: Mailing, limit: int = PER_PAGE) -> tuple[Entry, ...]:
    """The uncertain deliveries that wait for a person, the oldest first."""
    wanted = _of(mailing).where(undecided()).order_by(col(Delivery.settled_at), col(Delivery.id))
    return _entries(session, session.exec(wanted.limit(limit)).all())


def walk(session: Session, *, mailing: Mailing, state: DeliveryState | None = None) -> Iterator[Entry]:
    """All entries, page after page, so that a million fit in memory."""
    after: str | None = ""
    while after is not None:
        if state is None:
            page = all_entries(session, mailing=mailing, after=after, limit=500)
        else:
            page = entries_in_state(session, mailing=mailing, state=state, after=after, limit=500)
        yield from page.entries
        session.expunge_all()
        after = page.after


def _of(mailing: Mailing) -> Select[Delivery, str, str]:
    wanted = select(Delivery, Subscriber.address, Subscriber.name)
    joined = wanted.join(Subscriber, col(Subscriber.id) == col(Delivery.subscriber_id), isouter=True)
    return joined.where(Delivery.mailing_id == mailing.id)


def _read(after: str) -> tuple[datetime, int] | None:
    """Where a page ended; None for what is no such place, which begins anew."""
    moment, _, number = after.partition("~")
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (read, int(number)) if read.tzinfo is not None and number.isdecimal() else None


Row = TypeVar("Row", Attempt, Decision)


def _entries(session: Session, found: Sequence[tuple[Delivery, str, str]]) -> tuple[Entry, ...]:
    ids = [delivery.id for delivery, _, _ in found]
    attempts, decisions = _by_delivery(session, Attempt, ids), _by_delivery(session, Decision, ids)
    return tuple(
        Entry(
            delivery, address or "", name or "", tuple(attempts[delivery.id]), tuple(decisions[delivery.id])
        )
        for delivery, address, name in found
    )


def _by_delivery(
    session: Session, table: type[Row], ids: Sequence[int | None]
) -> defaultdict[int | None, list[Row]]:
    found: defaultdict[int | None, list[Row]] = defaultdict(list)
    for row in session.exec(select(table).where(col(table.delivery_id).in_(ids)).order_by(col(table.id))):
        found[row.delivery_id].append(row)
    return found
