"""Facts at the desk: an editor holds each against its source, confirms it, corrects it, or says that it is wrong."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlmodel import Session, col, select

from content.interventions.checking import (
    confirm_all,
    confirm_fact,
    correct_fact,
    fact_by_id,
    refuse_fact,
    reopen_fact,
)
from content.interventions.tables import Fact, Intervention, intervention_by_id
from service.audit import Act, note_act
from service.desk.access import Editor
from service.desk.knowledge_frame import HOME, subject_of
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction
from service.web.pages import see

router = APIRouter(prefix=HOME, dependencies=[Depends(csrf_protected)])

ACTS = {
    "confirm": Act.FACT_CONFIRMED,
    "correct": Act.FACT_CORRECTED,
    "refuse": Act.FACT_REFUSED,
    "reopen": Act.FACT_REOPENED,
}


@router.post("/feiten/{fact_id}")
def judged(
    *,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    fact_id: int,
    act: Annotated[Literal["confirm", "correct", "refuse", "reopen"], Form()],
    value: Annotated[str, Form(max_length=2000)] = "",
    source: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Confirm, correct or refuse one fact, or take that back. A list is typed with semicolons."""
    fact, by, words = fact_by_id(session, fact_id), person.address, house.vocabulary
    if act == "confirm":
        confirm_fact(session, fact=fact, by=by, now=now)
    elif act == "correct":
        correct_fact(
            session, fact=fact, value=value.split(";"), source=source, vocabulary=words, by=by, now=now
        )
    elif act == "refuse":
        refuse_fact(session, fact=fact, vocabulary=words, by=by, now=now)
    else:
        reopen_fact(session, fact=fact, vocabulary=words)
    detail = f"{fact.field}: {'; '.join(fact.value)}"
    note_act(
        session, actor=by, action=ACTS[act], now=now, subject=subject_of(fact.intervention_id), detail=detail
    )
    return see(f"{HOME}/{fact.intervention_id}?klaar=nagekeken#feit-{fact.id}")


@router.post("/{intervention_id}/feiten")
def judged_all(session: Transaction, now: Now, person: Editor, intervention_id: int) -> Response:
    """Confirm every unchecked fact of an intervention at once."""
    intervention = intervention_by_id(session, intervention_id)
    facts = confirm_all(session, intervention=intervention, by=person.address, now=now)
    note_act(
        session, actor=person.address, action=Act.FACTS_CONFIRMED, now=now, subject=subject_of(intervention.id),
        detail=", ".join(fact.field for fact in facts),
    )  # fmt: skip
    return see(f"{HOME}/{intervention.id}?klaar=nagekeken#feiten")


def facts_of(session: Session, intervention: Intervention) -> list[Fact]:
    """The facts of an intervention: unchecked first, refused last."""
    found = session.exec(select(Fact).where(Fact.intervention_id == intervention.id).order_by(col(Fact.id)))
    return sorted(found, key=lambda fact: (fact.refused_at is not None, fact.checked_at is not None))
