"""What came back, at the desk: by mailing, with the reasons and what was done; and the addresses that are not mailed again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from service.desk.access import Anyone
from service.desk.frame import desk_page
from service.feedback.classifying import FeedbackKind
from service.feedback.returned import Done, ReturnedMail
from service.i18n import _
from service.mailing.outbox import CAME_BACK, Delivery, Mailing
from service.mailing.reasons import REASON_NAMES
from service.mailing.refusals import Suppressed
from service.verdicts.kinds import Kind
from service.web.dependencies import House, Now, Transaction
from subscribers.suppression import Suppression

PER_PAGE = 50
LATEST = 25
LOOKS_BACK = timedelta(days=400)

KIND_NAMES = {
    Kind.HARD: _("bestaat niet"),
    Kind.SOFT: _("tijdelijk niet bezorgd"),
    Kind.REFUSED: _("geweigerd"),
    Kind.THROTTLED: _("geweigerd"),
    Kind.SENDER_FAULT: _("fout bij ons"),
}
FEEDBACK_NAMES = {
    FeedbackKind.HARD: _("Adres bestaat niet"),
    FeedbackKind.SOFT: _("Niet bezorgd"),
    FeedbackKind.COMPLAINT: _("Klacht"),
    FeedbackKind.AUTO_REPLY: _("Automatisch antwoord"),
    FeedbackKind.SENDER_FAULT: _("Fout bij ons"),
    FeedbackKind.DELAYED: _("Vertraagd"),
    FeedbackKind.NOT_A_BOUNCE: _("Bericht van een mens"),
    FeedbackKind.UNKNOWN: _("Onduidelijk"),
}
DONE_NAMES = {
    Done.SUPPRESSED: _("We mailen dit adres niet meer."),
    Done.COUNTED: _("Geteld. We blijven dit adres mailen."),
    Done.ALERTED: _("De redactie kreeg een mail."),
    Done.FORWARDED: _("Doorgestuurd naar de redactie."),
    Done.NOTHING: _("Er hoefde niets te gebeuren."),
    Done.NOT_OURS: _("Hoort niet bij een mail van ons. Er is niets mee gedaan."),
}
SUPPRESSION_NAMES = {
    Suppressed.HARD: _("het adres bestaat niet"),
    Suppressed.SOFT: _("drie mailings achter elkaar niet bezorgd"),
    Suppressed.COMPLAINT: _("klacht van de lezer"),
}

router = APIRouter(prefix="/redactie/abonnees/teruggekomen")


@dataclass
class Tally:
    """What came back of one mailing; of all letters together, where `mailing` is None. `reasons` counts (kind, reason)."""

    mailing: Mailing | None
    hard: int = 0
    soft: int = 0
    refused: int = 0
    ours: int = 0
    complaints: int = 0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, kind: str, reason: str, number: int, complaints: int) -> None:
        """Add deliveries that came back for one reason."""
        self.complaints += complaints
        if not kind:
            return
        self.reasons[kind, reason] += number
        self.hard += number if kind == Kind.HARD else 0
        self.soft += number if kind == Kind.SOFT else 0
        self.refused += number if kind in (Kind.REFUSED, Kind.THROTTLED) else 0
        self.ours += number if kind == Kind.SENDER_FAULT else 0


@router.get("")
def shown(
    *,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    person: Anyone,
    pagina: Annotated[int, Query(ge=1, le=9999)] = 1,
) -> HTMLResponse:
    """Everything on one page: mailings, the last messages, and the list."""
    return desk_page(
        request,
        "returned.html",
        person=person,
        place="abonnees",
        tallies=tallies(session, since=now - LOOKS_BACK),
        latest=_latest(session),
        listed=_listed(session, pagina),
        size=session.exec(select(func.count()).select_from(Suppression)).one(),
        per_page=PER_PAGE,
        pagina=pagina,
        is_set=bool(house.settings.bounces),
        kind_names=KIND_NAMES,
        feedback_names=FEEDBACK_NAMES,
        done_names=DONE_NAMES,
        reason_names=REASON_NAMES,
        suppression_names=SUPPRESSION_NAMES,
    )


def tallies(session: Session, *, since: datetime) -> list[Tally]:
    """What came back of each issue, the latest first, and of the letters last; nothing for those of which nothing did."""
    counted = (
        columns(
            col(Delivery.mailing_id),
            col(Delivery.bounce_kind),
            col(Delivery.bounce_reason),
            func.count(),
            func.count(col(Delivery.complained_at)),
        )
        .where(CAME_BACK)
        .group_by(col(Delivery.mailing_id), col(Delivery.bounce_kind), col(Delivery.bounce_reason))
    )
    rows = session.connection().execute(counted).all()
    wanted = select(Mailing).where(col(Mailing.id).in_({row[0] for row in rows}), Mailing.created_at > since)
    mailings = {mailing.id: mailing for mailing in session.exec(wanted)}
    found: dict[int | None, Tally] = {}
    for mailing_id, kind, reason, number, complaints in rows:
        mailing = mailings.get(mailing_id)
        if mailing is not None:
            issue = mailing if mailing.issue_id is not None else None
            key = mailing_id if issue else None
            found.setdefault(key, Tally(issue)).count(kind, reason, number, complaints)
    return sorted(found.values(), key=lambda one: (one.mailing.id or 0) if one.mailing else 0, reverse=True)


def _latest(session: Session) -> Sequence[ReturnedMail]:
    return session.exec(
        select(ReturnedMail).order_by(col(ReturnedMail.at).desc(), col(ReturnedMail.id).desc()).limit(LATEST)
    ).all()


def _listed(session: Session, page: int) -> Sequence[Suppression]:
    wanted = select(Suppression).order_by(col(Suppression.at).desc(), col(Suppression.id).desc())
    return session.exec(wanted.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
