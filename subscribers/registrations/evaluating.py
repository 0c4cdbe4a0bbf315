"""Evaluating: three questions afterwards, answered once by each who took part."""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from content.webinars.tables import Webinar, WebinarStatus
from subscribers.coverage import FEW
from subscribers.registrations.tables import Evaluation, Registration, Standing

MARKS = (1, 2, 3, 4, 5)
USES = ("yes", "maybe", "no")
LONGEST_WORD = 1_000
ASKED_FOR = timedelta(days=60)
"""How long after the end the questions can be answered, where the webinar does not say."""


def is_asked(webinar: Webinar, registration: Registration, now: datetime) -> bool:
    """Whether this person can (still) say what they thought of it."""
    until = webinar.evaluated_until or webinar.ends_at + ASKED_FOR
    took_part = registration.standing in (Standing.SEAT, Standing.RECORDING, Standing.WAITING)
    return took_part and webinar.status == WebinarStatus.PUBLISHED and webinar.starts_at <= now < until


def evaluation_of(session: Session, registration: Registration) -> Evaluation | None:
    """What this person said."""
    return session.exec(select(Evaluation).where(Evaluation.registration_id == registration.id)).first()


def evaluate(
    session: Session, registration: Registration, *, mark: int | None, will_use: str, word: str, now: datetime
) -> bool:
    """Keep what somebody says; whether it was the first time. Later words change nothing, and neither does an empty form."""
    said = mark in MARKS or will_use in USES or bool(word.strip())
    if not said or evaluation_of(session, registration) is not None:
        return False
    made = Evaluation(
        webinar_id=registration.webinar_id,
        registration_id=registration.id,
        at=now,
        mark=mark if mark in MARKS else None,
        will_use=will_use if will_use in USES else "",
        word=word.replace("\0", "").strip()[:LONGEST_WORD],
    )
    try:
        with session.begin_nested():  # the unique registration decides between two presses at once
            session.add(made)
    except IntegrityError:
        return False
    return True


def judged(session: Session, webinar: Webinar) -> tuple[int, float | None, list[str]]:
    """How many judged, their mean mark, and their words in no order of time; of fewer than five only how many."""
    mine = select(func.count(), func.avg(Evaluation.mark)).where(Evaluation.webinar_id == webinar.id)
    number, mean = session.exec(mine).one()
    if number < FEW:
        return number, None, []
    words = select(Evaluation.word).where(Evaluation.webinar_id == webinar.id, Evaluation.word != "")
    return (
        number,
        float(mean) if mean is not None else None,
        list(session.exec(words.order_by(col(Evaluation.word)))),
    )
