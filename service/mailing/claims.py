"""Claims: who works on which delivery. Every step is a conditional update, so that two workers never do one thing twice.

planned | deferred ── claim ──> claimed ── hand over ──> handed_over ── settle ──> an end state, or deferred
claimed, lease over ──> planned                 handed_over, lease over ──> uncertain (never resent by itself)
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, exists, update
from sqlmodel import Session, col, select

from service.mailing.outbox import END_STATES, Attempt, Delivery, DeliveryState, Mailing, MailingState

LEASE = timedelta(minutes=15)
"""How long a worker may take over a batch. One that is slower is not believed to be gone for good: what it says late counts."""

HELD = (DeliveryState.CLAIMED, DeliveryState.HANDED_OVER, DeliveryState.UNCERTAIN)
"""States in which a worker's word about a delivery of its own still counts; uncertain, when its lease ran out."""

LOST = "The sender stopped after handing this message over: nobody knows whether it left. A person decides."


@dataclass(frozen=True)
class Settlement:
    """How a delivery ends, or when it is tried again (`due_at`). `server` is empty when nothing was tried."""

    delivery_id: int
    state: DeliveryState
    reply: str
    code: int | None = None
    server: str = ""
    due_at: datetime | None = None


def recover(session: Session, *, now: datetime) -> None:
    """Free what a worker that is gone had claimed. What it had handed over is uncertain: it may have left."""
    over = col(Delivery.lease_until) < now
    session.connection().execute(
        update(Delivery)
        .where(col(Delivery.state) == DeliveryState.CLAIMED, over)
        .values(state=DeliveryState.PLANNED, claimed_by="", lease_until=None)
    )
    session.connection().execute(
        update(Delivery)
        .where(col(Delivery.state) == DeliveryState.HANDED_OVER, over)
        .values(state=DeliveryState.UNCERTAIN, settled_at=now, reply=LOST)
    )


def claim(session: Session, *, worker: str, now: datetime, batch: int) -> list[int]:
    """Claim up to `batch` deliveries that are due, letters before issues; give their ids."""
    is_issue = case((col(Mailing.issue_id).is_(None), 0), else_=1)
    due = (
        select(Delivery.id)
        .join(Mailing)
        .where(
            col(Delivery.state).in_((DeliveryState.PLANNED, DeliveryState.DEFERRED)),
            Delivery.due_at <= now,
            Mailing.state == MailingState.SENDING,
        )
        .order_by(is_issue, col(Delivery.due_at), col(Delivery.id))
        .limit(batch)
        .with_for_update(
            of=Delivery, skip_locked=True
        )  # SQLite has no such clause: there BEGIN IMMEDIATE does it
    )
    ids = [found for found in session.exec(due) if found is not None]
    session.connection().execute(
        update(Delivery)
        .where(col(Delivery.id).in_(ids))
        .values(state=DeliveryState.CLAIMED, claimed_by=worker, lease_until=now + LEASE)
    )
    return ids


def hand_over(session: Session, message_ids: Mapping[int, str], *, worker: str, now: datetime) -> set[int]:
    """Note, before anything is sent, that these may leave now; give those that are still this worker's."""
    mine = (
        update(Delivery)
        .where(_held(worker, message_ids.keys(), DeliveryState.CLAIMED))
        .values(
            state=DeliveryState.HANDED_OVER,
            handed_over_at=now,
            lease_until=now + LEASE,
            message_id=case(message_ids, value=col(Delivery.id)) if message_ids else "",
        )
        .returning(col(Delivery.id))
    )
    return {found for found in session.connection().execute(mine).scalars() if found is not None}


def release(session: Session, ids: Collection[int], *, worker: str) -> None:
    """Give back what this worker had, and is sure not to have sent."""
    session.connection().execute(
        update(Delivery)
        .where(_held(worker, ids, *HELD))
        .values(state=DeliveryState.PLANNED, claimed_by="", lease_until=None, settled_at=None, reply="")
    )
    _reopen(session, ids)


def settle(session: Session, settlements: Sequence[Settlement], *, worker: str, now: datetime) -> None:
    """Write down how these ended. A lease that ran out meanwhile made them uncertain: the one who knows is believed."""
    for one in settlements:
        changed = session.connection().execute(
            update(Delivery)
            .where(_held(worker, [one.delivery_id], *HELD))
            .values(
                state=one.state,
                reply=one.reply,
                settled_at=now if one.state in END_STATES else None,
                due_at=one.due_at or Delivery.due_at,
                attempts=Delivery.attempts + (1 if one.server else 0),
                lease_until=None,
            )
        )
        if changed.rowcount and one.server:
            session.add(
                Attempt(
                    delivery_id=one.delivery_id,
                    at=now,
                    server=one.server,
                    outcome=one.state,
                    code=one.code,
                    reply=one.reply,
                )
            )
    _reopen(session, [one.delivery_id for one in settlements])


def _reopen(session: Session, ids: Collection[int]) -> None:
    """A mailing that was finished while this worker was too slow goes on, when one of these still waits."""
    of_these = select(Delivery.mailing_id).where(
        col(Delivery.id).in_(ids), col(Delivery.state).not_in(END_STATES)
    )
    session.connection().execute(
        update(Mailing)
        .where(col(Mailing.id).in_(of_these), col(Mailing.state) == MailingState.FINISHED)
        .values(state=MailingState.SENDING, finished_at=None)
    )


def finish_mailings(session: Session, *, now: datetime) -> None:
    """Mailings whose deliveries are all in an end state are finished."""
    waiting = exists().where(col(Delivery.mailing_id) == Mailing.id, col(Delivery.state).not_in(END_STATES))
    session.connection().execute(
        update(Mailing)
        .where(col(Mailing.state) == MailingState.SENDING, ~waiting)
        .values(state=MailingState.FINISHED, finished_at=now)
    )


def _held(worker: str, ids: Collection[int], *states: DeliveryState) -> ColumnElement[bool]:
    return col(Delivery.id).in_(ids) & (col(Delivery.claimed_by) == worker) & col(Delivery.state).in_(states)
