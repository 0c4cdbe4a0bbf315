"""Answering: the questions of a webinar with their answers, in the editors' words, before and after they are shown."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from content.errors import UnknownWebinar, WebinarOver, WebinarRefused
from content.webinars.tables import AnsweredQuestion, Webinar, WebinarStatus

LONGEST_QUESTION = 300
"""Signs of a question; it is the title of the item that it becomes."""

LONGEST_ANSWER = 8_000
LONGEST_KEY = 64


def put_answered(
    session: Session,
    webinar: Webinar,
    answered: AnsweredQuestion | None,
    *,
    question: str,
    answer: str,
    by: str,
    now: datetime,
    key: str = "",
) -> AnsweredQuestion:
    """Write down a question, or change this one; an answer may come later, as long as it is not shown.

    Without `answered` the `key` of the form makes it: the same form again changes the one that it made. The caller holds the
    webinar. What is shown is not told here that it changed: `content.sharing.share` does.

    Raises:
        WebinarRefused: no question, no answer to one that is shown, or no key; `args[1]` names the field.
    """
    if not question.strip() or len(question) > LONGEST_QUESTION:
        raise WebinarRefused(f"A question has 1 to {LONGEST_QUESTION} signs.", "question")
    if len(answer) > LONGEST_ANSWER:
        raise WebinarRefused(f"An answer has {LONGEST_ANSWER} signs at most.", "answer")
    kept = answered or _made_by(session, webinar, key, now)
    if is_shown(kept) and not answer.strip():
        raise WebinarRefused("What stands on the page has an answer.", "answer")
    kept.question, kept.answer = " ".join(question.split()), answer.strip()
    kept.changed_at, kept.changed_by = now, by
    session.add(kept)
    session.flush()
    return kept


def answered_of(session: Session, webinar: Webinar) -> list[AnsweredQuestion]:
    """All of them, oldest first, those that are not shown as well."""
    mine = select(AnsweredQuestion).where(AnsweredQuestion.webinar_id == webinar.id)
    return list(session.exec(mine.order_by(col(AnsweredQuestion.id))))


def shown_of(session: Session, webinar: Webinar) -> list[AnsweredQuestion]:
    """Those that stand on the webinar's page, oldest first."""
    return [one for one in answered_of(session, webinar) if is_shown(one)]


def chosen_of(session: Session, webinar: Webinar, numbers: Collection[int]) -> list[AnsweredQuestion]:
    """Those of this webinar that have one of these ids, oldest first."""
    return [one for one in answered_of(session, webinar) if one.id in numbers]


def answered_by_id(session: Session, webinar: Webinar, number: int) -> AnsweredQuestion:
    """A question of this webinar with its answer.

    Raises:
        UnknownWebinar: there is none with this id.
    """
    found = session.get(AnsweredQuestion, number)
    if found is None or found.webinar_id != webinar.id:
        raise UnknownWebinar(f"Webinar {webinar.slug!r} has no answered question {number}.")
    return found


def is_shown(answered: AnsweredQuestion) -> bool:
    """Whether it stands on the webinar's page."""
    return answered.shared_at is not None and answered.withdrawn_at is None


def can_be_shown(webinar: Webinar, now: datetime) -> bool:
    """Whether the webinar was held, or is going on: before that its page tells what is to come."""
    return webinar.status == WebinarStatus.PUBLISHED and webinar.starts_at <= now


def discard_answered(session: Session, answered: AnsweredQuestion) -> None:
    """Throw away one that nobody saw.

    Raises:
        WebinarOver: it was shown: that is withdrawn, and not thrown away.
    """
    if answered.shared_at is not None:
        raise WebinarOver("What was shown is withdrawn, and not thrown away.")
    session.delete(answered)
    session.flush()


def _made_by(session: Session, webinar: Webinar, key: str, now: datetime) -> AnsweredQuestion:
    if not 8 <= len(key) <= LONGEST_KEY:
        raise WebinarRefused("A form that makes something has a key.", "key")
    known = session.exec(select(AnsweredQuestion).where(AnsweredQuestion.key == key)).first()
    if known is not None and known.webinar_id != webinar.id:
        raise WebinarRefused("This key is of another webinar.", "key")
    return known or AnsweredQuestion(
        webinar_id=webinar.id or 0, key=key, question="", made_at=now, changed_at=now
    )
