"""Choosing for whom an issue is: everyone of its stream, or those of them in a segment."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from content.aiming import aim_issue
from content.errors import IssueClosed
from content.issues import issue_by_id
from service.audit import Act, note_act
from service.desk.access import Editor
from service.desk.frame import desk_page
from service.desk.issues import subject_of
from service.desk.segment_words import sentence
from service.mailing.targeting import predicates_now
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now, Transaction
from service.web.pages import see
from subscribers.segments.compiling import compile_expression
from subscribers.segments.expression import parse_expression
from subscribers.segments.keeping import segment_by_id, segments

router = APIRouter(prefix="/redactie/edities/{issue_id}/voor-wie", dependencies=[Depends(csrf_protected)])


@router.get("")
def ask(
    *,
    request: Request,
    house: House,
    session: Transaction,
    language: Language,
    person: Editor,
    issue_id: int,
) -> HTMLResponse:
    """The segments, each as a sentence."""
    issue = issue_by_id(session, issue_id)
    if issue.closed_at is not None:
        raise IssueClosed(f"Issue {issue.title!r} has been sent.")
    predicates = predicates_now(session, house.vocabulary)
    return desk_page(
        request,
        "issues/aim.html",
        person=person,
        place="edities",
        issue=issue,
        offered=[
            (segment, sentence(parse_expression(segment.expression), predicates, language))
            for segment in segments(session)
        ],
    )


@router.post("")
def chosen(
    *,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    issue_id: int,
    segment: Annotated[int | None, Form()] = None,
) -> Response:
    """Narrow the issue to a segment, or not. A segment that cannot be asked is refused."""
    issue = issue_by_id(session, issue_id)
    name, audience = "", None
    if segment is not None:
        found = segment_by_id(session, segment)
        compile_expression(parse_expression(found.expression), predicates_now(session, house.vocabulary))
        name, audience = found.name, found.expression
    aim_issue(
        session, issue=issue, segment_id=segment, name=name, audience=audience, by=person.address, now=now
    )
    note_act(
        session, actor=person.address, action=Act.ISSUE_AIMED, now=now, subject=subject_of(issue), detail=name
    )
    return see(f"/redactie/edities/{issue_id}?klaar=voor-wie")
