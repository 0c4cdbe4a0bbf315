"""Segments at the desk: the list, and the builder with who is meant shown beside it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session
from starlette.datastructures import FormData

from content.aiming import aim_issue, issues_aimed_at
from service.audit import Act, note_act
from service.database import reading, writing
from service.desk.access import Anyone, Editor, Person
from service.desk.frame import desk_page, refusal
from service.desk.readers import reader_rows
from service.desk.segment_form import Draft, empty_draft, fault_of, press, read_draft
from service.desk.segment_view import is_broken, meant_by, offered, view_of
from service.desk.segment_words import MATCHES, sentence
from service.errors import SegmentInUse
from service.i18n import _
from service.mailing.targeting import predicates_now
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now, Transaction, language
from service.web.pages import see
from subscribers.errors import SegmentBroken, SegmentExists, SegmentFault
from subscribers.segments.compiling import compile_expression
from subscribers.segments.expression import MOST_LEVELS, parse_expression
from subscribers.segments.keeping import (
    LONGEST_NAME,
    change_segment,
    free_name,
    make_segment,
    remove_segment,
    restore_segment,
    segment_by_id,
    segments,
)
from subscribers.segments.stored import Segment

router = APIRouter(prefix="/redactie/abonnees/segmenten", dependencies=[Depends(csrf_protected)])

BROKEN = _("Een voorwaarde vraagt naar iets dat er niet meer is. Haal haar weg, of kies iets anders.")
NAMELESS = _("Geef het segment een naam, zodat collega's weten voor wie het is.")


@dataclass(frozen=True)
class _Work:
    """Who works on it, and when."""

    person: Person
    now: datetime


async def _typed(request: Request) -> FormData:
    return await request.form()


Typed = Annotated[FormData, Depends(_typed)]
"""A form whose fields are named by their place, so that no parameter can name them."""


@router.get("")
def listed(
    *,
    request: Request,
    house: House,
    session: Transaction,
    language: Language,
    person: Anyone,
    weg: int | None = None,
) -> HTMLResponse:
    """All segments, each as a sentence. `weg` names one that was just removed, so that it can come back."""
    predicates = predicates_now(session, house.vocabulary)
    rows = [
        (
            segment,
            sentence(parse_expression(segment.expression), predicates, language),
            issues_aimed_at(session, segment.id or 0),
            is_broken(segment.expression, predicates),
        )
        for segment in segments(session)
    ]
    gone = session.get(Segment, weg) if weg else None
    return desk_page(
        request,
        "segments/list.html",
        person=person,
        place="abonnees",
        rows=rows,
        removed=gone if gone is not None and gone.removed_at is not None else None,
    )


@router.get("/nieuw")
def blank(request: Request, house: House, person: Editor) -> HTMLResponse:
    """An empty builder."""
    return _builder(request, house, person, None, name="", draft=empty_draft())


@router.post("/nieuw")
def build(request: Request, house: House, now: Now, person: Editor, typed: Typed) -> Response:
    """A button of the builder: add, remove, count, or save as a new segment."""
    return _pressed(request, house, _Work(person, now), typed, None)


@router.get("/{segment_id}")
def shown(request: Request, house: House, person: Anyone, segment_id: int) -> HTMLResponse:
    """A segment in the builder; whoever may not change it sees whom it means."""
    with reading(house.engine) as session:
        segment = segment_by_id(session, segment_id)
        name, draft = segment.name, segment.expression
    return _builder(request, house, person, segment_id, name=name, draft=draft)


@router.post("/{segment_id}")
def rebuild(
    *, request: Request, house: House, now: Now, person: Editor, segment_id: int, typed: Typed
) -> Response:
    """A button of the builder on a segment that is there."""
    return _pressed(request, house, _Work(person, now), typed, segment_id)


@router.post("/{segment_id}/kopie")
def copied(session: Transaction, now: Now, person: Editor, segment_id: int) -> Response:
    """The same under another name, to change."""
    segment = segment_by_id(session, segment_id)
    copy = make_segment(
        session,
        name=free_name(session, segment.name),
        expression=parse_expression(segment.expression),
        by=person.address,
        now=now,
    )
    _note(session, Act.SEGMENT_MADE, copy, person, now)
    return see(f"/redactie/abonnees/segmenten/{copy.id}?klaar=segment-kopie")


@router.post("/{segment_id}/weg")
def removed(session: Transaction, now: Now, person: Editor, segment_id: int) -> Response:
    """Take it out of the list; the list offers to put it back."""
    segment = segment_by_id(session, segment_id)
    if issues_aimed_at(session, segment_id):
        raise SegmentInUse(f"An issue is for segment {segment.name!r}.")
    remove_segment(session, segment=segment, now=now)
    _note(session, Act.SEGMENT_REMOVED, segment, person, now)
    return see(f"/redactie/abonnees/segmenten?weg={segment_id}")


@router.post("/{segment_id}/terug")
def restored(session: Transaction, now: Now, person: Editor, segment_id: int) -> Response:
    """Put it back."""
    segment = segment_by_id(session, segment_id, removed=True)
    restore_segment(session, segment=segment)
    _note(session, Act.SEGMENT_RESTORED, segment, person, now)
    return see("/redactie/abonnees/segmenten?klaar=segment-terug")


def _pressed(
    request: Request, house: House, work: _Work, typed: FormData, segment_id: int | None
) -> Response:
    fields = [(name, value) for name, value in typed.multi_items() if isinstance(value, str)]
    named = dict(fields)
    act, name = named.get("act", ""), named.get("name", "")
    draft = press(read_draft(fields), act, named)
    if act != "save":
        return _builder(request, house, work.person, segment_id, name=name, draft=draft)
    fault = fault_of(draft) or ("" if name.strip() else NAMELESS)
    if not fault:
        try:
            with writing(house.engine) as session:
                saved = _save(session, house, work, segment_id, name=name, draft=draft)
            return see(f"/redactie/abonnees/segmenten/{saved}?klaar=segment")
        except (SegmentExists, SegmentBroken, SegmentFault) as error:
            fault = BROKEN if isinstance(error, SegmentBroken) else refusal(error)
    return _builder(request, house, work.person, segment_id, name=name, draft=draft, error=fault)


def _save(
    session: Session, house: House, work: _Work, segment_id: int | None, *, name: str, draft: Draft
) -> int:
    expression = parse_expression(draft)
    compile_expression(expression, predicates_now(session, house.vocabulary))
    by, now = work.person.address, work.now
    if segment_id is None:
        segment = make_segment(session, name=name, expression=expression, by=by, now=now)
        _note(session, Act.SEGMENT_MADE, segment, work.person, now)
        return segment.id or 0
    segment = segment_by_id(session, segment_id)
    change_segment(session, segment=segment, name=name, expression=expression, by=by, now=now)
    _note(session, Act.SEGMENT_CHANGED, segment, work.person, now)
    for issue in issues_aimed_at(session, segment_id):  # what was approved for others must be approved anew
        aim_issue(
            session, issue=issue, segment_id=segment_id, name=segment.name, audience=expression.stored(), by=by, now=now
        )  # fmt: skip
    return segment_id


def _note(session: Session, act: Act, segment: Segment, person: Person, now: datetime) -> None:
    subject = f"segment {segment.id}"
    note_act(session, actor=person.address, action=act, now=now, subject=subject, detail=segment.name)


def _builder(
    request: Request,
    house: House,
    person: Person,
    segment_id: int | None,
    *,
    name: str,
    draft: Draft,
    error: str = "",
) -> HTMLResponse:
    chosen = language(request)
    with reading(house.engine) as session:  # counting takes no lock that somebody who writes would wait for
        predicates = predicates_now(session, house.vocabulary)
        broken = is_broken(draft, predicates)
        meant = None if broken else meant_by(session, draft, predicates, chosen)
        return desk_page(
            request,
            "segments/builder.html",
            status=422 if error else 200,
            person=person,
            place="abonnees",
            segment_id=segment_id,
            name=name,
            tree=view_of(draft, predicates, house.vocabulary, chosen),
            offered=offered(predicates, chosen),
            matches=MATCHES,
            deepest=MOST_LEVELS - 1,
            longest_name=LONGEST_NAME,
            meant=meant,
            sample=reader_rows(session, meant.sample) if meant else [],
            issues=issues_aimed_at(session, segment_id) if segment_id else [],
            error=error,
        )
