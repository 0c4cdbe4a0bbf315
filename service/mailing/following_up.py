"""Following up: the recording and the materials, once to each: to who was there, to who was not, and to all others.

The others are those who only wanted the recording, and those who waited for a seat that did not come.

Nobody hears that they were absent where the room does not know who was there; then all who had a seat get the same mail.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col

from content.webinars.materials import can_be_seen
from content.webinars.tables import MaterialKind, Webinar, WebinarStatus, materials_of
from service.errors import RecordingNotReady
from service.mailing.telling import left_over, mailing_of, queue
from service.settings import Settings
from subscribers.registrations.tables import Attendance, Registration, Standing

AFTERWARDS = "afterwards"


def is_ready(session: Session, webinar: Webinar, *, now: datetime) -> bool:
    """Whether it was held, and a recording of it can be seen: one without captions cannot, so that no mail leaves for it."""
    held = webinar.status == WebinarStatus.PUBLISHED and webinar.ends_at <= now
    return held and any(
        one.kind == MaterialKind.RECORDING and can_be_seen(one, now) for one in materials_of(session, webinar)
    )


def follow_up(session: Session, settings: Settings, webinar: Webinar, *, now: datetime) -> int:
    """Queue the follow-ups, for those who have none yet; gives for how many. The caller holds the webinar.

    Raises:
        RecordingNotReady: it was not held, or no recording with captions can be seen.
    """
    if not is_ready(session, webinar, now=now):
        raise RecordingNotReady(f"Webinar {webinar.slug!r} has no recording with captions that can be seen.")
    return sum(
        queue(
            session,
            settings,
            mailing_of(session, webinar, kind=kind, moment=AFTERWARDS, now=now),
            now=now,
            only=whom,
        )
        for kind, whom in _whom(webinar).items()
    )


def to_follow_up(session: Session, webinar: Webinar) -> int:
    """For how many there is none yet."""
    missing = (
        left_over(session, webinar, kind=kind, moment=AFTERWARDS, only=whom)
        for kind, whom in _whom(webinar).items()
    )
    return sum(len(session.connection().execute(one).all()) for one in missing)


def _whom(webinar: Webinar) -> dict[str, ColumnElement[bool]]:
    """Conditions on `Registration`, by kind of mail: each person meets one at most."""
    there = exists().where(col(Attendance.registration_id) == col(Registration.id))
    without_seat = col(Registration.standing) != Standing.SEAT
    if webinar.attendance_known_at is None:
        return {"webinar-attended": there, "webinar-recorded": without_seat | ~there}
    return {"webinar-attended": there, "webinar-absent": ~there, "webinar-recorded": without_seat}
