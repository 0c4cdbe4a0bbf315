"""Merging and splitting at the desk: what looks alike, what an editor says of it, and the way back."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from content.errors import UnknownIntervention
from content.interventions.cards import card_of
from content.interventions.databases import database_name
from content.interventions.merging import merge, placing_by_id, split, undo
from content.interventions.pairing import keep_apart
from content.interventions.tables import Pair, PairState, SourceRecord, intervention_by_id, whole
from content.interventions.waiting import pairs
from content.interventions.wording import EVIDENCE
from service.audit import Act, note_act
from service.desk.access import Anyone, Editor
from service.desk.knowledge_frame import HOME, knowledge_page, subject_of
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now, Transaction
from service.web.pages import see

router = APIRouter(prefix=HOME, dependencies=[Depends(csrf_protected)])


@router.get("/koppelingen")
def listed(request: Request, session: Transaction, person: Anyone, language: Language) -> HTMLResponse:
    """What looks alike and nobody has said anything of; below it what was said."""
    return knowledge_page(
        request,
        session,
        "pairs.html",
        person=person,
        tab="/koppelingen",
        rows=_rows(session, PairState.PROPOSED, language),
        apart=_rows(session, PairState.REFUSED, language),
    )


@router.post("/koppelingen/{pair_id}")
def answered(
    *,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    pair_id: int,
    act: Annotated[Literal["accept", "refuse"], Form()],
) -> Response:
    """Say that two are one, or that they are not."""
    pair = session.get(Pair, pair_id)
    if pair is None:
        raise UnknownIntervention(f"There is no pair {pair_id}.")
    if act == "accept":
        return _merged(house, session, now, person, source=pair.intervention_id, target=pair.other_id)
    keep_apart(session, pair.intervention_id, pair.other_id, by=person.address, now=now)
    for one, other in ((pair.intervention_id, pair.other_id), (pair.other_id, pair.intervention_id)):
        note_act(
            session, actor=person.address, action=Act.INTERVENTIONS_KEPT_APART, now=now, subject=subject_of(one),
            detail=subject_of(other),
        )  # fmt: skip
    return see(f"{HOME}/koppelingen?klaar=apart")


@router.post("/{intervention_id}/samenvoegen")
def merged(
    *,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    intervention_id: int,
    other: Annotated[int, Form()],
) -> Response:
    """Make another intervention part of this one."""
    return _merged(house, session, now, person, source=other, target=intervention_id)


@router.post("/gegevens/{record_id}/losmaken")
def taken_out(house: House, session: Transaction, now: Now, person: Editor, record_id: int) -> Response:
    """Take a database's record out, into an intervention of its own."""
    record = session.get(SourceRecord, record_id)
    if record is None:
        raise UnknownIntervention(f"There is no record {record_id}.")
    before = record.intervention_id
    made, _placing = split(session, record=record, vocabulary=house.vocabulary, by=person.address, now=now)
    for number in (before, made.id):
        note_act(
            session, actor=person.address, action=Act.RECORD_SPLIT_OFF, now=now, subject=subject_of(number),
            detail=f"{database_name(record.source_key)} {record.key}",
        )  # fmt: skip
    return see(f"{HOME}/{made.id}?klaar=losgemaakt")


@router.post("/plaatsingen/{placing_id}/ongedaan")
def put_back(house: House, session: Transaction, now: Now, person: Editor, placing_id: int) -> Response:
    """Take a merge or a split back."""
    placing = placing_by_id(session, placing_id)
    old = undo(session, placing=placing, vocabulary=house.vocabulary, now=now)
    for number in (placing.from_id, placing.to_id):
        subject = subject_of(number)
        note_act(
            session,
            actor=person.address,
            action=Act.PLACING_UNDONE,
            now=now,
            subject=subject,
            detail=placing.kind,
        )
    return see(f"{HOME}/{old.id}?klaar=ongedaan")


def _rows(session: Session, state: PairState, language: str) -> list[dict[str, Any]]:
    """The pairs in this state with both cards, and what speaks for their being one in words."""
    found = []
    for pair in pairs(session, state=state):
        numbers = (pair.intervention_id, pair.other_id)
        both = [card_of(session, whole(session, intervention_by_id(session, number))) for number in numbers]
        why = [words.label(language) for evidence, words in EVIDENCE.items() if evidence in pair.evidence]
        found.append({"pair": pair, "cards": both, "why": why})
    return found


def _merged(
    house: House, session: Transaction, now: Now, person: Editor, *, source: int, target: int
) -> Response:
    one, into = intervention_by_id(session, source), intervention_by_id(session, target)
    merge(session, source=one, target=into, vocabulary=house.vocabulary, by=person.address, now=now)
    subject = subject_of(into.id)
    note_act(
        session,
        actor=person.address,
        action=Act.INTERVENTIONS_MERGED,
        now=now,
        subject=subject,
        detail=one.name,
    )
    return see(f"{HOME}/{into.id}?klaar=samengevoegd")
