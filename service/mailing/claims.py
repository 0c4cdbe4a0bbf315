"""Claims: who works on which delivery. Every step is conditional and checked, so that two workers never do one thing twice.

planned | deferred ── claim ──> claimed ── hand over ──> handed_over ── settle ──> an end state, or deferred
claimed, lease over ──> planned                 handed_over, lease over ──> uncertain (never resent by itself)

A batch costs a handful of statements, whatever its size.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, bindparam, exists, update
from sqlalchemy import select as rows
from sqlmodel import Session, col

from service.mailing.closing import WAITING, follow_mailings
from service.mailing.marks import add_attempts, mark_claimed, mark_handed_over, mark_sent
from service.mailing.outbox import END_STATES, LEASED, URGENT, Delivery, DeliveryState, Mailing, MailingState

LEASE = timedelta(minutes=15)
"""How long a worker may take over a batch. One that is slower is not believed to be gone for good: what it says late counts."""

HELD = (DeliveryState.CLAIMED, DeliveryState.HANDED_OVER, DeliveryState.UNCERTAIN)
"""States in which a worker's word about a delivery of its own still counts; uncertain, when its lease ran out."""

LOST = "The sender stopped after handing this message over: nobody knows whether it left. A person decides."

_table: Any = Delivery.metadata.tables["delivery"]


class Claimed(NamedTuple):
    """A delivery that is this worker's for now, as plain values."""

    id: int
    mailing_id: int
    subscriber_id: int | None
    user_id: int | None
    profile_key: str
    language: str
    urgent: bool
    attempts: int
    first_tried_at: datetime | None
    message_id: str


_CLAIMED = [_table.c[name] for name in Claimed._fields]

# Built once: these run for every few messages, and building a statement takes longer than running it.
_GOES_OUT = exists().where(
    col(Mailing.id) == col(Delivery.mailing_id), col(Mailing.state) == MailingState.SENDING
)
_DUE = (
    rows(*_CLAIMED)
    .where(_GOES_OUT, col(Delivery.due_at) <= bindparam("now"))
    .order_by(col(Delivery.due_at), col(Delivery.id))
    .limit(bindparam("room"))
)
_URGENT_AND_DUE = _DUE.where(URGENT)
_DUE_IN_A_MAILING = _DUE.where(
    col(Delivery.mailing_id) == bindparam("of"), col(Delivery.state) == bindparam("its_state")
)
_ALONE = {  # SQLite has no such clause: there BEGIN IMMEDIATE does it
    due: due.with_for_update(of=Delivery, skip_locked=True) for due in (_URGENT_AND_DUE, _DUE_IN_A_MAILING)
}
_GOING_OUT = (
    rows(col(Mailing.id))
    .where(col(Mailing.state) == MailingState.SENDING, ~col(Mailing.urgent))
    .order_by(col(Mailing.created_at), col(Mailing.id))
)
_ROW = _table.update().where(_table.c.id == bindparam("of"))
_SETTLED = ("state", "reply", "settled_at", "due_at", "attempts", "first_tried_at")
_MARKED = _ROW.values(lease_until=None, **{name: bindparam(f"its_{name}") for name in _SETTLED})
_LOCKED = (
    rows(*(_table.c[name] for name in ("id", "mailing_id", "due_at", "attempts", "first_tried_at")))
    .where(
        _table.c.id.in_(bindparam("ids", expanding=True)),
        _table.c.claimed_by == bindparam("worker"),
        _table.c.state.in_(bindparam("states", expanding=True)),
    )
    .order_by(_table.c.id)
    .with_for_update()
)


class Settlement(NamedTuple):
    """How a delivery ends, or when it is tried again (`due_at`). `server` is empty when nothing was tried."""

    delivery_id: int
    state: DeliveryState
    reply: str
    code: int | None = None
    server: str = ""
    due_at: datetime | None = None


def recover(session: Session, *, now: datetime) -> None:
    """Free what a worker that is gone had claimed. What it had handed over is uncertain: it may have left."""
    over = (LEASED, col(Delivery.lease_until) < now)
    claimed = update(Delivery).where(col(Delivery.state) == DeliveryState.CLAIMED, *over)
    freed = claimed.values(state=DeliveryState.PLANNED, claimed_by="", lease_until=None)
    mailings = session.connection().execute(freed.returning(col(Delivery.mailing_id))).scalars()
    follow_mailings(session, set(mailings))
    session.connection().execute(
        update(Delivery)
        .where(col(Delivery.state) == DeliveryState.HANDED_OVER, *over)
        .values(state=DeliveryState.UNCERTAIN, settled_at=now, reply=LOST)
    )


def anything_due(session: Session, *, now: datetime, bulk: bool = True) -> bool:
    """Whether `claim` would find anything."""
    waiting = _waiting(session, now=now, bulk=bulk)
    asked = (session.connection().execute(due, {**values, "room": 1}) for due, values in waiting)
    return any(one.first() is not None for one in asked)


