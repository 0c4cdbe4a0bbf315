"""Hosting at the desk: an editor goes into the room of a webinar before the others do, as the one who leads it.

No transaction is held while a room's server is asked: it may be slow, and others write meanwhile.
"""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from content.webinars.tables import RoomKind, Webinar, WebinarStatus, speakers_of, webinar_by_id
from service.audit import Act
from service.database import reading, writing
from service.desk.access import Editor
from service.desk.frame import desk_page
from service.desk.webinar_frame import ADDRESS, note
from service.errors import NotOpen
from service.joining import OPEN_AFTER, moderator_address, number_inside
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now
from service.web.pages import see
from service.webinars.wording import when

HOSTS_BEFORE = timedelta(hours=1)
"""Who leads tries sound and slides before the others come in."""

router = APIRouter(prefix=ADDRESS + "/{webinar_id}", dependencies=[Depends(csrf_protected)])


def hosting_from(webinar: Webinar) -> datetime:
    """From when the room can be entered by who leads."""
    return webinar.starts_at - HOSTS_BEFORE


def can_be_hosted(webinar: Webinar, now: datetime) -> bool:
    """Whether who leads can go in now."""
    open_now = hosting_from(webinar) <= now < webinar.ends_at + OPEN_AFTER
    return webinar.status == WebinarStatus.PUBLISHED and open_now


def _hosted(house: House, now: Now, webinar_id: int) -> Webinar:
    """The webinar, while it can be led.

    Raises:
        NotOpen: it is too early or too late, or it does not happen.
        UnknownWebinar: there is none with this id.
    """
    with reading(house.engine) as session:
        webinar = webinar_by_id(session, webinar_id)
    if not can_be_hosted(webinar, now):
        raise NotOpen(f"Webinar {webinar.slug!r} cannot be led now.")
    return webinar


Hosted = Annotated[Webinar, Depends(_hosted)]


@router.post("/gastheer")
def entered(house: House, now: Now, person: Editor, webinar: Hosted) -> Response:
    """Into the room."""
    own = f"{ADDRESS}/{webinar.id}"
    address = moderator_address(house, webinar, key=str(person.user_id), name=person.name, page=own)
    with writing(house.engine) as session:
        note(session, person, Act.WEBINAR_HOSTED, webinar, now=now)
    return see(address)


@router.get("/ruimte")
def room(
    *, request: Request, house: House, now: Now, language: Language, person: Editor, webinar: Hosted
) -> Response:
    """The demo's room, as who leads sees it."""
    if webinar.room_kind != RoomKind.DEMO:
        return see(f"{ADDRESS}/{webinar.id}")
    with reading(house.engine) as session:
        return desk_page(
            request,
            "webinars/room.html",
            person=person,
            place="webinars",
            webinar=webinar,
            when=when(webinar.starts_at, webinar.ends_at, language),
            inside=number_inside(session, webinar),
            speakers=speakers_of(session, webinar),
            going=webinar.starts_at <= now,
        )
