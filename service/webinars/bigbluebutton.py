"""BigBlueButton: rooms on a server that speaks its API (docs.bigbluebutton.org, "API Reference"; 2.5 or later).

Each call is a GET whose query is signed: checksum = SHA-256(name of the call + query + shared secret). A room is made when
somebody enters, since empty rooms expire; making it twice is making it once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, ParseError

import jwt
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from content.errors import FetchFailed
from service.errors import CallbackRefused, RoomUnavailable
from service.webinars.rooms import (
    CallbackRequest,
    Capability,
    Meeting,
    Participant,
    Presence,
    Recording,
    RecordingReady,
    Role,
    Room,
)

PAGE_SIZE = 50
PAGES = 40
"""Two thousand recordings of one webinar: a server that has more does not count right."""

PROCESSING = frozenset({"processing", "processed"})
"""States of a recording that cannot be watched yet."""

Get = Callable[[str], bytes]
"""The body of an address, fetched within limits. Raises FetchFailed."""


@dataclass(frozen=True)
class BigBlueButton:
    """A server: `address` is its API ("https://host/bigbluebutton/api"), `ready` where it says that a recording is there."""

    address: str
    secret: str = field(repr=False)
    get: Get
    ready: str = ""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """All there is."""
        return frozenset(Capability)

    def ensure_room(self, meeting: Meeting) -> Room:
        """Make the room. A recording exists only where somebody started one, which moderators decide in the room."""
        wanted = {
            "name": meeting.title[:256],
            "meetingID": meeting.key,
            "record": "true",
            "autoStartRecording": "false",
            "allowStartStopRecording": "true",
            "muteOnStart": "true",
            "logoutURL": meeting.page,
            "meta_bbb-recording-ready-url": self.ready,
        }
        made = self._ask("create", {name: value for name, value in wanted.items() if value})
        return Room(key=meeting.key, created=_text(made, "createTime"))

    def join_url(self, room: Room, participant: Participant, role: Role) -> str:
        """An address that is this person's own: the server takes their name and role from it, and asks nothing."""
        wanted = {
            "fullName": participant.name or participant.key,
            "meetingID": room.key,
            "role": "MODERATOR" if role == Role.MODERATOR else "VIEWER",
            "userID": participant.key,
            "createTime": room.created,
            "redirect": "true",
        }
        return signed(self.address, "join", {name: one for name, one in wanted.items() if one}, self.secret)

    def end(self, room: Room) -> None:
        """Everybody leaves. A room that is not there has ended."""
        self._ask("end", {"meetingID": room.key}, allowed="notFound")

    def attendance(self, room: Room) -> Sequence[Presence] | None:
        """Who is in it now, which the caller keeps as spans; None when the room is not there (any more)."""
        answer = self._ask("getMeetingInfo", {"meetingID": room.key}, allowed="notFound")
        if answer is None:
            return None
        return [Presence(key) for one in answer.iter("attendee") if (key := _text(one, "userID"))]

    def recordings(self, room: Room) -> Sequence[Recording]:
        """All of them, page by page."""
        return list(self._recordings(room))

    def parse_callback(self, request: CallbackRequest) -> RecordingReady | None:
        """A recording-ready callback: `signed_parameters`, a JWT (HS256) under the shared secret."""
        token = request.fields.get("signed_parameters", "")
        if not token:
            return None
        try:
            said = jwt.decode(token, self.secret, algorithms=["HS256"])
            return RecordingReady(meeting=str(said["meeting_id"]), recording=str(said["record_id"]))
        except (jwt.InvalidTokenError, KeyError) as error:
            raise CallbackRefused("This callback is not signed by the server of our rooms.") from error

    def _recordings(self, room: Room) -> Iterator[Recording]:
        states = "processing,processed,published,unpublished"
        for number in range(PAGES):
            asked = {
                "meetingID": room.key, "state": states, "offset": str(number * PAGE_SIZE), "limit": str(PAGE_SIZE),
            }  # fmt: skip
            answer = self._ask("getRecordings", asked)
            found = list(answer.iter("recording")) if answer is not None else []
            yield from (_recording(one) for one in found if _text(one, "meetingID") == room.key)
            if len(found) < PAGE_SIZE:
                return

    def _ask(self, call: str, wanted: Mapping[str, str], *, allowed: str = "") -> Element | None:
        """The answer; None where the server refuses with the key that is allowed."""
        try:
            answer = fromstring(self.get(signed(self.address, call, wanted, self.secret)))
        except (FetchFailed, ParseError, DefusedXmlException, ValueError) as error:
            raise RoomUnavailable(f"The server of rooms did not answer {call}: {error}") from error
        if _text(answer, "returncode") == "SUCCESS":
            return answer
        if allowed and _text(answer, "messageKey") == allowed:
            return None
        raise RoomUnavailable(f"The server of rooms refused {call}: {_text(answer, 'messageKey')[:100]!r}.")


def signed(address: str, call: str, wanted: Mapping[str, str], secret: str) -> str:
    """The address of a call, with its checksum."""
    query = urlencode(wanted)
    return (
        f"{address.rstrip('/')}/{call}?{query}{'&' if query else ''}checksum={checksum(call, query, secret)}"
    )


def checksum(call: str, query: str, secret: str) -> str:
    """SHA-256 over the call, its query and the secret, which servers since 2.5 accept."""
    return sha256(f"{call}{query}{secret}".encode()).hexdigest()


def _recording(one: Element) -> Recording:
    address = next((_text(each, "url") for each in one.iter("format") if _text(each, "url")), "")
    processing = _text(one, "state") in PROCESSING or not address.startswith("https://")
    return Recording(
        key=_text(one, "recordID"), meeting=_text(one, "meetingID"), address="" if processing else address
    )


def _text(element: Element | None, name: str) -> str:
    return (element.findtext(name) or "").strip() if element is not None else ""
