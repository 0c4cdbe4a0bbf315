"""A webinar at the desk: what there is of it, and publishing it, calling it off, or throwing a draft away."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, func, select

from content.announcing import announcement_of, reminder_of
from content.issues import Issue, IssueKind
from content.prose import markdown_to_html
from content.webinars.listing import closes_at, takes_registrations
from content.webinars.making import discard_draft, publish
from content.webinars.tables import (
    Webinar,
    WebinarSeries,
    materials_of,
    questions_of,
    speakers_of,
    webinar_by_id,
)
from service.attending import call_off
from service.audit import Act, acts
from service.desk.access import Anyone
from service.desk.frame import desk_page
from service.desk.moments import comes_twice
from service.desk.stages import Standing, open_issues, standing
from service.desk.webinar_frame import (
    ADDRESS,
    ASKED,
    FOR_WHOM,
    MAILS,
    MATERIALS,
    ROOMS,
    STAGES,
    UNSENT,
    AtWebinar,
    Editing,
    stage_at_desk,
    subject_of,
)
from service.desk.webinar_hosting import can_be_hosted, hosting_from
from service.desk.webinar_moment import warnings_of
from service.i18n import _
from service.mailing.following_up import is_ready, to_follow_up
from service.mailing.outbox import END_STATES, Delivery, DeliveryState, Mailing
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now, Transaction
from service.web.joining import room_policy
from service.web.pages import see
from service.web.webinar_views import with_pictures
from service.webinars.facts import page_address
from service.webinars.wording import when
from subscribers.registrations.brought import brought_for
from subscribers.registrations.seats import lock_webinar
from subscribers.registrations.tables import TAKING_PART, Registration

REASON_MISSING = _("Schrijf waarom het webinar niet doorgaat. Dat lezen alle deelnemers.")

router = APIRouter(prefix=ADDRESS + "/{webinar_id}", dependencies=[Depends(csrf_protected)])


@router.get("")
def shown(
    *,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    language: Language,
    person: Anyone,
    webinar_id: int,
) -> HTMLResponse:
    """All that there is of it."""
    webinar = webinar_by_id(session, webinar_id)
    speakers = speakers_of(session, webinar)
    answer = desk_page(
        request,
        "webinars/webinar.html",
        person=person,
        place="webinars",
        webinar=webinar,
        stage=stage_at_desk(webinar, now),
        stages=STAGES,
        when=when(webinar.starts_at, webinar.ends_at, language),
        warnings=warnings_of(session, house.vocabulary, webinar, language),
        twice=comes_twice(webinar.starts_at) or comes_twice(webinar.ends_at),
        closes=closes_at(webinar),
        page=page_address(house.settings, webinar.slug),
        summary=markdown_to_html(webinar.summary),
        series=session.get(WebinarSeries, webinar.series_id) if webinar.series_id else None,
        speakers=speakers,
        pictures=with_pictures(session, speakers),
        materials=materials_of(session, webinar),
        questions=questions_of(session, webinar),
        counts=counts_of(session, webinar),
        brought=len(brought_for(session, webinar)),
        announced=_standing(session, announcement_of(session, webinar)),
        reminded=_standing(session, reminder_of(session, webinar)),
        ready=is_ready(session, webinar, now=now),
        untold=to_follow_up(session, webinar),
        takes=takes_registrations(webinar, now),
        issues=[one for one in open_issues(session) if one.kind != IssueKind.WEBINAR],
        history=acts(session, subject=subject_of(webinar), limit=12),
        for_whom=FOR_WHOM,
        rooms=ROOMS,
        material_names=MATERIALS,
        asked_names=ASKED,
        mails=_mails(session, webinar),
        mail_names=MAILS,
        unsent_words=UNSENT,
        hosts_from=hosting_from(webinar),
        hosts=can_be_hosted(webinar, now),
    )
    if can_be_hosted(webinar, now):  # the button leads on to the room
        answer.headers["Content-Security-Policy"] = room_policy(house, webinar)
    return answer


@router.post("/publiceren")
def published(at: AtWebinar) -> Response:
    """From now on everyone sees it."""
    webinar = lock_webinar(at.session, at.webinar.id or 0)
    publish(at.session, webinar, now=at.now)
    at.note(Act.WEBINAR_PUBLISHED)
    return see(f"{ADDRESS}/{webinar.id}?klaar=webinar-open")


@router.get("/afgelasten")
def to_call_off(at: AtWebinar) -> Response:
    """Ask for the reason, and say what it does."""
    if stage_at_desk(at.webinar, at.now) not in ("coming", "going"):
        return see(f"{ADDRESS}/{at.webinar.id}")
    return _ask(at)


@router.post("/afgelasten")
def called_off(at: AtWebinar, house: House, reason: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """It does not happen; all who take part are told why."""
    number = at.webinar.id or 0
    if stage_at_desk(at.webinar, at.now) == "draft":
        return see(f"{ADDRESS}/{number}")  # nobody knows of it: it is thrown away, and not called off
    why = reason.replace("\0", "").strip()
    if not why:
        return _ask(at, REASON_MISSING)
    by = at.person.address
    if call_off(at.session, house.settings, webinar_id=number, by=by, now=at.now, notice=why):
        at.note(Act.WEBINAR_CANCELLED, why)
    return see(f"{ADDRESS}/{number}?klaar=webinar-af")


@router.post("/weggooien")
def discarded(at: AtWebinar) -> Response:
    """Throw a draft away."""
    at.note(Act.WEBINAR_DISCARDED)
    discard_draft(at.session, lock_webinar(at.session, at.webinar.id or 0))
    return see(f"{ADDRESS}?klaar=webinar-weg")


def counts_of(session: Session, webinar: Webinar) -> dict[str, int]:
    """How many stand where, by standing."""
    counted = select(Registration.standing, func.count()).where(Registration.webinar_id == webinar.id)
    return dict(session.exec(counted.group_by(col(Registration.standing))).all())


def _standing(session: Session, issue: Issue | None) -> tuple[Issue, Standing] | None:
    return (issue, standing(session, issue)) if issue is not None else None


def _mails(session: Session, webinar: Webinar) -> list[tuple[Mailing, int, dict[str, int]]]:
    """The mails to all at once, the last first: how many were sent, and how many were not, by what the ledger notes."""
    mine = select(Mailing).where(
        Mailing.webinar_id == webinar.id, col(Mailing.kind).in_(MAILS), Mailing.planned > 0
    )
    mailings = session.exec(mine.order_by(col(Mailing.id).desc())).all()
    counted = (
        select(Delivery.mailing_id, Delivery.state, Delivery.reply, func.count())
        .where(col(Delivery.mailing_id).in_([one.id for one in mailings]))
        .group_by(col(Delivery.mailing_id), col(Delivery.state), col(Delivery.reply))
    )
    sent: Counter[int | None] = Counter()
    unsent: dict[int | None, dict[str, int]] = {one.id: {} for one in mailings}
    for number, state, reply, count in session.exec(counted):
        if state == DeliveryState.SENT:
            sent[number] += count
        elif state in END_STATES:
            unsent[number][reply or state] = unsent[number].get(reply or state, 0) + count
    return [(one, sent[one.id], unsent[one.id]) for one in mailings]


def _ask(at: Editing, error: str = "") -> HTMLResponse:
    counts = counts_of(at.session, at.webinar)
    return at.page(
        "call_off.html",
        status=422 if error else 200,
        told=sum(counts.get(standing, 0) for standing in TAKING_PART),
        error=error,
    )
