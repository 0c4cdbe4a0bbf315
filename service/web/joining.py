"""Joining a webinar: our own page in front of the room, so that another room needs no new mail.

Looking notes nothing, since scanners of mail look as well; the button leads on to the room.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from content.webinars.tables import RoomKind, Webinar, speakers_of
from service.database import reading, writing
from service.errors import CallbackRefused, NotOpen, RoomUnavailable
from service.i18n import span
from service.joining import Door, enter, is_inside, note_left, opens_at, others_inside, ticket
from service.limits import RateLimit
from service.recordings import receive
from service.runtime import Runtime
from service.tokens import Purpose, read_token
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now, limited_by_link
from service.web.headers import SITE_POLICY
from service.web.pages import page, see
from service.web.unsubscribe import fields
from service.webinars.rooms import CallbackRequest
from service.webinars.wording import when

router = APIRouter(prefix="/deelnemen/{token}", dependencies=[Depends(csrf_protected)])

callbacks = APIRouter(prefix="/api/v1/rooms")

LEFT = "weg"
"""What the address of the page says after somebody left the demo's room."""

UNAVAILABLE = "unavailable"

PER_LINK = RateLimit("webinar-join", 30, 300)
"""Ways in and out by one link: enough for a connection that fails again and again, and nobody waits long."""

counted = limited_by_link(PER_LINK, Purpose.JOIN)


@dataclass(frozen=True)
class _Visit:
    """Whose page it is, in which request. No transaction: a room's server is asked in between."""

    request: Request
    house: Runtime
    now: datetime
    language: str
    token: str
    reference: str


def _visit(*, token: str, request: Request, house: House, now: Now, language: Language) -> _Visit:
    reference = str(read_token(house.settings, Purpose.JOIN, token, now=now))
    return _Visit(request, house, now, language, token, reference)


Visit = Annotated[_Visit, Depends(_visit)]


@router.api_route("", methods=["GET", "HEAD"])
def look(visit: Visit, gedaan: str = "") -> Response:
    """When the room opens, and what to expect. A link to join is passed on easily: it leads to nobody's own page."""
    return _page(visit, done=gedaan)


@router.post("", dependencies=[Depends(counted)])
def join(visit: Visit) -> Response:
    """Into the room. Who cannot go in now sees why."""
    own = f"/deelnemen/{visit.token}"
    try:
        return see(enter(visit.house, reference=visit.reference, page=own, now=visit.now))
    except NotOpen:
        return _page(visit, status=409)
    except RoomUnavailable:
        return _page(visit, status=503, done=UNAVAILABLE)


@router.api_route("/ruimte", methods=["GET", "HEAD"])
def room(visit: Visit) -> Response:
    """The demo's room, for who pressed the button."""
    with reading(visit.house.engine) as session:
        found = ticket(session, reference=visit.reference, now=visit.now)
        number = found.registration.id or 0
        if found.webinar.room_kind != RoomKind.DEMO or not is_inside(session, number):
            return see(f"/deelnemen/{visit.token}")
        return page(
            visit.request,
            "webinars/room.html",
            token=visit.token,
            webinar=found.webinar,
            when=when(found.webinar.starts_at, found.webinar.ends_at, visit.language),
            name=found.registration.name,
            others=others_inside(session, found.registration),
            speakers=speakers_of(session, found.webinar),
            going=found.webinar.starts_at <= visit.now,
        )


@router.post("/ruimte", dependencies=[Depends(counted)])
def leave(visit: Visit) -> Response:
    """Out of the demo's room."""
    with writing(visit.house.engine) as session:
        found = ticket(session, reference=visit.reference, now=visit.now)
        note_left(session, registration_id=found.registration.id or 0, now=visit.now)
    return see(f"/deelnemen/{visit.token}?gedaan={LEFT}")


@callbacks.post("/recording-ready")
def recording_ready(house: House, posted: Annotated[Mapping[str, str], Depends(fields)]) -> Response:
    """A server of rooms says that a recording is ready. It needs no form token: it is signed.

    Answers 204 when it was noted, 404 for a room that is none of ours, 401 when it is not signed, 503 to be called again.
    """
    try:
        known = receive(house, CallbackRequest(posted))
    except CallbackRefused:
        return Response(status_code=401)
    except RoomUnavailable:
        return Response(status_code=503)
    return Response(status_code=204 if known else 404)


def _page(visit: _Visit, *, status: int = 200, done: str = "") -> Response:
    with reading(visit.house.engine) as session:
        found = ticket(session, reference=visit.reference, now=visit.now)
        webinar, opens = found.webinar, opens_at(found.webinar)
        answer = page(
            visit.request,
            "webinars/join.html",
            status=status,
            token=visit.token,
            webinar=webinar,
            when=when(webinar.starts_at, webinar.ends_at, visit.language),
            door=found.door,
            mine=found.registration,
            opens=opens,
            wait=span(opens - visit.now, visit.language) if found.door == Door.EARLY else "",
            speakers=speakers_of(session, webinar),
            done=done if done in (LEFT, UNAVAILABLE) else "",
        )
    answer.headers["Content-Security-Policy"] = room_policy(visit.house, webinar)
    return answer


def room_policy(house: Runtime, webinar: Webinar) -> str:
    """The site's policy, but the form may lead to the room: browsers hold each redirect that follows it to `form-action`."""
    if webinar.room_kind == RoomKind.DEMO:
        return SITE_POLICY
    targets = "'self' https:"
    if house.settings.bigbluebutton_url.startswith("http://"):
        targets += " " + "/".join(house.settings.bigbluebutton_url.split("/")[:3])
    return SITE_POLICY.replace("form-action 'self'", f"form-action {targets}")
