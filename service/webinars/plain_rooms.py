"""Rooms without a server of ours: a stored link (Teams, Zoom), and the page that the demo has for a room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.errors import RoomUnavailable
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


@dataclass(frozen=True)
class LinkRoom:
    """A link that editors stored, the same for everyone. Who was there, it does not tell."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Nothing but being entered."""
        return frozenset()

    def ensure_room(self, meeting: Meeting) -> Room:
        """The link. Raises RoomUnavailable: it was not filled in, or is not https."""
        if not meeting.address.startswith("https://"):
            raise RoomUnavailable(f"Webinar {meeting.key!r} has no link to a room yet.")
        return Room(key=meeting.key, address=meeting.address)

    def join_url(self, room: Room, participant: Participant, role: Role) -> str:  # noqa: ARG002  the port hands it over
        """The same link, whoever enters."""
        return room.address

    def end(self, room: Room) -> None:
        """Who is in stays in: the link is not ours."""

    def attendance(self, room: Room) -> Sequence[Presence] | None:  # noqa: ARG002  the port hands it over
        """Unknown."""
        return None

    def recordings(self, room: Room) -> Sequence[Recording]:  # noqa: ARG002  the port hands it over
        """None that we know of."""
        return ()

    def parse_callback(self, request: CallbackRequest) -> RecordingReady | None:  # noqa: ARG002  the port hands it over
        """No server of a link calls us."""
        return None


@dataclass(frozen=True)
class DemoRoom:
    """A page of our own that stands for a room, so that the whole can be walked through. `inside` gives who came and left."""

    inside: Callable[[str], Sequence[Presence]]

    @property
    def capabilities(self) -> frozenset[Capability]:
        """It knows who came and left, since both are presses on our own pages."""
        return frozenset({Capability.PERSONAL_JOIN, Capability.ATTENDANCE})

    def ensure_room(self, meeting: Meeting) -> Room:
        """It is always there."""
        return Room(key=meeting.key)

    def join_url(self, room: Room, participant: Participant, role: Role) -> str:  # noqa: ARG002  the port hands it over
        """A page below their own."""
        return f"{participant.page}/ruimte"

    def end(self, room: Room) -> None:
        """Nothing goes on in it."""

    def attendance(self, room: Room) -> Sequence[Presence] | None:
        """The spans that our pages noted."""
        return self.inside(room.key)

    def recordings(self, room: Room) -> Sequence[Recording]:  # noqa: ARG002  the port hands it over
        """There is nothing to record."""
        return ()

    def parse_callback(self, request: CallbackRequest) -> RecordingReady | None:  # noqa: ARG002  the port hands it over
        """It calls nobody."""
        return None
