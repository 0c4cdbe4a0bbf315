"""Counting: how many took part, by organisation; from the registrations, or, once those are erased, from what was kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import case, exists, func
from sqlalchemy import select as rows
from sqlmodel import Session, col, delete, select

from content.webinars.tables import OwnQuestion, Webinar
from subscribers.organisations import Organisation
from subscribers.registrations.hiding import FIGURES, Place
from subscribers.registrations.tables import (
    Attendance,
    Registration,
    RegistrationAnswer,
    Standing,
    WebinarTotal,
)

Invited = Mapping[int | None, int]
"""How many were sent the announcement, by organisation; None for those of none."""

ELSEWHERE = ""
"""The region of who works for no municipality, or for none that we know."""


def totals_of(
    session: Session, webinar: Webinar, *, invited: Invited, now: datetime
) -> Sequence[WebinarTotal]:
    """The totals that were kept; while there are none, those of this moment, which are not kept."""
    kept = session.exec(select(WebinarTotal).where(WebinarTotal.webinar_id == webinar.id)).all()
    return kept or _count(session, webinar, invited, now)


def end_registrations(session: Session, webinar: Webinar, *, invited: Invited, now: datetime) -> int:
    """Erase who took part, with their answers and when they were there, and keep the totals; gives how many it were.

    What they asked and how they judged stays, without them. Twice is once: totals that are kept are never counted again.
    """
    for total in totals_of(session, webinar, invited=invited, now=now):
        session.add(total)
    session.flush()
    gone = session.exec(delete(Registration).where(col(Registration.webinar_id) == webinar.id))
    return gone.rowcount


def end_answers(session: Session, question: OwnQuestion) -> int:
    """Erase what was answered to a question; gives how many answers it were."""
    gone = session.exec(delete(RegistrationAnswer).where(col(RegistrationAnswer.question_id) == question.id))
    return gone.rowcount


def places_of(session: Session, totals: Sequence[WebinarTotal]) -> list[Place]:
    """The totals by municipality; all that is none of one stands together, without a name."""
    ids = [one.organisation_id for one in totals if one.organisation_id is not None]
    known = {one.id: one for one in session.exec(select(Organisation).where(col(Organisation.id).in_(ids)))}
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for total in totals:
        found = known.get(total.organisation_id)
        name, region = (found.name, found.ggd_region) if found and found.ggd_region else ("", ELSEWHERE)
        here = counts.setdefault((name, region), dict.fromkeys(FIGURES, 0))
        for key in FIGURES:
            here[key] += getattr(total, key)
    return [Place(name, region, figures) for (name, region), figures in counts.items()]


def _count(session: Session, webinar: Webinar, invited: Invited, now: datetime) -> list[WebinarTotal]:
    there = exists().where(col(Attendance.registration_id) == col(Registration.id))
    seat = col(Registration.standing) == Standing.SEAT
    sums = {
        "registered": seat,
        "attended": seat & there,
        "absent": seat & ~there,
        "recording_only": col(Registration.standing) == Standing.RECORDING,
        "watched": col(Registration.watched_at).is_not(None),
    }
    counted = rows(
        col(Registration.organisation_id),
        *(func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in sums.values()),
    )
    mine = counted.where(col(Registration.webinar_id) == webinar.id).group_by(
        col(Registration.organisation_id)
    )
    found = {row[0]: dict(zip(sums, row[1:], strict=True)) for row in session.connection().execute(mine)}
    totals = []
    for organisation_id in {*found, *invited}:
        figures = found.get(organisation_id, dict.fromkeys(sums, 0))
        if webinar.attendance_known_at is None:
            figures["absent"] = 0  # nobody was absent where the room does not know who was there
        totals.append(
            WebinarTotal(
                webinar_id=webinar.id or 0,
                organisation_id=organisation_id,
                invited=invited.get(organisation_id, 0),
                counted_at=now,
                **figures,
            )
        )
    return totals
