"""The welcome series at the desk: its ten texts, how each stands, and whether the series is on."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from content.fitting import begin_fitting_series
from content.issues import Issue
from content.welcome import (
    in_use,
    new_version,
    series,
    set_delay,
    switch,
    version_by_id,
    versions,
)
from content.welcome_starter import starter_steps
from service.audit import Act, note_act
from service.desk.access import Anyone, Editor, Person, Publisher
from service.desk.frame import desk_page
from service.desk.stages import standing
from service.i18n import LANGUAGES
from service.mailing.links import interventions_address
from service.mailing.outbox import Mailing
from service.mailing.welcoming import use_version
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction
from service.web.pages import see

router = APIRouter(prefix="/redactie/welkom", dependencies=[Depends(csrf_protected)])


@router.get("")
def shown(request: Request, session: Transaction, person: Anyone) -> HTMLResponse:
    """Each step in each language: what readers get, and what is being made."""
    known = versions(session)
    have = {(version.step, issue.language) for version, issue in known}
    return desk_page(
        request,
        "welcome/welcome.html",
        person=person,
        place="welkom",
        series=series(session),
        steps=sorted({text.step for text in starter_steps()}),
        versions=[(version, issue, standing(session, issue)) for version, issue in known],
        missing=sum((text.step, text.language) not in have for text in starter_steps()),
        incomplete=len(in_use(session)) < len(starter_steps()),
        sent=_planned(session),
        languages=LANGUAGES,
    )


@router.post("/begin")
def begun(house: House, session: Transaction, now: Now, person: Editor) -> Response:
    """Set out the starter's texts for what is missing."""
    begin_fitting_series(
        session,
        vocabulary=house.vocabulary,
        address=interventions_address(house.settings),
        by=person.address,
        now=now,
    )
    return see("/redactie/welkom?klaar=begonnen")


@router.post("/aan")
def put_on(session: Transaction, now: Now, person: Publisher) -> Response:
    """Put the series on."""
    switch(session, on=True, now=now)
    note_act(session, actor=person.address, action=Act.WELCOME_ON, now=now, subject="welcome")
    return see("/redactie/welkom?klaar=aan")


@router.post("/uit")
def put_off(session: Transaction, now: Now, person: Publisher) -> Response:
    """Put it off: nothing more of it leaves until somebody puts it on."""
    switch(session, on=False, now=now)
    note_act(session, actor=person.address, action=Act.WELCOME_OFF, now=now, subject="welcome")
    return see("/redactie/welkom?klaar=uit")


@router.post("/{version_id}/nieuw")
def copied(session: Transaction, now: Now, person: Editor, version_id: int) -> Response:
    """Begin a new version of a step, as a copy of the one in use."""
    version, _issue = version_by_id(session, version_id)
    _draft, issue = new_version(session, version=version, by=person.address, now=now)
    return see(f"/redactie/edities/{issue.id}?klaar=geopend")


@router.post("/{version_id}/gebruik")
def used(session: Transaction, now: Now, person: Publisher, version_id: int) -> Response:
    """Put an approved version into use."""
    version, issue = version_by_id(session, version_id)
    use_version(session, version=version, issue=issue, now=now)
    _note(session, person, Act.WELCOME_USED, issue, now=now)
    return see("/redactie/welkom?klaar=ingebruik")


@router.post("/{version_id}/dag")
def delayed(
    session: Transaction, now: Now, person: Editor, version_id: int, days: Annotated[int, Form(ge=0, le=365)]
) -> Response:
    """Set on which day after confirming it is sent."""
    version, issue = version_by_id(session, version_id)
    set_delay(session, version=version, days=days)
    _note(session, person, Act.WELCOME_DELAY, issue, now=now, detail=f"{days}")
    return see("/redactie/welkom?klaar=bewaard")


def _note(session: Session, person: Person, act: Act, issue: Issue, *, now: Now, detail: str = "") -> None:
    note_act(session, actor=person.address, action=act, now=now, subject=f"issue {issue.id}", detail=detail)


def _planned(session: Session) -> dict[int, Mailing]:
    """The mailing of each version that was ever in use, by its issue."""
    of_issues = select(Mailing).where(col(Mailing.issue_id).is_not(None), Mailing.stream == "welcome")
    return {mailing.issue_id or 0: mailing for mailing in session.exec(of_issues)}
