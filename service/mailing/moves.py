"""Moves: the conditional updates that steering a mailing is made of.

The mailing's row comes first and is held until the caller commits, so that people wait for each other. Deliveries are taken
without waiting: a worker that holds one may be waiting for the mailing.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, literal, update
from sqlalchemy import select as rows
from sqlmodel import Session, col

from service.audit import Act, note_act
from service.errors import MailingEnded, UnknownMailing
from service.mailing.outbox import Delivery, DeliveryState, Mailing, MailingState

TRIED = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNCERTAIN)
"""Ends that a try came to; the other ends took no time."""


def mailing_by_id(session: Session, mailing_id: int) -> Mailing:
    """A mailing that people steer.

    Raises:
        UnknownMailing: there is none with this id, or it is a letter to one person.
    """
    mailing = session.get(Mailing, mailing_id)
    if mailing is None or mailing.urgent:
        raise UnknownMailing(f"There is no mailing {mailing_id}. `kennispost mailings list` shows them.")
    return mailing


def subject_of(mailing: Mailing) -> str:
    """How the audit names what a mailing is of."""
    return f"issue {mailing.issue_id}" if mailing.issue_id is not None else f"mailing {mailing.id}"


def note(session: Session, *, mailing: Mailing, act: Act, by: str, now: datetime, detail: str = "") -> None:
    """Record who steered it how."""
    note_act(session, actor=by, action=act, now=now, subject=subject_of(mailing), detail=detail)


def turn(
    session: Session, *, mailing: Mailing, before: tuple[MailingState, ...], after: MailingState, **more: Any
) -> bool:
    """Whether the mailing went from one of these states to another; false when it is there already.

    Raises:
        MailingEnded: it is in neither, and will not come there.
    """
    changed = session.connection().execute(
        update(Mailing)
        .where(col(Mailing.id) == mailing.id, col(Mailing.state).in_(before))
        .values(state=after, **more)
    )
    session.refresh(mailing)
    if changed.rowcount:
        return True
    if mailing.state == after:
        return False
    raise MailingEnded(f"Mailing {mailing.id} is {mailing.state}.")


def reopen(session: Session, *, mailing: Mailing) -> None:
    """Let a mailing that was finished go on; one that is paused stays paused.

    Raises:
        MailingEnded: it was cancelled.
    """
    state = col(Mailing.state)
    changed = session.connection().execute(
        update(Mailing)
        .where(col(Mailing.id) == mailing.id, state != MailingState.CANCELLED)
        .values(
            state=case((state == MailingState.FINISHED, literal(MailingState.SENDING.value)), else_=state),
            finished_at=None,
        )
    )
    session.refresh(mailing)
    if not changed.rowcount:
        raise MailingEnded(f"Mailing {mailing.id} is {mailing.state}.")


def run_anew(session: Session, *, mailing: Mailing, now: datetime) -> None:
    """Measure its speed from here: what went before, and the time it stood still, say nothing of what comes."""
    tried = rows(func.count()).where(col(Delivery.mailing_id) == mailing.id, col(Delivery.state).in_(TRIED))
    session.connection().execute(
        update(Mailing)
        .where(col(Mailing.id) == mailing.id)
        .values(running_since=now, tried_before=tried.scalar_subquery())
    )
    session.refresh(mailing)


def idle(*of: Any) -> Any:
    """A query for the ids of the deliveries that meet this and that no worker is writing at this moment.

    SQLite has no such clause: there BEGIN IMMEDIATE lets one write at a time.
    """
    return rows(col(Delivery.id)).where(*of).with_for_update(of=Delivery, skip_locked=True)


def put(session: Session, ids: Any, **values: Any) -> int:
    """Change the deliveries that `ids` (a query or a list) names, and take them out of any worker's hands; how many."""
    if isinstance(ids, Select):  # asked once: a plan may ask a subquery with a limit and locks more than once
        ids = rows(ids.cte().c.id)
    changed = (
        update(Delivery)
        .where(col(Delivery.id).in_(ids))
        .values(claimed_by="", lease_until=None, **values)
        .returning(col(Delivery.id))  # counted here: SQLite's driver counts no rows where there is a WITH
    )
    return sum(1 for _ in session.connection().execute(changed))


def queued(now: datetime) -> dict[str, Any]:
    """What makes a delivery that ended wait again. Giving up is counted from its next try: a person asked for it."""
    return {
        "state": DeliveryState.PLANNED,
        "due_at": now,
        "first_tried_at": None,
        "settled_at": None,
        "reply": "",
    }
