"""Telling: a mail about a webinar is queued for one who takes part, or for all whom it concerns. Once for each occasion."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, case, exists, insert, literal, true, update
from sqlalchemy import select as rows
from sqlmodel import Session, col, select

from content.columns import Instant
from content.webinars.tables import Webinar
from service.mailing.moves import idle, put
from service.mailing.occasions import BY_STANDING, OCCASIONS, OF_THE_MOMENT
from service.mailing.outbox import Delivery, DeliveryState, Mailing, MailingState
from service.mailing.queueing import suppress_queued
from service.settings import Settings
from subscribers.registrations.registering import Outcome
from subscribers.registrations.tables import Registration, Standing

MOVED = "The webinar was moved or cancelled before this mail left."

_STOPPABLE = (DeliveryState.PLANNED, DeliveryState.DEFERRED, DeliveryState.CLAIMED)


def tell(session: Session, outcome: Outcome, *, now: datetime) -> None:
    """Tell somebody where they stand now, and each to whom a seat is offered because of it."""
    if outcome.changed:
        context = {"had_seat": outcome.had_seat}
        post(session, outcome.registration, now=now, context=context)
    for one in outcome.offered:
        post(session, one, now=now)


def post(
    session: Session,
    registration: Registration,
    *,
    now: datetime,
    kind: str = "",
    context: Mapping[str, Any] | None = None,
) -> Mailing | None:
    """Queue a mail to one person, about where they stand unless `kind` says otherwise; it leaves with the commit.

    None when this very occasion was told before: a form that is sent twice brings one mail.
    """
    kind = kind or BY_STANDING[Standing(registration.standing)]
    occasion = f"{kind} {registration.reference} {now.isoformat()}"
    mailing = _mailing(session, kind, registration.webinar_id, occasion, now)
    if mailing.planned:
        return None
    mailing.planned = 1
    session.add(
        Delivery(
            mailing_id=mailing.id or 0,
            subscriber_id=registration.subscriber_id,
            language=registration.language,
            context=dict(context or {}),
            due_at=now,
            urgent=True,
        )
    )
    session.flush()
    return mailing


def post_to_all(
    session: Session, settings: Settings, webinar: Webinar, *, kind: str, moment: str, now: datetime
) -> Mailing:
    """Queue a mail to all whom it concerns who have none of this occasion yet; `moment` tells occasions of a kind apart."""
    mailing = mailing_of(session, webinar, kind=kind, moment=moment, now=now)
    queue(session, settings, mailing, now=now)
    return mailing


def queue(
    session: Session,
    settings: Settings,
    mailing: Mailing,
    *,
    now: datetime,
    missed: ColumnElement[bool] | None = None,
    why: ColumnElement[str] | None = None,
    only: ColumnElement[bool] | None = None,
) -> int:
    """Deliveries for all whom this mailing concerns and who have none in it, by one INSERT … SELECT; gives how many.

    `only` narrows them, by a condition on `Registration`.
    Those for whom `missed` holds get one that is skipped from the start, with `why`: the ledger says that they had no mail.
    """
    is_missed = literal(False) if missed is None else missed
    values = {
        "mailing_id": literal(mailing.id),
        "subscriber_id": col(Registration.subscriber_id),
        "profile_key": literal(""),
        "language": col(Registration.language),
        "context": literal({}, JSON),
        "state": case((is_missed, literal(DeliveryState.SKIPPED.value)), else_=literal(DeliveryState.PLANNED.value)),
        "due_at": literal(now, Instant),
        "urgent": literal(True),
        "attempts": literal(0),
        "claimed_by": literal(""),
        "message_id": literal(""),
        "settled_at": case((is_missed, literal(now, Instant)), else_=literal(None, Instant)),
        "reply": literal("") if why is None else case((is_missed, why), else_=literal("")),
    }  # fmt: skip
    wanted = rows(*values.values()).where(*concerned(mailing), true() if only is None else only)
    queued = insert(Delivery).from_select(list(values), wanted)
    number = session.connection().execute(queued, execution_options={"preserve_rowcount": True}).rowcount
    if number:
        suppress_queued(session, settings, mailing, now=now)
        grown = update(Mailing).where(col(Mailing.id) == mailing.id)
        session.connection().execute(
            grown.values(planned=col(Mailing.planned) + number, state=MailingState.SENDING, finished_at=None)
        )
        session.refresh(mailing)
    return number


def concerned(mailing: Mailing) -> tuple[ColumnElement[bool], ...]:
    """Conditions on `Registration`: those whom a mailing concerns, and who have no delivery in it."""
    has_one = exists().where(
        col(Delivery.mailing_id) == mailing.id,
        col(Delivery.subscriber_id) == col(Registration.subscriber_id),
    )
    return (
        col(Registration.webinar_id) == mailing.webinar_id,
        col(Registration.standing).in_(list(OCCASIONS[mailing.kind].to)),
        ~has_one,
    )


def mailing_of(session: Session, webinar: Webinar, *, kind: str, moment: str, now: datetime) -> Mailing:
    """The mailing of an occasion for all, made when there is none. The caller holds the webinar."""
    return _mailing(session, kind, webinar.id or 0, occasion_of(webinar, kind, moment), now)


def occasion_of(webinar: Webinar, kind: str, moment: str) -> str:
    """The name of an occasion for all."""
    return f"{kind} {webinar.id} {moment}"


def left_over(
    session: Session,
    webinar: Webinar,
    *,
    kind: str,
    moment: str,
    only: ColumnElement[bool] | None = None,
) -> Select[int | None]:
    """The registrations that an occasion concerns and that have no mail of it, whether or not its mailing was made yet."""
    occasion = occasion_of(webinar, kind, moment)
    known = session.exec(select(Mailing.id).where(Mailing.occasion == occasion)).first()
    mailing = Mailing(id=known or 0, kind=kind, webinar_id=webinar.id, created_at=webinar.created_at)
    return rows(col(Registration.id)).where(*concerned(mailing), true() if only is None else only)


def stop_untrue(
    session: Session, webinar: Webinar, *, now: datetime, kinds: Collection[str] = OF_THE_MOMENT
) -> int:
    """Mails that name a moment which is no more, and did not leave yet, end; gives how many."""
    of = rows(col(Mailing.id)).where(col(Mailing.webinar_id) == webinar.id, col(Mailing.kind).in_(kinds))
    waiting = idle(col(Delivery.mailing_id).in_(of), col(Delivery.state).in_(_STOPPABLE))
    return put(session, waiting, state=DeliveryState.CANCELLED, settled_at=now, reply=MOVED)


def _mailing(session: Session, kind: str, webinar_id: int, occasion: str, now: datetime) -> Mailing:
    """The mailing with this occasion. Two processes cannot both make it: whoever tells all holds the webinar's row."""
    known = session.exec(select(Mailing).where(Mailing.occasion == occasion).with_for_update()).first()
    if known is not None:
        return known
    made = Mailing(kind=kind, webinar_id=webinar_id, occasion=occasion, urgent=True, created_at=now)
    session.add(made)
    session.flush()
    return made