def claim(
    session: Session, *, worker: str, now: datetime, batch: int, lease: timedelta = LEASE, bulk: bool = True
) -> list[Claimed]:
    """Claim up to `batch` deliveries that are due: first what somebody waits for, then, with `bulk`, issues in turn.

    Another issue comes first each time, so that one with many readers does not keep the others waiting.
    """
    claimed: list[Claimed] = []
    for due, values in _waiting(session, now=now, bulk=bulk):
        claimed += _take(session, due, values, batch - len(claimed))
    if claimed:
        ids = [one.id for one in claimed]
        mark_claimed(session.connection(), ids, worker=worker, lease=now + lease)
    return claimed


def hand_over(
    session: Session, message_ids: Mapping[int, str], *, worker: str, now: datetime, lease: timedelta = LEASE
) -> set[int]:
    """Note, before anything is sent, that these may leave now; give those that are this worker's to send.

    What was paused or cancelled meanwhile is not among them.
    """
    if not message_ids:
        return set()
    return mark_handed_over(session.connection(), message_ids, worker=worker, now=now, lease=now + lease)


def release(session: Session, ids: Collection[int], *, worker: str, due_at: datetime | None = None) -> None:
    """Give back what this worker had, and is sure not to have sent; to be tried when it was due, or at `due_at`."""
    mine = _locked(session, ids, worker, *HELD)
    if not mine:
        return
    free = {"state": DeliveryState.PLANNED, "claimed_by": "", "lease_until": None, "settled_at": None}
    later = {"due_at": due_at} if due_at else {}
    session.connection().execute(
        update(Delivery).where(col(Delivery.id).in_(mine)).values(reply="", **free, **later)
    )
    follow_mailings(session, {row.mailing_id for row in mine.values()})


def settle(session: Session, settlements: Sequence[Settlement], *, worker: str, now: datetime) -> None:
    """Write down how these ended. A lease that ran out meanwhile made them uncertain: the one who knows is believed."""
    tried = _settle_sent(session, [one for one in settlements if _is_plain(one)], worker, now)
    tried += _settle_others(session, [one for one in settlements if not _is_plain(one)], worker, now)
    if tried:
        add_attempts(session.connection(), [_attempt(one) for one in tried], now=now)


def _settle_sent(
    session: Session, sent: Sequence[Settlement], worker: str, now: datetime
) -> list[Settlement]:
    if not sent:
        return []
    ids = [one.delivery_id for one in sent]
    mine = mark_sent(session.connection(), ids, worker=worker, now=now, held=HELD)
    return [one for one in sent if one.delivery_id in mine]


def _settle_others(
    session: Session, settlements: Sequence[Settlement], worker: str, now: datetime
) -> list[Settlement]:
    mine = _locked(session, [one.delivery_id for one in settlements], worker, *HELD)
    kept = [(one, mine[one.delivery_id]) for one in settlements if one.delivery_id in mine]
    if kept:
        session.connection().execute(_MARKED, [_marks(one, row, now) for one, row in kept])
        follow_mailings(session, {row.mailing_id for one, row in kept if one.state not in END_STATES})
    return [one for one, _row in kept if one.server]


def _waiting(
    session: Session, *, now: datetime, bulk: bool
) -> Iterator[tuple[Select[Any], dict[str, object]]]:
    """What may be claimed, query by query with its values but `room`, in the order in which it is."""
    yield _URGENT_AND_DUE, {"now": now}
    sending = session.connection().execute(_GOING_OUT).scalars().all() if bulk else ()
    first = int(now.timestamp() * 1000) % (len(sending) or 1)
    for mailing_id in (*sending[first:], *sending[:first]):
        # One state at a time: each is a walk along the index, where both together would sort all that waits.
        for state in WAITING:
            yield _DUE_IN_A_MAILING, {"now": now, "of": mailing_id, "its_state": state}


def _take(session: Session, due: Select[Any], values: Mapping[str, object], room: int) -> list[Claimed]:
    if room <= 0:
        return []
    found = session.connection().execute(_ALONE[due], {**values, "room": room})
    return [Claimed._make(row) for row in found.all()]


def _locked(
    session: Session, ids: Collection[int], worker: str, *states: DeliveryState
) -> dict[int, Row[Any]]:
    """Those of these rows that this worker has, in one of these states, and goes on to have until the transaction ends."""
    if not ids:
        return {}
    values = {"ids": list(ids), "worker": worker, "states": list(states)}
    return {row.id: row for row in session.connection().execute(_LOCKED, values)}


def _is_plain(one: Settlement) -> bool:
    """Whether it was sent, like most: these are marked together, and what the server said stands with the attempt."""
    return one.state is DeliveryState.SENT and bool(one.server)


def _marks(one: Settlement, row: Row[Any], now: datetime) -> dict[str, object]:
    return {
        "of": one.delivery_id,
        "its_state": one.state,
        "its_reply": one.reply,
        "its_settled_at": now if one.state in END_STATES else None,
        "its_due_at": one.due_at or row.due_at,
        "its_attempts": row.attempts + (1 if one.server else 0),
        "its_first_tried_at": row.first_tried_at or (now if one.server else None),
    }


def _attempt(one: Settlement) -> dict[str, object]:
    return {
        "delivery_id": one.delivery_id,
        "server": one.server,
        "outcome": one.state.value,
        "code": one.code,
        "reply": one.reply,
    }
