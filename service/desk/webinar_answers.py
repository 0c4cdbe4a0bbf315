"""Questions of a webinar and their answers at the desk: what was brought, what editors wrote, and what stands on the page.

Names stay out: a speaker answers a question, no person, and what is shown has nothing of who asked.
"""

import secrets
from collections.abc import Collection, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from content.errors import WebinarRefused
from content.inbox import states_of
from content.prose import markdown_to_html, plain_text
from content.sharing import anchor_of, issues_with, share, withdraw
from content.webinars.answering import (
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    answered_by_id,
    answered_of,
    can_be_shown,
    chosen_of,
    discard_answered,
    is_shown,
    put_answered,
)
from content.webinars.tables import AnsweredQuestion
from service.audit import Act
from service.desk.webinar_frame import ADDRESS, AtWebinar, Editing, stage_at_desk
from service.i18n import _
from service.runtime import Runtime
from service.web.csrf import csrf_protected
from service.web.dependencies import House
from service.web.pages import see
from service.webinars.facts import page_address
from subscribers.registrations.brought import answer_with, brought_for, is_traceable, names_someone
from subscribers.registrations.seats import lock_webinar

PER_PAGE = 50
WRONG = {
    "question": _("Vul de vraag in, met ten hoogste 300 tekens."),
    "answer": _("Wat op de pagina staat of komt, heeft een antwoord. Het heeft ten hoogste 8.000 tekens."),
    "key": _("Dit formulier is niet heel aangekomen. Open het opnieuw."),
}
TRACEABLE = _(
    "Hierin staat een e-mailadres of een telefoonnummer. Haal dat weg: iedereen kan de vraag lezen."
)
NAMED = _("Hierin staat de naam of het adres van wie de vraag stelde. Haal dat weg.")

router = APIRouter(prefix=ADDRESS + "/{webinar_id}/vragen", dependencies=[Depends(csrf_protected)])


class AnswerForm(BaseModel):
    """What the form sends; `brought` are the ids of the questions that it answers, `show` asks to put it on the page."""

    key: str = ""
    question: str = ""
    answer: str = ""
    brought: list[int] = []
    show: bool = False


@router.get("")
def listed(at: AtWebinar, pagina: Annotated[int, Query(ge=1, le=9999)] = 1) -> HTMLResponse:
    """The answers, and below them the questions that people brought, the oldest first."""
    brought = brought_for(at.session, at.webinar)
    answered = answered_of(at.session, at.webinar)
    return at.page(
        "answers.html",
        answered=[(one, issues_with(at.session, one) if is_shown(one) else []) for one in answered],
        by_id={one.id: one for one in answered},
        states=states_of(at.session, [one.item_id for one in answered if one.item_id is not None]),
        words={one.id: plain_text(one.answer) for one in answered},
        is_shown=is_shown,
        ready=any(one.answer and not is_shown(one) for one in answered),
        showable=can_be_shown(at.webinar, at.now),
        stage=stage_at_desk(at.webinar, at.now),
        brought=brought[(pagina - 1) * PER_PAGE : pagina * PER_PAGE],
        size=len(brought),
        per_page=PER_PAGE,
        pagina=pagina,
    )


@router.get("/nieuw")
def new(at: AtWebinar, vraag: int | None = None) -> HTMLResponse:
    """The form; filled in with the words of a question that was brought, for the editor to make their own."""
    chosen = next((one for one in brought_for(at.session, at.webinar) if one.id == vraag), None)
    words = " ".join(chosen.text.split())[:LONGEST_QUESTION] if chosen is not None else ""
    ticked = [chosen.id or 0] if chosen is not None else []
    return _form(at, None, AnswerForm(key=secrets.token_urlsafe(16), question=words, brought=ticked))


@router.post("/nieuw")
def added(at: AtWebinar, house: House, form: Annotated[AnswerForm, Form()]) -> Response:
    """Write one down; the same form twice makes one."""
    return _put(at, house, None, form)


@router.get("/antwoord/{number}")
def one(at: AtWebinar, number: int) -> HTMLResponse:
    """The form as it is."""
    found = answered_by_id(at.session, at.webinar, number)
    ticked = [one.id or 0 for one in brought_for(at.session, at.webinar) if one.answered_id == number]
    return _form(at, found, AnswerForm(question=found.question, answer=found.answer, brought=ticked))


@router.post("/antwoord/{number}")
def changed(at: AtWebinar, house: House, number: int, form: Annotated[AnswerForm, Form()]) -> Response:
    """Change one; what is shown changes with it, and its item gets a new version."""
    return _put(at, house, answered_by_id(at.session, at.webinar, number), form)


