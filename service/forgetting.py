"""Forgetting: all that is kept of a person goes; the ledger keeps that a mail was sent, and no longer to whom."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, col, select

from content.webinars.tables import Webinar
from service.mailing.outbox import Attempt, Delivery, DeliveryState, Mailing
from service.settings import Settings
from subscribers.people import Subscriber
from subscribers.suppression import suppress

AT_ONCE = 500
"""People forgotten in one statement."""

WAITING = (DeliveryState.PLANNED, DeliveryState.DEFERRED)
ERASED = "erased"
"""Why the address of someone who asked to be erased is suppressed."""


def erase(session: Session, settings: Settings, *, subscriber: Subscriber, now: datetime) -> None:
    """Forget a reader who asks for it. A keyed hash of the address remains, so that it is never mailed again."""
    suppress(session, address=subscriber.address, reason=ERASED, keys=settings.signing_keys(), now=now)
    forget(session, [subscriber.id or 0], now=now)


def forget(session: Session, ids: Collection[int], *, now: datetime) -> int:
    """Delete these people with all that hangs on them (their consent goes with them); gives how many.

    Their deliveries stay, without them: a mailing's balance must not change. Those that waited are cancelled; one that a
    worker holds ends when it sees that its reader is gone. What servers answered may hold the address, and goes.
    """
    gone = 0
    for some in _batches(ids):
        _unname(session, col(Delivery.subscriber_id).in_(some), now=now)
        session.expire_all()
        people = delete(Subscriber).where(col(Subscriber.id).in_(some))
        executed = session.connection().execute(people, execution_options={"synchronize_session": False})
        gone += executed.rowcount
    return gone


def unname_mails(session: Session, webinar: Webinar, *, now: datetime) -> None:
    """The mails of a webinar stay in the ledger, without to whom: a mail to who was absent tells that somebody was."""
    ours = select(Mailing.id).where(Mailing.webinar_id == webinar.id)
    _unname(session, col(Delivery.mailing_id).in_(ours), now=now)
    session.expire_all()


def _unname(session: Session, which: ColumnElement[bool], *, now: datetime) -> None:
    connection = session.connection()
    numbers = select(Delivery.id).where(which)
    connection.execute(update(Attempt).where(col(Attempt.delivery_id).in_(numbers)).values(reply=""))
    waiting = update(Delivery).where(which, col(Delivery.state).in_(WAITING))
    connection.execute(waiting.values(state=DeliveryState.CANCELLED, settled_at=now))
    connection.execute(update(Delivery).where(which).values(subscriber_id=None, context={}, reply=""))


def _batches(ids: Collection[int]) -> Iterator[list[int]]:
    left = iter(ids)
    while some := list(islice(left, AT_ONCE)):
        yield some
