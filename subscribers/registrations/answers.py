"""Answers: to the questions of our own on the form, and the question that somebody brings."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, select

from content.webinars.tables import AskKind, OwnQuestion
from subscribers.errors import AnswerMissing
from subscribers.registrations.tables import BroughtQuestion, Registration, RegistrationAnswer

LONGEST_ANSWER = 500
"""Signs of an answer that are kept."""

LONGEST_QUESTION = 1_000
"""Signs of a brought question that are kept."""

MOST_QUESTIONS = 5
"""Questions that one person can bring."""


def checked(questions: Sequence[OwnQuestion], given: Mapping[int, str]) -> dict[int, str]:
    """The answers by question, tidied; what nobody asked is left out, and so is an empty answer that may be.

    Raises:
        AnswerMissing: a question that needs one has none, or a choice was made that there is not; `args[1]` is its id.
    """
    answers = {}
    for one in questions:
        text = given.get(one.id or 0, "").replace("\0", "").strip()[:LONGEST_ANSWER]
        if not text and one.required:
            raise AnswerMissing("This question needs an answer.", one.id)
        if text and one.kind == AskKind.CHOICE and text not in one.choices:
            raise AnswerMissing("This is none of the choices.", one.id)
        if text:
            answers[one.id or 0] = text
    return answers


def lacking(questions: Sequence[OwnQuestion], answers: Mapping[int, str]) -> list[OwnQuestion]:
    """The questions that need an answer and have none, or one that can no longer be chosen. Pure.

    Whoever took over a seat was never asked, and a question can come later than a registration.
    """
    found = []
    for one in questions:
        try:
            checked([one], answers)
        except AnswerMissing:
            found.append(one)
    return found


def keep_answers(session: Session, registration: Registration, answers: Mapping[int, str]) -> None:
    """These are the answers now; earlier ones go."""
    mine = delete(RegistrationAnswer).where(col(RegistrationAnswer.registration_id) == registration.id)
    session.exec(mine)
    for question_id, text in answers.items():
        session.add(
            RegistrationAnswer(registration_id=registration.id or 0, question_id=question_id, text=text)
        )
    session.flush()


def answers_of(session: Session, registration: Registration) -> dict[int, str]:
    """The answers by question."""
    mine = select(RegistrationAnswer.question_id, RegistrationAnswer.text)
    return dict(session.exec(mine.where(RegistrationAnswer.registration_id == registration.id)).all())


def bring_question(
    session: Session, registration: Registration, *, text: str, now: datetime
) -> BroughtQuestion | None:
    """Keep a question for the webinar; None for an empty one, the same again, or one more than `MOST_QUESTIONS`."""
    tidied = text.replace("\0", "").strip()[:LONGEST_QUESTION]
    if not tidied:
        return None
    brought = brought_by(session, registration)
    if len(brought) >= MOST_QUESTIONS or tidied in {one.text for one in brought}:
        return None
    made = BroughtQuestion(
        webinar_id=registration.webinar_id, registration_id=registration.id, asked_at=now, text=tidied
    )
    session.add(made)
    session.flush()
    return made


def brought_by(session: Session, registration: Registration) -> list[BroughtQuestion]:
    """The questions that somebody brought, oldest first."""
    mine = select(BroughtQuestion).where(BroughtQuestion.registration_id == registration.id)
    return list(session.exec(mine.order_by(col(BroughtQuestion.id))))
