"""Uncertain deliveries: nobody knows whether they left. None is resent by itself; a person decides, and it is kept who did."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, exists, insert, literal
from sqlalchemy import select as rows
from sqlmodel import Session, col

from content.columns import Instant
from service.audit import Act
from service.errors import NothingToDecide
from service.mailing.moves import idle, note, put, queued, reopen, run_anew
from service.mailing.outbox import Decision, Delivery, DeliveryState, Mailing, Verdict

AT_ONCE = 1000
"""Deliveries that are decided about in one statement."""


def resend(
    session: Session, *, mailing: Mailing, by: str, now: datetime, ids: Collection[int] | None = None
) -> int:
    """Send uncertain deliveries again, these or all that nobody decided about; how many.

    Their readers may get it twice, which is for a person to weigh. The message keeps its Message-ID, by which many mail
    programs know a second copy.

    Raises:
        MailingEnded: it was cancelled.
        NothingToDecide: none of them is uncertain (any more), or somebody decided just now.
    """
    reopen(session, mailing=mailing)
    number = 0
    while chosen := _next(session, mailing, ids):
        _keep(session, chosen, Verdict.RESEND, by, now)
        number += put(session, chosen, **queued(now))
    _refuse_none(mailing, number)
    run_anew(session, mailing=mailing, now=now)
    note(session, mailing=mailing, act=Act.UNCERTAIN_RESENT, by=by, now=now, detail=str(number))
    return number


def lay_to_rest(
    session: Session, *, mailing: Mailing, by: str, now: datetime, ids: Collection[int] | None = None
) -> int:
    """Leave uncertain deliveries as they are, these or all that nobody decided about; how many.

    They stay uncertain in the ledger, with who decided so.

    Raises:
        NothingToDecide: none of them is uncertain (any more), or somebody decided just now.
    """
    session.refresh(mailing, with_for_update={"key_share": True})
    number = 0
    while chosen := _next(session, mailing, ids):
        _keep(session, chosen, Verdict.REST, by, now)
        number += len(chosen)
    _refuse_none(mailing, number)
    note(session, mailing=mailing, act=Act.UNCERTAIN_RESTED, by=by, now=now, detail=str(number))
    return number


def undecided() -> ColumnElement[bool]:
    """Whether a delivery is uncertain and nobody has laid it to rest, which is for good."""
    rested = exists().where(
        col(Decision.delivery_id) == col(Delivery.id), col(Decision.verdict) == Verdict.REST
    )
    return (col(Delivery.state) == DeliveryState.UNCERTAIN) & ~rested


def _next(session: Session, mailing: Mailing, ids: Collection[int] | None) -> list[int]:
    wanted = idle(Delivery.mailing_id == mailing.id, undecided()).limit(AT_ONCE)
    if ids is not None:
        wanted = wanted.where(col(Delivery.id).in_(ids))
    return list(session.connection().execute(wanted).scalars())


def _keep(session: Session, chosen: list[int], verdict: Verdict, by: str, now: datetime) -> None:
    values = {
        "delivery_id": col(Delivery.id),
        "at": literal(now, Instant),
        "by": literal(by),
        "verdict": literal(verdict.value),
        "reply": col(Delivery.reply),
    }
    kept = rows(*values.values()).where(col(Delivery.id).in_(chosen))
    session.connection().execute(insert(Decision).from_select(list(values), kept))


def _refuse_none(mailing: Mailing, number: int) -> None:
    if not number:
        raise NothingToDecide(f"No uncertain delivery of mailing {mailing.id} waits for a decision.")
