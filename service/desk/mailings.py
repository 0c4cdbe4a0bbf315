"""Mailings at the desk: the list, one that one can watch, and who got it and who did not."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy import case, func
from sqlmodel import Session, col, select

from content.issues import Issue
from service.audit import acts
from service.desk.access import Anyone, signed_in
from service.desk.frame import desk_page
from service.desk.issues import Names
from service.desk.live import SIGNS, STATE_NAMES, live, name_of
from service.desk.pauses import advice
from service.i18n import _
from service.mailing.entries import (
    PER_PAGE,
    Page,
    all_entries,
    entries_in_state,
    find_entries,
    undecided_entries,
)
from service.mailing.failures import reasons
from service.mailing.ledger import balances, ledger
from service.mailing.moves import mailing_by_id, subject_of
from service.mailing.outbox import END_STATES, Delivery, DeliveryState, Mailing, MailingState
from service.mailing.progress import closed, lines, progress_of
from service.mailing.uncertain import undecided
from service.web.dependencies import Language, Now, Transaction

SHOWN = 60
UNCERTAIN_SHOWN = 20
OWN_WORDS = {
    "The mailing was cancelled.": _("De verzending is afgebroken."),
    "This reader left after the mailing was planned.": _("Deze lezer meldde zich na de planning af."),
    "This reader is gone.": _("Deze lezer is er niet meer."),
    "This address must not be mailed.": _("Dit adres mag geen mail krijgen."),
    "The sender stopped after handing this message over: nobody knows whether it left. A person decides.": _(
        "Kennispost stopte net na het aanbieden van deze mail: niemand weet of zij vertrok."
    ),
    "Stopped while waiting for the relay's answer.": _(
        "Kennispost stopte voordat de mailserver antwoord gaf."
    ),
}
"""What Kennispost itself notes at a delivery, in the words of the desk; what servers reply stays as it is."""

WORDS: dict[str, Any] = {"state_names": STATE_NAMES, "signs": SIGNS, "own_words": OWN_WORDS}
"""How states are called and marked, for every page about a mailing."""

router = APIRouter(prefix="/redactie/verzendingen")


@router.get("")
def listed(*, request: Request, session: Transaction, person: Anyone) -> HTMLResponse:
    """All mailings: what is leaving above what has left."""
    mailings = _latest(session)
    troubles = _troubles(session, mailings)
    return desk_page(
        request,
        "mailings/list.html",
        person=person,
        place="verzendingen",
        rows=[
            (mailing, name_of(mailing), _done(session, mailing), troubles[mailing.id]) for mailing in mailings
        ],
    )


@router.get("/{mailing_id}")
def shown(
    *, request: Request, session: Transaction, now: Now, language: Language, person: Anyone, mailing_id: int
) -> HTMLResponse:
    """How a mailing goes, and what may be done about it."""
    mailing = mailing_by_id(session, mailing_id)
    progress = progress_of(session, mailing, now=now)
    sending = mailing.state == MailingState.SENDING
    return desk_page(
        request,
        "mailings/mailing.html",
        person=person,
        place="verzendingen",
        mailing=mailing,
        issue=session.get(Issue, mailing.issue_id) if mailing.issue_id else None,
        progress=progress,
        live=live(progress, mailing, language),
        balanced=balances(mailing, progress.counts),
        advice=advice(mailing.pause, mailing.pause_reply),
        reasons=reasons(session, mailing=mailing),
        uncertain=undecided_entries(session, mailing=mailing, limit=UNCERTAIN_SHOWN),
        undecided=_undecided(session, [mailing])[mailing.id],
        lines=lines(session, mailing) if sending else [],
        closed=closed(session, now=now) if sending else [],
        names=Names(session, language),
        history=acts(session, subject=subject_of(mailing), limit=12),
        **WORDS,
    )


@router.get("/{mailing_id}/stand", dependencies=[Depends(signed_in)])
def stand(session: Transaction, now: Now, language: Language, mailing_id: int) -> JSONResponse:
    """The figures alone, for the script of that page."""
    mailing = mailing_by_id(session, mailing_id)
    return JSONResponse(
        asdict(live(progress_of(session, mailing, now=now), mailing, language)),
        headers={"Cache-Control": "no-store"},
    )


@router.get("/{mailing_id}/lezers")
def readers(
    *,
    request: Request,
    session: Transaction,
    language: Language,
    person: Anyone,
    mailing_id: int,
    stand: DeliveryState | None = None,
    zoek: Annotated[str, Query(max_length=120)] = "",
    na: Annotated[str, Query(max_length=80)] = "",
) -> HTMLResponse:
    """Who got it and who did not, with every attempt; `na` is where the page before ended."""
    mailing = mailing_by_id(session, mailing_id)
    return desk_page(
        request,
        "mailings/readers.html",
        person=person,
        place="verzendingen",
        mailing=mailing,
        counts=ledger(session, mailing),
        page=_page(session, mailing, stand, zoek, na),
        per_page=PER_PAGE,
        names=Names(session, language),
        state=stand or "",
        zoek=zoek,
        na=na,
        **WORDS,
    )


def _latest(session: Session) -> list[Mailing]:
    state = col(Mailing.state)
    running = case(
        (state == MailingState.SENDING, 0),
        (state == MailingState.PAUSED, 1),
        else_=2,
    )
    wanted = select(Mailing).where(col(Mailing.urgent).is_(False))
    order = (running, col(Mailing.created_at).desc(), col(Mailing.id).desc())
    return list(session.exec(wanted.order_by(*order).limit(SHOWN)))


def _done(session: Session, mailing: Mailing) -> int:
    """How many have ended: counted only where that is not known."""
    if mailing.finished_at is not None:
        return mailing.planned
    counts = ledger(session, mailing)
    return sum(counts[state] for state in END_STATES)


def _troubles(session: Session, mailings: Sequence[Mailing]) -> defaultdict[int | None, dict[str, int]]:
    """How many failed, and how many wait for a decision, by mailing."""
    found: defaultdict[int | None, dict[str, int]] = defaultdict(lambda: {"failed": 0, "undecided": 0})
    failed = (
        select(Delivery.mailing_id, func.count())
        .where(
            col(Delivery.mailing_id).in_([one.id for one in mailings]),
            Delivery.state == DeliveryState.FAILED,
        )
        .group_by(col(Delivery.mailing_id))
    )
    for mailing_id, number in session.exec(failed):
        found[mailing_id]["failed"] = number
    for waiting, number in _undecided(session, mailings).items():
        found[waiting]["undecided"] = number
    return found


def _undecided(session: Session, mailings: Sequence[Mailing]) -> defaultdict[int | None, int]:
    waiting = (
        select(Delivery.mailing_id, func.count())
        .where(col(Delivery.mailing_id).in_([one.id for one in mailings]), undecided())
        .group_by(col(Delivery.mailing_id))
    )
    return defaultdict(int, session.exec(waiting).all())


def _page(session: Session, mailing: Mailing, state: DeliveryState | None, text: str, after: str) -> Page:
    if text.strip():
        return find_entries(session, mailing=mailing, text=text)
    if state is not None:
        return entries_in_state(session, mailing=mailing, state=state, after=after)
    return all_entries(session, mailing=mailing, after=after)
