"""Adding to an issue: a text of the editors' own, or a page of somebody else's."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from content.composing import add_link, add_text
from content.errors import BlockRefused, FetchFailed
from content.issues import Block, BlockKind, Issue, Section, issue_by_id, sections_of
from service.database import reading
from service.desk.access import Editor, Person
from service.desk.block_form import BlockForm, Filled, block_page, known_tags
from service.desk.frame import desk_page, refusal
from service.desk.pasting import pasted_page
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction
from service.web.pages import see

router = APIRouter(prefix="/redactie/edities/{issue_id}/onderdelen", dependencies=[Depends(csrf_protected)])


@router.get("/nieuw")
def new(
    *,
    request: Request,
    session: Transaction,
    person: Editor,
    issue_id: int,
    soort: Literal["tekst", "link"] = "tekst",
    rubriek: str = "news",
) -> HTMLResponse:
    """The form for a new text, or for the address of a page."""
    issue = issue_by_id(session, issue_id)
    form = BlockForm(section=rubriek)
    if soort == "link":
        return _paste_form(request, person, issue, sections_of(session, issue), address="", section=rubriek)
    return block_page(request, session, person, issue, kind=BlockKind.TEXT, form=form)


@router.post("/ophalen")
def fetch_page(
    *,
    request: Request,
    house: House,
    person: Editor,
    issue_id: int,
    address: Annotated[str, Form(max_length=2000)] = "",
    section: Annotated[str, Form(max_length=40)] = "news",
) -> HTMLResponse:
    """Look what the page says about itself, and let the editor finish it. No transaction is open while we wait."""
    with reading(house.engine) as session:
        issue = issue_by_id(session, issue_id)
        sections = sections_of(session, issue)
        session.expunge_all()
    try:
        found = pasted_page(house.settings, address)
    except FetchFailed as error:
        refused = refusal(error)
        return _paste_form(
            request, person, issue, sections, address=address, section=section, error=refused, status=422
        )
    form = BlockForm(
        section=section,
        title=found.title,
        body=found.body,
        link=found.link,
        source_name=found.source_name,
    )
    with reading(house.engine) as session:
        return block_page(
            request, session, person, issue_by_id(session, issue_id), kind=BlockKind.LINK, form=form
        )


@router.post("/zelf")
def type_page(
    *,
    request: Request,
    session: Transaction,
    person: Editor,
    issue_id: int,
    address: Annotated[str, Form(max_length=2000)] = "",
    section: Annotated[str, Form(max_length=40)] = "news",
) -> HTMLResponse:
    """The form for a page that gave no answer: the editor types what it says."""
    issue = issue_by_id(session, issue_id)
    form = BlockForm(section=section, link=address.strip())
    return block_page(request, session, person, issue, kind=BlockKind.LINK, form=form)


@router.post("/tekst")
def add_a_text(
    *,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    issue_id: int,
    form: Filled,
) -> Response:
    """Add a text of the editors' own."""
    return _add(
        request, house, session, now=now, person=person, issue_id=issue_id, form=form, kind=BlockKind.TEXT
    )


@router.post("/link")
def add_a_link(
    *,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    issue_id: int,
    form: Filled,
) -> Response:
    """Add a page of somebody else's."""
    return _add(
        request, house, session, now=now, person=person, issue_id=issue_id, form=form, kind=BlockKind.LINK
    )


def _add(
    request: Request,
    house: House,
    session: Session,
    *,
    now: datetime,
    person: Person,
    issue_id: int,
    form: BlockForm,
    kind: BlockKind,
) -> Response:
    issue = issue_by_id(session, issue_id)
    if form.act == "preview":
        return block_page(request, session, person, issue, kind=kind, form=form)
    try:
        with session.begin_nested():
            block = _made(house, session, now=now, person=person, issue=issue, form=form, kind=kind)
    except BlockRefused as error:
        return block_page(request, session, person, issue, kind=kind, form=form, error=error)
    return see(f"/redactie/edities/{issue_id}?klaar=toegevoegd#onderdeel-{block.id}")


def _made(
    house: House,
    session: Session,
    *,
    now: datetime,
    person: Person,
    issue: Issue,
    form: BlockForm,
    kind: BlockKind,
) -> Block:
    shared: dict[str, Any] = {
        "issue": issue,
        "section_key": form.section,
        "title": form.title,
        "body": form.body,
        "tags": known_tags(house.vocabulary, form.tags),
        "by": person.address,
        "now": now,
    }
    if kind is BlockKind.TEXT:
        block = add_text(session, **shared, everyone=form.everyone)
    else:
        block = add_link(session, **shared, link=form.link, source_name=form.source_name)
        block.everyone = form.everyone
    block.weight = form.weight
    session.flush()
    return block


def _paste_form(
    request: Request,
    person: Person,
    issue: Issue,
    sections: list[Section],
    *,
    address: str,
    section: str,
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    return desk_page(
        request,
        "issues/paste.html",
        status=status,
        person=person,
        place="edities",
        issue=issue,
        sections=sections,
        address=address,
        section=section,
        error=error,
    )
