"""Joining: people enter the room of a webinar, and who was there is kept as spans.

A room's server is asked between transactions, never within one: it may be slow, and others write meanwhile. A look at the page
notes nothing, since scanners of mail look as well; a press on the button does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from content.errors import UnknownWebinar
from content.fetching import fetch_now
from content.webinars.moments import OPENS_BEFORE
from content.webinars.tables import RoomKind, Webinar, WebinarStatus
from service.database import reading, writing
from service.errors import NotOpen, RoomUnavailable
from service.i18n import _, translate
from service.runtime import Runtime
from service.visiting import fetch_rules
from service.webinars.bigbluebutton import BigBlueButton
from service.webinars.facts import page_address
from service.webinars.plain_rooms import DemoRoom, LinkRoom
from service.webinars.rooms import Meeting, Participant, Presence, Role, RoomPort
from subscribers.errors import UnknownRegistration
from subscribers.registrations.tables import Attendance, Registration, Standing

OPEN_AFTER = timedelta(minutes=30)
"""A webinar may run late: the room can be entered this long after its planned end."""

ARRIVING = timedelta(minutes=2)
"""How long somebody may be on the way from our page into the room before a room that does not see them counts."""

ANSWERS_WITHIN = 8.0
"""Seconds that a room's server may take: somebody waits for it."""


NAMELESS = _("Deelnemer")
"""What others in the room see of who gave no name."""


class Door(StrEnum):
    """Whether somebody can go in, or why not."""

    OPEN = "open"
    EARLY = "early"
    OVER = "over"
    CANCELLED = "cancelled"
    NO_SEAT = "no-seat"


@dataclass(frozen=True)
class Ticket:
    """Somebody at the door: `door` says whether they can go in now."""

    webinar: Webinar
    registration: Registration
    door: Door


def opens_at(webinar: Webinar) -> datetime:
    """From when the room can be entered."""
    return webinar.starts_at - OPENS_BEFORE


def ticket(session: Session, *, reference: str, now: datetime) -> Ticket:
    """Where somebody stands.

    Raises:
        UnknownRegistration: the registration is gone.
        UnknownWebinar: the webinar is.
    """
    mine = session.exec(select(Registration).where(Registration.reference == reference)).first()
    if mine is None:
        raise UnknownRegistration("This link is about a registration that is not there any more.")
    webinar = session.get(Webinar, mine.webinar_id)
    if webinar is None:
        raise UnknownWebinar("This webinar is gone.")
    return Ticket(webinar, mine, _door(webinar, mine, now))


def enter(runtime: Runtime, *, reference: str, page: str, now: datetime) -> str:
    """Let somebody in: note that they joined, and give the address of the room. `page` is their own page of ours.

    Raises:
        NotOpen: it is too early or too late, it was cancelled, or they have no seat.
        RoomUnavailable: the room cannot be entered now; nothing was noted.
        UnknownRegistration, UnknownWebinar: the link is about something that is gone.
    """
    with reading(runtime.engine) as session:
        found = ticket(session, reference=reference, now=now)
        if found.door != Door.OPEN:
            raise NotOpen(f"The door of webinar {found.webinar.slug!r} is not open: {found.door}.")
        mine = found.registration
        person = Participant(str(mine.id), mine.name or translate(mine.language, NAMELESS), page)
        webinar = found.webinar
    port = room_port(runtime, webinar)
    room = port.ensure_room(meeting_of(runtime, webinar))
    address = port.join_url(room, person, Role.VIEWER)
    with writing(runtime.engine) as session:
        note_joined(session, registration_id=int(person.key), source=webinar.room_kind, now=now)
    return address


def moderator_address(runtime: Runtime, webinar: Webinar, *, key: str, name: str, page: str) -> str:
    """Where somebody of the desk enters as moderator. `key` is theirs, and no registration's; `page` is theirs of ours.

    Raises:
        RoomUnavailable: the room cannot be entered now.
    """
    port = room_port(runtime, webinar)
    room = port.ensure_room(meeting_of(runtime, webinar))
    return port.join_url(room, Participant(f"desk-{key}", name, page), Role.MODERATOR)


def note_joined(session: Session, *, registration_id: int, source: str, now: datetime) -> None:
    """Open a span, unless one is open."""
    if not _open_spans(session, [registration_id]):
        session.add(Attendance(registration_id=registration_id, joined_at=now, source=source))
        session.flush()


def note_left(session: Session, *, registration_id: int, now: datetime) -> None:
    """Close the span that is open."""
    for span in _open_spans(session, [registration_id]):
        span.left_at = now
        session.add(span)
    session.flush()


