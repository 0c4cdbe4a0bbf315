"""Lists beside the webinars at the desk: the domains of governments, and series."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from content.errors import WebinarRefused
from content.webinars.series import all_series, in_series, put_series, series_by_id
from content.webinars.tables import WebinarSeries
from service.audit import Act, note_act
from service.desk.access import Anyone, Editor, Person
from service.desk.frame import desk_page
from service.desk.webinar_frame import ADDRESS
from service.i18n import _
from service.web.csrf import csrf_protected
from service.web.dependencies import Now, Transaction
from service.web.pages import see
from subscribers.errors import NotAnAddress
from subscribers.registrations.domains import list_domain, listed_domains, unlist_domain
from subscribers.registrations.tables import GovernmentDomain

NOT_A_DOMAIN = _("Dit is geen domein. Vul het stuk na het apenstaartje in, bijvoorbeeld emmen.nl.")
NOT_A_SERIES = _("Geef de reeks een titel die nog geen andere reeks heeft.")

router = APIRouter(prefix=ADDRESS, dependencies=[Depends(csrf_protected)])


class SeriesForm(BaseModel):
    """What the form of a series sends."""

    title: str = Field(default="", max_length=160)
    summary: str = Field(default="", max_length=4000)


@router.get("/overheden")
def domains(request: Request, session: Transaction, person: Anyone) -> HTMLResponse:
    """The domains whose addresses are of a government."""
    return _domains(request, session, person)


@router.post("/overheden")
def listed(
    *,
    request: Request,
    session: Transaction,
    now: Now,
    person: Editor,
    domain: Annotated[str, Form(max_length=254)] = "",
    remark: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Put a domain on the list."""
    try:
        made = list_domain(
            session,
            domain=domain.replace("\0", ""),
            by=person.address,
            now=now,
            note=remark.replace("\0", ""),
        )
    except NotAnAddress:
        return _domains(request, session, person, domain=domain, remark=remark, error=NOT_A_DOMAIN)
    _note(session, person, Act.DOMAIN_LISTED, now, made.domain)
    return see(f"{ADDRESS}/overheden?klaar=domein")


@router.post("/overheden/{domain_id}/weg")
def unlisted(session: Transaction, now: Now, person: Editor, domain_id: int) -> Response:
    """Take a domain off the list; twice is once."""
    found = session.get(GovernmentDomain, domain_id)
    if found is not None:
        _note(session, person, Act.DOMAIN_UNLISTED, now, found.domain)
        unlist_domain(session, found)
    return see(f"{ADDRESS}/overheden?klaar=domein-weg")


@router.get("/reeksen")
def series(request: Request, session: Transaction, person: Anyone) -> HTMLResponse:
    """All series, each with its webinars."""
    return _series(request, session, person)


@router.post("/reeksen")
def series_made(
    request: Request, session: Transaction, now: Now, person: Editor, form: Annotated[SeriesForm, Form()]
) -> Response:
    """Make a series."""
    return _put(request, session, person, form, None, now=now)


@router.post("/reeksen/{series_id}")
def series_changed(
    *,
    request: Request,
    session: Transaction,
    now: Now,
    person: Editor,
    series_id: int,
    form: Annotated[SeriesForm, Form()],
) -> Response:
    """Change a series."""
    return _put(request, session, person, form, series_by_id(session, series_id), now=now)


def _put(
    request: Request,
    session: Session,
    person: Person,
    form: SeriesForm,
    found: WebinarSeries | None,
    *,
    now: datetime,
) -> Response:
    title, summary = form.title.replace("\0", ""), form.summary.replace("\0", "")
    try:
        with session.begin_nested():
            kept = put_series(session, found, title=title, summary=summary)
    except WebinarRefused:
        typed = {"id": found.id if found else None, "title": title, "summary": summary}
        return _series(request, session, person, typed=typed, error=NOT_A_SERIES)
    _note(session, person, Act.SERIES_CHANGED, now, kept.title)
    return see(f"{ADDRESS}/reeksen?klaar=reeks")


def _note(session: Session, person: Person, act: Act, now: datetime, detail: str) -> None:
    note_act(session, actor=person.address, action=act, now=now, subject="webinars", detail=detail)


def _domains(
    request: Request, session: Session, person: Person, *, domain: str = "", remark: str = "", error: str = ""
) -> HTMLResponse:
    return desk_page(
        request,
        "webinars/domains.html",
        status=422 if error else 200,
        person=person,
        place="webinars",
        domains=listed_domains(session),
        domain=domain,
        remark=remark,
        error=error,
    )


def _series(
    request: Request,
    session: Session,
    person: Person,
    *,
    typed: Mapping[str, object] | None = None,
    error: str = "",
) -> HTMLResponse:
    return desk_page(
        request,
        "webinars/series.html",
        status=422 if error else 200,
        person=person,
        place="webinars",
        series=[(one, in_series(session, one)) for one in all_series(session)],
        typed=typed or {"id": None, "title": "", "summary": ""},
        error=error,
    )
