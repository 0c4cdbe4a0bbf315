"""The blocks of an issue at the desk: change, move, remove, and put back."""

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from content.arranging import block_by_id, change_block, move_block, remove_block
from content.errors import BlockRefused
from content.issues import issue_by_id, sections_of
from service.audit import Act, note_act
from service.desk.access import Editor
from service.desk.block_form import BlockForm, Filled, block_page, known_tags
from service.desk.issues import subject_of
from service.desk.restoring import as_record, restore_block
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction
from service.web.pages import see

router = APIRouter(prefix="/redactie/edities/{issue_id}/onderdelen", dependencies=[Depends(csrf_protected)])


@router.post("/terugzetten")
def put_back(
    *,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    issue_id: int,
    event: Annotated[int, Form()],
) -> Response:
    """Put a block back that was removed, where it was."""
    issue = issue_by_id(session, issue_id)
    block = restore_block(
        session, issue=issue, event_id=event, vocabulary=house.vocabulary, by=person.address, now=now
    )
    return see(f"/redactie/edities/{issue.id}?klaar=teruggezet#onderdeel-{block.id}")


@router.get("/{block_id}")
def edit(
    request: Request, session: Transaction, person: Editor, issue_id: int, block_id: int
) -> HTMLResponse:
    """The form of a block that is there."""
    issue = issue_by_id(session, issue_id)
    block = block_by_id(session, issue, block_id)
    key = next(section.key for section in sections_of(session, issue) if section.id == block.section_id)
    form = BlockForm(
        section=key, **block.model_dump(include=set(BlockForm.model_fields) - {"section", "act"})
    )
    return block_page(request, session, person, issue, kind=block.kind, form=form, block=block)


@router.post("/{block_id}")
def change(
    *,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    issue_id: int,
    block_id: int,
    form: Filled,
) -> Response:
    """Change a block."""
    issue = issue_by_id(session, issue_id)
    block = block_by_id(session, issue, block_id)
    if form.act == "preview":
        return block_page(request, session, person, issue, kind=block.kind, form=form, block=block)
    try:
        with session.begin_nested():
            change_block(
                session,
                block=block,
                section_key=form.section,
                title=form.title,
                body=form.body,
                link=form.link,
                tags=known_tags(house.vocabulary, form.tags),
                everyone=form.everyone,
                weight=form.weight,
                by=person.address,
                now=now,
            )
    except BlockRefused as error:
        return block_page(
            request, session, person, issue, kind=block.kind, form=form, block=block, error=error
        )
    return see(f"/redactie/edities/{issue_id}?klaar=bewaard#onderdeel-{block_id}")


@router.post("/{block_id}/{direction}")
def move(
    *,
    session: Transaction,
    now: Now,
    person: Editor,
    issue_id: int,
    block_id: int,
    direction: Literal["omhoog", "omlaag", "weg"],
) -> Response:
    """Move a block within its section, or take it out."""
    issue = issue_by_id(session, issue_id)
    block = block_by_id(session, issue, block_id)
    if direction == "weg":
        record = json.dumps(as_record(session, issue, block), ensure_ascii=False)
        remove_block(session, block=block, by=person.address, now=now)
        event = note_act(
            session,
            actor=person.address,
            action=Act.BLOCK_REMOVED,
            now=now,
            subject=subject_of(issue),
            detail=record,
        )
        return see(f"/redactie/edities/{issue_id}?weg={event.id}")
    move_block(session, block=block, steps=-1 if direction == "omhoog" else 1, by=person.address, now=now)
    return see(f"/redactie/edities/{issue_id}#onderdeel-{block_id}")
