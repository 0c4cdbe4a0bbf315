"""Webinars at the desk: the list, and the form with which one is made, changed and moved."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, func, select

from content.errors import WebinarRefused
from content.webinars.making import Changed, make_webinar
from content.webinars.series import all_series
from content.webinars.tables import RoomKind, Webinar, WebinarSeries, webinar_by_id
from service.attending import change
from service.audit import Act
from service.desk.access import Anyone, Editor, Person
from service.desk.frame import desk_page
from service.desk.webinar_form import (
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    WRONG,
    Read,
    WebinarForm,
    filled,
    problem_of,
    read,
)
from service.desk.webinar_frame import ADDRESS, FOR_WHOM, ROOMS, STAGES, note, stage_at_desk
from service.i18n import _, full_moment
from service.settings import Environment, Settings
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now, Transaction
from service.web.pages import see
from service.webinars.wording import when
from subscribers.errors import SeatsTaken
from subscribers.registrations.domains import listed_domains
from subscribers.registrations.seats import taken
from subscribers.registrations.tables import Registration

FEWER_THAN_TAKEN = _("Er zijn al meer plaatsen vergeven dan u er wilt. Kies een hoger aantal.")

router = APIRouter(prefix=ADDRESS, dependencies=[Depends(csrf_protected)])


@router.get("")
def listed(
    request: Request, session: Transaction, now: Now, language: Language, person: Anyone
) -> HTMLResponse:
    """All webinars: those to come above those that were."""
    counts = _counts(session)
    rows = [
        (
            one,
            when(one.starts_at, one.ends_at, language),
            stage_at_desk(one, now),
            counts.get(one.id or 0, {}),
        )
        for one in session.exec(select(Webinar).order_by(col(Webinar.starts_at), col(Webinar.id)))
    ]
    ended = ("over", "cancelled")
    return desk_page(
        request,
        "webinars/list.html",
        person=person,
        place="webinars",
        to_come=[row for row in rows if row[2] not in ended],
        were=[row for row in reversed(rows) if row[2] in ended],
        stages=STAGES,
    )


@router.get("/nieuw")
def new(request: Request, house: House, session: Transaction, person: Editor) -> HTMLResponse:
    """The empty form."""
    return _form(request, house.settings, session, person, WebinarForm())


@router.post("/nieuw")
def made(
    *,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    form: Annotated[WebinarForm, Form()],
) -> Response:
    """Make a draft."""
    typed = _read(session, form)
    if typed.plan is not None and typed.plan.starts_at <= now:
        typed = Read(None, {"starts_at": WRONG["starts_at"]})
    if typed.plan is None:
        return _form(request, house.settings, session, person, form, problems=typed.problems)
    try:
        with session.begin_nested():
            webinar = make_webinar(
                session, typed.plan, vocabulary=house.vocabulary, by=person.address, now=now
            )
    except WebinarRefused as error:
        return _form(request, house.settings, session, person, form, problems=problem_of(error))
    note(session, person, Act.WEBINAR_MADE, webinar, now=now)
    return see(f"{ADDRESS}/{webinar.id}?klaar=webinar-nieuw")


@router.get("/{webinar_id}/wijzigen")
def to_change(
    request: Request, house: House, session: Transaction, person: Editor, webinar_id: int
) -> HTMLResponse:
    """The form as the webinar is."""
    webinar = webinar_by_id(session, webinar_id)
    return _form(request, house.settings, session, person, filled(webinar), webinar=webinar)


@router.post("/{webinar_id}/wijzigen")
def changed(
    *,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    webinar_id: int,
    form: Annotated[WebinarForm, Form()],
) -> Response:
    """Change it. A published one that moves is told to all who take part, and its reminders follow."""
    webinar = webinar_by_id(session, webinar_id)
    typed = _read(session, form, webinar)
    problems = typed.problems
    if typed.plan is not None:
        try:
            with session.begin_nested():
                done = change(
                    session,
                    house.settings,
                    webinar_id=webinar_id,
                    plan=typed.plan,
                    vocabulary=house.vocabulary,
                    by=person.address,
                    now=now,
                    notice=form.notice,
                )
        except WebinarRefused as error:
            problems = problem_of(error)
        except SeatsTaken:
            problems = {"capacity": FEWER_THAN_TAKEN}
        else:
            return _changed(session, person, webinar, now, done)
    return _form(request, house.settings, session, person, form, webinar=webinar, problems=problems)


def _changed(session: Session, person: Person, webinar: Webinar, now: datetime, done: Changed) -> Response:
    if not done.moved:
        note(session, person, Act.WEBINAR_CHANGED, webinar, now=now)
        return see(f"{ADDRESS}/{webinar.id}?klaar={'webinar-eindtijd' if done.ends_elsewhere else 'bewaard'}")
    detail = f"{webinar.title}: {full_moment(webinar.starts_at, 'nl')}"
    note(session, person, Act.WEBINAR_MOVED, webinar, now=now, detail=detail)
    return see(f"{ADDRESS}/{webinar.id}?klaar=webinar-verplaatst")


def _read(session: Session, form: WebinarForm, before: Webinar | None = None) -> Read:
    """What was typed, with a series that is there."""
    typed = read(form, before)
    plan = typed.plan
    if plan is not None and plan.series_id is not None and session.get(WebinarSeries, plan.series_id) is None:
        return Read(None, {"series_id": WRONG["series_id"]})
    return typed


def _form(
    request: Request,
    settings: Settings,
    session: Session,
    person: Person,
    form: WebinarForm,
    *,
    webinar: Webinar | None = None,
    problems: dict[str, str] | None = None,
) -> HTMLResponse:
    is_demo = settings.environment is not Environment.PRODUCTION
    return desk_page(
        request,
        "webinars/form.html",
        status=422 if problems else 200,
        person=person,
        place="webinars",
        webinar=webinar,
        form=form,
        problems=problems or {},
        for_whom=FOR_WHOM,
        rooms={kind: name for kind, name in ROOMS.items() if is_demo or kind != RoomKind.DEMO},
        series=all_series(session),
        domains=len(listed_domains(session)),
        taken=taken(session, webinar) if webinar else 0,
        longest_title=LONGEST_TITLE,
        longest_summary=LONGEST_SUMMARY,
    )


def _counts(session: Session) -> dict[int, dict[str, int]]:
    """How many stand where, by webinar."""
    counted = select(Registration.webinar_id, Registration.standing, func.count()).group_by(
        col(Registration.webinar_id), col(Registration.standing)
    )
    found: dict[int, dict[str, int]] = {}
    for webinar_id, standing, number in session.exec(counted):
        found.setdefault(webinar_id, {})[standing] = number
    return found
