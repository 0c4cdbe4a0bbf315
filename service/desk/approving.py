"""Approving and sending at the desk: a second person says yes to what they saw, and says when it leaves."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, update

from content.approval import approve, current_approval
from content.errors import IssueClosed, NotApproved
from content.issues import Issue, IssueKind, issue_by_id
from service.audit import Act, note_act
from service.clock import AMSTERDAM
from service.desk.access import Person, Publisher
from service.desk.aim import aim_of
from service.desk.frame import desk_page, refusal
from service.desk.issues import subject_of
from service.desk.judging import judge_issue, stops_approval
from service.desk.moments import typed_moment
from service.desk.reach import reach
from service.desk.stages import standing
from service.errors import LeavesByItself, MailNotFit, MomentRefused
from service.mailing.planning import plan_issue
from service.mailing.targeting import readers_for
from service.runtime import Runtime
from service.schedule.table import next_monthly
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction, language
from service.web.pages import see

router = APIRouter(prefix="/redactie/edities/{issue_id}", dependencies=[Depends(csrf_protected)])


@router.post("/goedkeuren")
def approved(
    *,
    house: House,
    session: Transaction,
    now: Now,
    person: Publisher,
    issue_id: int,
    seen_hash: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Approve the content that the page showed, unless the mail lint finds errors in it."""
    issue = issue_by_id(session, issue_id)
    approve(session, issue=issue, approver=person.address, seen_hash=seen_hash, now=now)
    readers_for(session, house.vocabulary, issue, now=now)  # refuses a segment that cannot be asked any more
    findings = judge_issue(session, house, issue)  # of what is locked now; a refusal takes the approval back
    if stops_approval(findings):
        raise MailNotFit(f"Issue {issue.title!r} has errors: its page says which.")
    note_act(
        session,
        actor=person.address,
        action=Act.APPROVED,
        now=now,
        subject=subject_of(issue),
        detail=issue.title,
    )
    return see(f"/redactie/edities/{issue_id}?klaar=goedgekeurd")


@router.get("/versturen")
def ask(
    *, request: Request, house: House, session: Transaction, now: Now, person: Publisher, issue_id: int
) -> HTMLResponse:
    """To whom it goes and when: the last page before it leaves."""
    issue = _leaving(session, issue_id)
    moment = (issue.send_at or next_monthly(house.settings, now)).astimezone(AMSTERDAM)
    day, time = (f"{moment:%Y-%m-%d}", f"{moment:%H:%M}")
    return _ask(request, house, session, person, issue, day=day, time=time)


@router.post("/versturen")
def send(
    *,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    person: Publisher,
    issue_id: int,
    when: Annotated[Literal["now", "later"], Form()],
    day: Annotated[str, Form(max_length=20)] = "",
    time: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Send now, or set the moment; the worker does the sending."""
    issue = _leaving(session, issue_id)
    if when == "now":
        mailing = plan_issue(session, house, issue=issue, now=now)
        _note(session, person=person, act=Act.SENT, issue=issue, now=now, detail=f"{mailing.planned}")
        return see(f"/redactie/edities/{issue_id}?klaar=verstuurd")
    try:
        moment = typed_moment(day, time, now=now)
    except MomentRefused as error:
        return _ask(
            request,
            house,
            session,
            person,
            issue,
            day=day,
            time=time,
            error=refusal(error),
            status=422,
        )
    if current_approval(session, issue) is None:
        raise NotApproved(f"Issue {issue.title!r} is not approved as it is now.")
    _set_moment(session, issue, moment)
    _note(session, person=person, act=Act.PLANNED, issue=issue, now=now, detail=moment.isoformat())
    return see(f"/redactie/edities/{issue_id}?klaar=gepland")


@router.post("/intrekken")
def cancel(session: Transaction, now: Now, person: Publisher, issue_id: int) -> Response:
    """Take the moment back: nothing is sent until somebody sets one again."""
    issue = issue_by_id(session, issue_id)
    planned = issue.send_at.isoformat() if issue.send_at else ""
    _set_moment(session, issue, None)
    _note(session, person=person, act=Act.CANCELLED, issue=issue, now=now, detail=planned)
    return see(f"/redactie/edities/{issue_id}?klaar=ingetrokken")


def _leaving(session: Session, issue_id: int) -> Issue:
    """An issue that leaves at one moment."""
    issue = issue_by_id(session, issue_id)
    if issue.kind == IssueKind.WELCOME:
        raise LeavesByItself(f"Issue {issue.title!r} is put into use in the welcome series.")
    return issue


def _set_moment(session: Session, issue: Issue, moment: datetime | None) -> None:
    still_open = update(Issue).where(col(Issue.id) == issue.id, col(Issue.closed_at).is_(None))
    if session.exec(still_open.values(send_at=moment)).rowcount != 1:
        raise IssueClosed(f"Issue {issue.title!r} has been sent.")


def _note(session: Session, *, person: Person, act: Act, issue: Issue, now: datetime, detail: str) -> None:
    note_act(session, actor=person.address, action=act, now=now, subject=subject_of(issue), detail=detail)


def _ask(
    request: Request,
    house: Runtime,
    session: Session,
    person: Person,
    issue: Issue,
    *,
    day: str,
    time: str,
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    at = standing(session, issue)
    if not at.open:
        raise IssueClosed(f"Issue {issue.title!r} has been sent.")
    return desk_page(
        request,
        "issues/send.html",
        status=status,
        person=person,
        place="edities",
        issue=issue,
        at=at,
        reach=reach(session, house.vocabulary, issue, now=house.clock()),
        aim=aim_of(session, house.vocabulary, issue, language(request), now=house.clock()),
        day=day,
        time=time,
        error=error,
        expires=house.settings.send_expires_hours,
    )
