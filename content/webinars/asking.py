"""Asking: questions of our own on the form of a webinar. Each says why it is asked, and how long its answers stay."""

from collections.abc import Iterable

from sqlmodel import Session, col, func, select

from content.errors import UnknownWebinar, WebinarRefused
from content.webinars.tables import AskKind, OwnQuestion, Webinar

MOST_CHOICES = 12
LONGEST_KEPT = 90
"""Days that answers stay at most after the end: then those who gave them are erased, and their answers with them."""


def put_question(
    session: Session,
    webinar: Webinar,
    question: OwnQuestion | None,
    *,
    kind: str,
    wording: str,
    reason: str,
    choices: Iterable[str] = (),
    required: bool = False,
    keep_days: int = 30,
) -> OwnQuestion:
    """Add a question at the end of the form, or change this one. Answers that were given stay as they were given.

    Raises:
        WebinarRefused: `args[1]` names the field.
    """
    offered = list(dict.fromkeys(choice.strip() for choice in choices if choice.strip()))
    if kind not in tuple(AskKind):
        raise WebinarRefused(f"A question is one of {', '.join(AskKind)}.", "kind")
    if not wording.strip():
        raise WebinarRefused("A question asks something.", "wording")
    if not reason.strip():
        raise WebinarRefused("A question says why it is asked (GDPR, article 13).", "reason")
    if kind == AskKind.CHOICE and not 2 <= len(offered) <= MOST_CHOICES:
        raise WebinarRefused(f"A choice is among two to {MOST_CHOICES}.", "choices")
    if not 1 <= keep_days <= LONGEST_KEPT:
        raise WebinarRefused(f"Answers stay for 1 to {LONGEST_KEPT} days.", "keep_days")
    kept = question or OwnQuestion(
        webinar_id=webinar.id or 0, position=_after_last(session, webinar), wording="", reason=""
    )
    kept.kind, kept.wording, kept.reason = kind, wording.strip(), reason.strip()
    kept.choices = offered if kind == AskKind.CHOICE else []
    kept.required, kept.keep_days = required, keep_days
    session.add(kept)
    session.flush()
    return kept


def question_of(session: Session, webinar: Webinar, question_id: int) -> OwnQuestion:
    """A question of this webinar's form.

    Raises:
        UnknownWebinar: there is none with this id.
    """
    found = session.get(OwnQuestion, question_id)
    if found is None or found.webinar_id != webinar.id:
        raise UnknownWebinar(f"Webinar {webinar.slug!r} has no question {question_id}.")
    return found


def remove_question(session: Session, question: OwnQuestion) -> None:
    """It is not asked any more, and the answers that were given are erased."""
    session.delete(question)
    session.flush()


def _after_last(session: Session, webinar: Webinar) -> int:
    last = session.exec(
        select(func.max(col(OwnQuestion.position))).where(OwnQuestion.webinar_id == webinar.id)
    ).one()
    return 0 if last is None else last + 1
