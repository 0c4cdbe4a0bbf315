"""Closing: a mailing is finished when all its deliveries are in an end state, and what comes back later follows its mailing."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, update
from sqlmodel import Session, col, select

from service.mailing.outbox import OPEN_STATES, Delivery, DeliveryState, Mailing, MailingState

WAITING = (DeliveryState.PLANNED, DeliveryState.DEFERRED)
"""States from which a delivery may be claimed."""


def finish_mailings(session: Session, *, now: datetime) -> None:
    """Mailings whose deliveries are all in an end state are finished."""
    waiting = exists().where(col(Delivery.mailing_id) == Mailing.id, col(Delivery.state).in_(OPEN_STATES))
    session.connection().execute(
        update(Mailing)
        .where(col(Mailing.state) == MailingState.SENDING, ~waiting)
        .values(state=MailingState.FINISHED, finished_at=now)
    )


def follow_mailings(session: Session, mailing_ids: Collection[int], *, now: datetime) -> None:
    """Deliveries of these were given back: one that was thought finished goes on, of one that was cancelled they end."""
    if not mailing_ids:
        return
    ended = select(Mailing.id, Mailing.state).where(
        col(Mailing.id).in_(mailing_ids),
        col(Mailing.state).in_((MailingState.FINISHED, MailingState.CANCELLED)),
    )
    for mailing_id, state in session.exec(ended).all():
        if state == MailingState.CANCELLED:
            session.connection().execute(
                update(Delivery)
                .where(col(Delivery.mailing_id) == mailing_id, col(Delivery.state).in_(WAITING))
                .values(state=DeliveryState.CANCELLED, settled_at=now)
            )
            continue
        open_again = exists().where(
            col(Delivery.mailing_id) == Mailing.id, col(Delivery.state).in_(OPEN_STATES)
        )
        session.connection().execute(
            update(Mailing)
            .where(col(Mailing.id) == mailing_id, col(Mailing.state) == MailingState.FINISHED, open_again)
            .values(state=MailingState.SENDING, finished_at=None)
        )