def look_in(session: Session, webinar: Webinar, present: Sequence[Presence], *, now: datetime) -> None:
    """A room says who is in it now: who came gets a span, and who left has theirs closed."""
    mine = set(session.exec(select(Registration.id).where(Registration.webinar_id == webinar.id)))
    inside = {int(one.key) for one in present if one.key.isdigit()} & {one for one in mine if one}
    spans = _open_spans(session, {one for one in mine if one})
    for span in spans:
        if span.registration_id not in inside and span.joined_at <= now - ARRIVING:
            span.left_at = now
            session.add(span)
    for number in inside - {span.registration_id for span in spans}:
        session.add(Attendance(registration_id=number, joined_at=now, source=webinar.room_kind))
    webinar.attendance_known_at = now
    session.add(webinar)
    session.flush()


def is_inside(session: Session, registration_id: int) -> bool:
    """Whether they joined and did not leave."""
    return bool(_open_spans(session, [registration_id]))


def others_inside(session: Session, mine: Registration) -> int:
    """How many others joined this webinar and did not leave."""
    return len(_inside(session, mine.webinar_id) - {mine.id})


def number_inside(session: Session, webinar: Webinar) -> int:
    """How many joined this webinar and did not leave."""
    return len(_inside(session, webinar.id or 0))


def close_spans(session: Session, webinar: Webinar, *, at: datetime) -> None:
    """The room is empty: nobody stayed after this."""
    mine = session.exec(select(Registration.id).where(Registration.webinar_id == webinar.id)).all()
    for span in _open_spans(session, {one for one in mine if one}):
        span.left_at = max(at, span.joined_at)
        session.add(span)
    session.flush()


def spans_of(session: Session, key: str) -> list[Presence]:
    """The spans of a webinar, by the key of its room."""
    found = (
        select(Attendance)
        .join(Registration, col(Registration.id) == col(Attendance.registration_id))
        .join(Webinar, col(Webinar.id) == col(Registration.webinar_id))
        .where(Webinar.uid == key)
        .order_by(col(Attendance.joined_at), col(Attendance.id))
    )
    return [Presence(str(one.registration_id), one.joined_at, one.left_at) for one in session.exec(found)]


def room_port(runtime: Runtime, webinar: Webinar) -> RoomPort:
    """The adapter of this webinar's room.

    Raises:
        RoomUnavailable: it is to be on a server, and none is set.
    """
    if webinar.room_kind == RoomKind.LINK:
        return LinkRoom()
    if webinar.room_kind == RoomKind.DEMO:

        def inside(key: str) -> list[Presence]:
            with reading(runtime.engine) as session:
                return spans_of(session, key)

        return DemoRoom(inside)
    return room_server(runtime)


def room_server(runtime: Runtime) -> BigBlueButton:
    """The BigBlueButton server of the settings.

    Raises:
        RoomUnavailable: none is set.
    """
    settings = runtime.settings
    if not settings.bigbluebutton_url or not settings.bigbluebutton_secret.get_secret_value():
        raise RoomUnavailable("KENNISPOST_BIGBLUEBUTTON_URL and KENNISPOST_BIGBLUEBUTTON_SECRET are not set.")
    rules = replace(
        fetch_rules(settings), timeout=ANSWERS_WITHIN, accept="application/xml, text/xml", redirects=0
    )
    return BigBlueButton(
        address=settings.bigbluebutton_url,
        secret=settings.bigbluebutton_secret.get_secret_value(),
        get=lambda url: fetch_now(url, rules=rules).body,
        ready=f"{settings.base_url}/api/v1/rooms/recording-ready",
    )


def meeting_of(runtime: Runtime, webinar: Webinar) -> Meeting:
    """A webinar as a room sees it."""
    page = page_address(runtime.settings, webinar.slug)
    return Meeting(key=webinar.uid, title=webinar.title, address=webinar.room_address, page=page)


def _door(webinar: Webinar, mine: Registration, now: datetime) -> Door:
    if webinar.status == WebinarStatus.CANCELLED:
        return Door.CANCELLED
    if webinar.ends_at + OPEN_AFTER <= now:
        return Door.OVER
    if mine.standing != Standing.SEAT:
        return Door.NO_SEAT
    return Door.OPEN if opens_at(webinar) <= now else Door.EARLY


def _inside(session: Session, webinar_id: int) -> set[int]:
    numbers = session.exec(select(Registration.id).where(Registration.webinar_id == webinar_id))
    return {one.registration_id for one in _open_spans(session, {one for one in numbers if one})}


def _open_spans(session: Session, registrations: Collection[int]) -> list[Attendance]:
    wanted = select(Attendance).where(
        col(Attendance.registration_id).in_(registrations), col(Attendance.left_at).is_(None)
    )
    return list(session.exec(wanted))
