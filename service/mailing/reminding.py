"""Reminding: the day before, the hour before, and "we start". What is due is told from the webinars' rows, each time anew.

Nothing is planned ahead, so that a move needs no planning again. A reminder leaves until the next one is due; who was not
reached by then, and who got a seat after its moment, is noted as missed in the same ledger.
"""

from datetime import datetime, timedelta

from sqlalchemy import literal
from sqlmodel import Session, col, select

from content.webinars.moments import LATE_START, Reminder, missed_from, reminders
from content.webinars.tables import Webinar, WebinarStatus
from service.mailing.occasions import REMINDERS
from service.mailing.telling import left_over, mailing_of, occasion_of, queue
from service.settings import Settings
from subscribers.registrations.tables import Registration

FIRST_BEFORE = timedelta(hours=25)
"""No reminder is due longer than this before the start: a day before is 25 hours where the clock goes back in between."""

TOO_LATE = "Missed: its moment was over before it could leave."
CAME_LATER = "Missed: they got their seat after its moment."
MOVED_LATER = "Missed: the webinar was moved after its moment, and they were told of that."


def near(session: Session, *, now: datetime) -> list[Webinar]:
    """Webinars of which a reminder may be due, or has been and may have been missed."""
    wanted = select(Webinar).where(
        Webinar.status == WebinarStatus.PUBLISHED,
        col(Webinar.starts_at) <= now + FIRST_BEFORE,
        col(Webinar.ends_at) > now - LATE_START,
    )
    return list(session.exec(wanted.order_by(col(Webinar.starts_at))))


def due(session: Session, webinar: Webinar, *, now: datetime) -> list[Reminder]:
    """The reminders whose moment has come while there is somebody of whom the ledger says nothing yet."""
    return [
        reminder
        for reminder, moment in reminders(webinar.starts_at).items()
        if moment <= now and _somebody(session, webinar, reminder, moment)
    ]


def remind(
    session: Session, settings: Settings, webinar: Webinar, reminder: Reminder, *, now: datetime
) -> int:
    """Queue a reminder whose moment has come; gives for how many. The caller holds the webinar, which may have been moved."""
    moment = reminders(webinar.starts_at)[reminder]
    if moment > now or webinar.status != WebinarStatus.PUBLISHED:
        return 0
    mailing = mailing_of(session, webinar, kind=REMINDERS[reminder], moment=moment.isoformat(), now=now)
    if now >= missed_from(webinar.starts_at, reminder):
        return queue(session, settings, mailing, now=now, missed=literal(True), why=literal(TOO_LATE))
    if webinar.moved_at is not None and webinar.moved_at > moment:
        return queue(session, settings, mailing, now=now, missed=literal(True), why=literal(MOVED_LATER))
    came_later = col(Registration.seated_at) > moment
    return queue(session, settings, mailing, now=now, missed=came_later, why=literal(CAME_LATER))


def still_true(webinar: Webinar, mailing_kind: str, occasion: str | None) -> bool:
    """Whether a reminder is about the moment that the webinar has now."""
    wanted = {
        kind: occasion_of(webinar, kind, reminders(webinar.starts_at)[reminder].isoformat())
        for reminder, kind in REMINDERS.items()
    }
    return mailing_kind not in wanted or occasion == wanted[mailing_kind]


def _somebody(session: Session, webinar: Webinar, reminder: Reminder, moment: datetime) -> bool:
    missing = left_over(session, webinar, kind=REMINDERS[reminder], moment=moment.isoformat())
    return session.connection().execute(missing.limit(1)).first() is not None
