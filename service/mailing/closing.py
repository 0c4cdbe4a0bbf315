"""Closing: a mailing is finished when all its deliveries are in an end state, and what comes back later follows its mailing."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, update
from sqlalchemy import select as rows
from sqlmodel import Session, col

from service.mailing.moves import idle, put
from service.mailing.outbox import LEASED, OPEN_STATES, Delivery, DeliveryState, Mailing, MailingState

WAITING = (DeliveryState.PLANNED, DeliveryState.DEFERRED)
"""States from which a delivery may be claimed."""

NOT_HANDED_OVER = (*WAITING, DeliveryState.CLAIMED)
"""Nothing of these is on its way: they can still be stopped."""

CANCELLED = "The mailing was cancelled."

AT_ONCE = 10_000
"""Deliveries that are cancelled in one statement: a second's work. Of a million the rest follows, while nothing leaves."""

_OPEN = exists().where(col(Delivery.mailing_id) == col(Mailing.id), col(Delivery.state).in_(OPEN_STATES))


def finish_mailings(session: Session, *, now: datetime) -> None:
    """Mailings whose deliveries are all in an end state are finished; of cancelled ones what came back ends.

    First the rows are locked, then it is asked again: on PostgreSQL a statement that waited for a lock goes on to see the
    deliveries of before, and would finish a mailing that a person has just had go on.
    """
    over = rows(col(Mailing.id)).where(col(Mailing.state) == MailingState.SENDING, ~_OPEN)
    locked = session.connection().execute(over.with_for_update(skip_locked=True)).scalars().all()
    if locked:
        finished = update(Mailing).where(
            col(Mailing.id).in_(locked), col(Mailing.state) == MailingState.SENDING, ~_OPEN
        )
        session.connection().execute(finished.values(state=MailingState.FINISHED, finished_at=now))
    wind_down(session, now=now)


def anything_over(session: Session, *, now: datetime) -> bool:
    """Whether a lease ran out, or a mailing is to be finished or wound down."""
    over = exists(Delivery).where(LEASED, col(Delivery.lease_until) < now)
    done = exists().where(col(Mailing.state) == MailingState.SENDING, ~_OPEN)
    cancelled = exists().where(
        col(Mailing.state) == MailingState.CANCELLED, col(Mailing.finished_at).is_(None)
    )
    return bool(session.connection().execute(rows(over | done | cancelled)).scalar())


def wind_down(session: Session, *, now: datetime) -> None:
    """Cancel what cancelled mailings still hold, `AT_ONCE` at most, and note which of them are over.

    Workers call it where they finish mailings, again and again: a delivery that was in their hands at the moment of
    cancelling may be given back, or be told "not now" by the relay, after it.
    """
    cancelled = (col(Mailing.state) == MailingState.CANCELLED, col(Mailing.finished_at).is_(None))
    known = session.connection().execute(rows(col(Mailing.id)).where(*cancelled)).scalars().all()
    if not known:
        return
    returned = idle(col(Delivery.mailing_id).in_(known), col(Delivery.state).in_(NOT_HANDED_OVER))
    put(session, returned.limit(AT_ONCE), state=DeliveryState.CANCELLED, settled_at=now, reply=CANCELLED)
    session.connection().execute(update(Mailing).where(*cancelled, ~_OPEN).values(finished_at=now))


def follow_mailings(session: Session, mailing_ids: Collection[int]) -> None:
    """Deliveries of these were given back: a mailing that was thought finished goes on."""
    if not mailing_ids:
        return
    finished = (col(Mailing.id).in_(mailing_ids), col(Mailing.state) == MailingState.FINISHED)
    if session.connection().execute(rows(col(Mailing.id)).where(*finished).limit(1)).first() is None:
        return
    goes_on = update(Mailing).where(*finished, _OPEN)
    session.connection().execute(goes_on.values(state=MailingState.SENDING, finished_at=None))
