"""Questions of our own on a webinar's form, at the desk: what is asked, why, and how long the answers stay."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import col, func, select

from content.errors import WebinarRefused
from content.webinars.asking import LONGEST_KEPT, put_question, question_of, remove_question
from content.webinars.tables import AskKind, OwnQuestion
from service.audit import Act
from service.desk.webinar_frame import ADDRESS, ASKED, AtWebinar, Editing
from service.i18n import _
from service.web.csrf import csrf_protected
from service.web.pages import see
from subscribers.registrations.tables import RegistrationAnswer

WRONG = {
    "kind": _("Kies hoe mensen antwoorden."),
    "wording": _("Vul de vraag in."),
    "reason": _("Schrijf waarom u dit vraagt. Dat lezen mensen bij de vraag."),
    "choices": _("Vul 2 tot 12 keuzes in, op elke regel een."),
    "keep_days": _("Antwoorden blijven 1 tot 90 dagen bewaard."),
}

router = APIRouter(prefix=ADDRESS + "/{webinar_id}/formulier", dependencies=[Depends(csrf_protected)])


class QuestionForm(BaseModel):
    """What the form sends; `choices` has one a line."""

    kind: str = AskKind.TEXT
    wording: str = ""
    reason: str = ""
    choices: str = ""
    required: bool = False
    keep_days: str = "30"


@router.get("/nieuw")
def new(at: AtWebinar) -> HTMLResponse:
    """The empty form."""
    return _form(at, None, QuestionForm())


@router.get("/{question_id}")
def one(at: AtWebinar, question_id: int) -> HTMLResponse:
    """The form as the question is."""
    question = question_of(at.session, at.webinar, question_id)
    form = QuestionForm(
        kind=question.kind,
        wording=question.wording,
        reason=question.reason,
        choices="\n".join(question.choices),
        required=question.required,
        keep_days=str(question.keep_days),
    )
    return _form(at, question, form)


@router.post("/nieuw")
def added(at: AtWebinar, form: Annotated[QuestionForm, Form()]) -> Response:
    """Add a question."""
    return _put(at, None, form)


@router.post("/{question_id}")
def changed(at: AtWebinar, question_id: int, form: Annotated[QuestionForm, Form()]) -> Response:
    """Change a question."""
    return _put(at, question_of(at.session, at.webinar, question_id), form)


@router.post("/{question_id}/weg")
def removed(at: AtWebinar, question_id: int) -> Response:
    """It is not asked any more; its answers go."""
    question = question_of(at.session, at.webinar, question_id)
    at.note(Act.QUESTION_REMOVED, question.wording)
    remove_question(at.session, question)
    return see(f"{ADDRESS}/{at.webinar.id}?klaar=vraag-weg")


def _put(at: Editing, question: OwnQuestion | None, form: QuestionForm) -> Response:
    days = form.keep_days.strip()
    try:
        with at.session.begin_nested():
            kept = put_question(
                at.session,
                at.webinar,
                question,
                kind=form.kind,
                wording=form.wording.replace("\0", ""),
                reason=form.reason.replace("\0", ""),
                choices=form.choices.replace("\0", "").splitlines(),
                required=form.required,
                keep_days=int(days) if days.isascii() and days.isdecimal() and len(days) < 6 else 0,
            )
    except WebinarRefused as error:
        return _form(at, question, form, {error.args[1]: WRONG[error.args[1]]})
    at.note(Act.QUESTION_CHANGED, kept.wording)
    return see(f"{ADDRESS}/{at.webinar.id}?klaar=vraag")


def _form(
    at: Editing, question: OwnQuestion | None, form: QuestionForm, problems: Mapping[str, str] | None = None
) -> HTMLResponse:
    number = question.id if question is not None else 0
    answered = select(func.count()).where(col(RegistrationAnswer.question_id) == number)
    return at.page(
        "question.html",
        status=422 if problems else 200,
        question=question,
        answered=at.session.exec(answered).one(),
        kinds=ASKED,
        longest_kept=LONGEST_KEPT,
        form=form,
        problems=problems or {},
    )
