"""Issues at the desk: the list, opening one, and the page on which it is put together."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from content.approval import content_hash
from content.composing import change_issue, open_issue
from content.errors import BlockRefused
from content.issues import Block, Issue, IssueKind, blocks_of, issue_by_id, makers_of, sections_of
from content.prose import markdown_to_html
from service.audit import COMMAND_LINE, Act, AuditEvent, acts, note_act
from service.desk.access import Anyone, Editor, Person
from service.desk.aim import aim_of
from service.desk.frame import desk_page, refusal
from service.desk.judging import judge_issue
from service.desk.stages import Stage, closed_issues, open_issues, standing
from service.i18n import _, full_date, translate
from service.mailing.counting import clicks_of
from service.mailing.fragments import KIND_NAMES
from service.mailing.ledger import ledger
from service.mailing.repeats import brought_now
from service.schedule.opening import SCHEDULER
from service.schedule.table import next_monthly
from service.settings import Settings
from service.users import RoleName, user_by_address, users_with_role
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now, Transaction
from service.web.pages import see

NOBODYS = {SCHEDULER: _("het schema"), COMMAND_LINE: _("de opdrachtregel")}
"""Who acts without being a person."""

BROUGHT_BY = {"digest": _("het weekoverzicht"), "alerts": _("een melding")}
"""What brought a block before, by stream."""

router = APIRouter(prefix="/redactie/edities", dependencies=[Depends(csrf_protected)])


@router.get("")
def listed(*, request: Request, house: House, session: Transaction, now: Now, person: Anyone) -> HTMLResponse:
    """All issues: what is being made above what was sent."""
    return desk_page(
        request,
        "issues/list.html",
        person=person,
        place="edities",
        making=[
            (issue, standing(session, issue), len(blocks_of(session, issue)))
            for issue in open_issues(session)
        ],
        sent=[(issue, standing(session, issue)) for issue in closed_issues(session)],
        proposed=_proposed_title(house.settings, now),
        kind_names=KIND_NAMES,
        kinds=[IssueKind.MONTHLY, IssueKind.DIGEST, IssueKind.ALERT],
    )


@router.post("")
def opened(
    session: Transaction,
    now: Now,
    person: Editor,
    title: Annotated[str, Form(max_length=200)] = "",
    kind: Annotated[Literal["monthly", "digest", "alert"], Form()] = "monthly",
) -> Response:
    """Open an issue."""
    if not title.strip():
        raise BlockRefused("An issue needs a title.")
    issue = open_issue(session, title=title.strip(), by=person.address, now=now, kind=kind)
    note_act(
        session,
        actor=person.address,
        action=Act.ISSUE_OPENED,
        now=now,
        subject=subject_of(issue),
        detail=issue.title,
    )
    return see(f"/redactie/edities/{issue.id}?klaar=geopend")


@router.get("/{issue_id}")
def shown(
    *,
    request: Request,
    house: House,
    session: Transaction,
    language: Language,
    person: Anyone,
    issue_id: int,
    weg: int | None = None,
) -> HTMLResponse:
    """The page of an issue. `weg` names the record of a block that was just removed, so that it can come back."""
    issue = issue_by_id(session, issue_id)
    blocks = blocks_of(session, issue)
    at = standing(session, issue)
    return desk_page(
        request,
        "issues/issue.html",
        person=person,
        place="welkom" if issue.kind == IssueKind.WELCOME else "edities",
        issue=issue,
        at=at,
        aim=aim_of(session, house.vocabulary, issue, language, now=house.clock()),
        introduction=markdown_to_html(issue.introduction),
        parts_of_issue=[
            (
                section,
                [(block, markdown_to_html(block.body)) for block in blocks if block.section_id == section.id],
            )
            for section in sections_of(session, issue)
        ],
        count=len(blocks),
        brought=brought_now(session, issue) if at.open else {},
        stream_names=BROUGHT_BY,
        kind_names=KIND_NAMES,
        findings=judge_issue(session, house, issue) if at.stage is Stage.DRAFT else (),
        removed=_removed(session, issue, weg),
        counts=ledger(session, at.mailing) if at.mailing else {},
        clicks=clicks_of(session, issue) if at.mailing else (),
        names=Names(session, language),
        history=acts(session, subject=subject_of(issue), limit=12),
        **steps(session, issue, blocks, person),
    )


@router.get("/{issue_id}/gegevens")
def details(request: Request, session: Transaction, person: Editor, issue_id: int) -> HTMLResponse:
    """The form for title, introduction and how much a reader gets."""
    issue = issue_by_id(session, issue_id)
    return desk_page(
        request, "issues/details.html", person=person, place="edities", issue=issue, values=issue, error=""
    )


@router.post("/{issue_id}/gegevens")
def change_details(
    *,
    request: Request,
    session: Transaction,
    now: Now,
    person: Editor,
    issue_id: int,
    title: Annotated[str, Form(max_length=200)] = "",
    introduction: Annotated[str, Form(max_length=5000)] = "",
    minimum: Annotated[int, Form(ge=0, le=99)] = 3,
    maximum: Annotated[int, Form(ge=0, le=99)] = 12,
    allow_nothing: Annotated[bool, Form()] = False,
) -> Response:
    """Change them."""
    issue = issue_by_id(session, issue_id)
    values = {
        "title": title,
        "introduction": introduction,
        "minimum": minimum,
        "maximum": maximum,
        "allow_nothing": allow_nothing,
    }
    try:
        with session.begin_nested():
            change_issue(
                session,
                issue=issue,
                title=title,
                introduction=introduction,
                minimum=minimum,
                maximum=maximum,
                allow_nothing=allow_nothing,
                by=person.address,
                now=now,
            )
    except BlockRefused as error:
        return desk_page(
            request,
            "issues/details.html",
            status=422,
            person=person,
            place="edities",
            issue=issue,
            values=values,
            error=refusal(error),
        )
    return see(f"/redactie/edities/{issue.id}?klaar=bewaard")


class Names:
    """What people are called, by the address that approvals and the audit keep."""

    def __init__(self, session: Session, language: str) -> None:
        self._session = session
        self._known: dict[str, str] = {key: translate(language, name) for key, name in NOBODYS.items()}

    def __call__(self, address: str) -> str:
        """The name of whoever has this address; the address itself when nobody has it (any more)."""
        if address not in self._known:
            user = user_by_address(self._session, address)
            self._known[address] = user.name if user else address
        return self._known[address]


def subject_of(issue: Issue) -> str:
    """How the audit names an issue."""
    return f"issue {issue.id}"


def steps(session: Session, issue: Issue, blocks: list[Block], person: Person) -> dict[str, Any]:
    """What the steps on the right need: who made the issue, and whether this person may do the next one."""
    makers = makers_of(session, issue)
    return {
        "makers": sorted(makers),
        "is_maker": person.address in makers,
        "seen_hash": content_hash(session, issue),
        "approvers": [
            user.name for user in users_with_role(session, RoleName.PUBLISHER) if user.address not in makers
        ],
        "may_approve": person.may("publisher") and person.address not in makers and bool(blocks),
    }


def _removed(session: Session, issue: Issue, event_id: int | None) -> AuditEvent | None:
    event = session.get(AuditEvent, event_id) if event_id else None
    is_ours = event is not None and event.action == Act.BLOCK_REMOVED and event.subject == subject_of(issue)
    return event if is_ours else None


def _proposed_title(settings: Settings, now: datetime) -> str:
    _day, month, year = full_date(next_monthly(settings, now), "nl").split()
    return f"Kennispost {month} {year}"