@router.post("/tonen")
def shown(at: AtWebinar, house: House, chosen: Annotated[list[int], Form()] = []) -> Response:  # noqa: B006  FastAPI copies it
    """Put the chosen ones on the page, and each into the inbox."""
    lock_webinar(at.session, at.webinar.id or 0)
    ready = [one for one in chosen_of(at.session, at.webinar, chosen) if one.answer and not is_shown(one)]
    for answered in ready:
        _share(at, house, answered)
    if ready:
        at.note(Act.ANSWERS_SHARED, ", ".join(str(one.id) for one in ready))
    return see(f"{_here(at)}{'?klaar=antwoorden-open' if ready else ''}")


@router.post("/antwoord/{number}/intrekken")
def withdrawn(at: AtWebinar, number: int) -> Response:
    """Take one off the page; its item is marked, and it leaves the issues that were not sent yet."""
    lock_webinar(at.session, at.webinar.id or 0)
    found = answered_by_id(at.session, at.webinar, number)
    if is_shown(found):
        withdraw(at.session, answered=found, by=at.person.address, now=at.now)
        at.note(Act.ANSWER_WITHDRAWN, str(number))
    return see(f"{_here(at)}?klaar=antwoord-af")


@router.post("/antwoord/{number}/weg")
def discarded(at: AtWebinar, number: int) -> Response:
    """Throw away one that nobody saw."""
    lock_webinar(at.session, at.webinar.id or 0)
    discard_answered(at.session, answered_by_id(at.session, at.webinar, number))
    at.note(Act.ANSWER_DISCARDED, str(number))
    return see(f"{_here(at)}?klaar=antwoord-weg")


def _put(at: Editing, house: Runtime, answered: AnsweredQuestion | None, form: AnswerForm) -> Response:
    lock_webinar(at.session, at.webinar.id or 0)
    form.question, form.answer = form.question.replace("\0", ""), form.answer.replace("\0", "")
    problems = _personal(at, form)
    if not problems and form.show and not form.answer.strip():
        problems = {"answer": WRONG["answer"]}
    if problems:
        return _form(at, answered, form, problems)
    try:
        kept = put_answered(
            at.session,
            at.webinar,
            answered,
            question=form.question,
            answer=form.answer,
            by=at.person.address,
            now=at.now,
            key=form.key,
        )
    except WebinarRefused as error:
        return _form(at, answered, form, {error.args[1]: WRONG[error.args[1]]})
    answer_with(at.session, at.webinar, answered_id=kept.id or 0, numbers=form.brought)
    at.note(Act.ANSWER_CHANGED, str(kept.id))
    was_shown = is_shown(kept)
    if was_shown or (form.show and can_be_shown(at.webinar, at.now)):
        _share(at, house, kept)
        if not was_shown:
            at.note(Act.ANSWERS_SHARED, str(kept.id))
        return see(f"{_here(at)}?klaar={'antwoord-nieuw' if was_shown else 'antwoorden-open'}")
    return see(f"{_here(at)}?klaar=antwoord")


def _share(at: Editing, house: Runtime, answered: AnsweredQuestion) -> None:
    share(
        at.session,
        webinar=at.webinar,
        answered=answered,
        address=page_address(house.settings, at.webinar.slug),
        site=f"{house.settings.base_url}/webinars",
        vocabulary=house.vocabulary,
        now=at.now,
    )


def _personal(at: Editing, form: AnswerForm) -> dict[str, str]:
    """By field, what tells of who asked. An answer may have an address for mail: that of the speaker, or a desk for help."""
    named = {
        field: NAMED
        for field, text in (("question", form.question), ("answer", form.answer))
        if names_someone(at.session, [text], numbers=form.brought)
    }
    return {"question": TRACEABLE, **named} if is_traceable(form.question) else named


def _form(
    at: Editing,
    answered: AnsweredQuestion | None,
    form: AnswerForm,
    problems: Mapping[str, str] | None = None,
) -> HTMLResponse:
    number = answered.id if answered is not None else None
    return at.page(
        "answer.html",
        status=422 if problems else 200,
        answered=answered,
        shown=answered is not None and is_shown(answered),
        anchor=anchor_of(answered) if answered is not None else "",
        preview=markdown_to_html(form.answer),
        choices=_choices(at, form.brought, number),
        showable=can_be_shown(at.webinar, at.now),
        longest_question=LONGEST_QUESTION,
        longest_answer=LONGEST_ANSWER,
        form=form,
        problems=problems or {},
    )


def _choices(at: Editing, ticked: Collection[int], number: int | None) -> list[tuple[int, str, bool]]:
    """The brought questions that this can answer: id, text, and whether it does."""
    return [
        (one.id or 0, one.text, one.id in ticked)
        for one in brought_for(at.session, at.webinar)
        if one.answered_id in (None, number)
    ]


def _here(at: Editing) -> str:
    return f"{ADDRESS}/{at.webinar.id}/vragen"
