"""Rooms: the port behind which a webinar takes place. Kennispost knows no room; each adapter says what it can do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Capability(StrEnum):
    """What a room may be able to do beside being entered."""

    CREATE = "create"
    PERSONAL_JOIN = "personal-join"
    ATTENDANCE = "attendance"
    RECORDING = "recording"
    END = "end"


class Role(StrEnum):
    """As what somebody enters."""

    VIEWER = "viewer"
    MODERATOR = "moderator"


@dataclass(frozen=True)
class Meeting:
    """A webinar as a room sees it. `key` never changes. `address` is a stored link, `page` where people come out again."""

    key: str
    title: str
    address: str = ""
    page: str = ""


@dataclass(frozen=True)
class Room:
    """A room that is there. `created` is what the adapter needs to tell this room from an earlier one with the same key."""

    key: str
    address: str = ""
    created: str = ""


@dataclass(frozen=True)
class Participant:
    """Who enters. `key` is what attendance calls them by, and no address; `page` is their own page of ours."""

    key: str
    name: str
    page: str = ""


@dataclass(frozen=True)
class Presence:
    """Somebody was in the room in this span; a moment that the room does not tell is None."""

    key: str
    joined_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True)
class Recording:
    """A recording; without an address it is still being made."""

    key: str
    meeting: str
    address: str = ""


@dataclass(frozen=True)
class CallbackRequest:
    """What a room's server sent us: the fields of its form."""

    fields: Mapping[str, str]


@dataclass(frozen=True)
class RecordingReady:
    """A room says that a recording can be asked for."""

    meeting: str
    recording: str


class RoomPort(Protocol):
    """What every adapter offers. What it cannot do, it answers with nothing, and `capabilities` says so beforehand.

    Each may raise RoomUnavailable: the server did not answer, or refused.
    """

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this room can do."""
        ...

    def ensure_room(self, meeting: Meeting) -> Room:
        """The room, made when it is not there. Twice is once."""
        ...

    def join_url(self, room: Room, participant: Participant, role: Role) -> str:
        """Where the participant's browser goes."""
        ...

    def end(self, room: Room) -> None:
        """Everybody leaves."""
        ...

    def attendance(self, room: Room) -> Sequence[Presence] | None:
        """Who was or is there; None is that nobody knows, which makes nobody absent."""
        ...

    def recordings(self, room: Room) -> Sequence[Recording]:
        """The recordings that there are, those that are being made among them."""
        ...

    def parse_callback(self, request: CallbackRequest) -> RecordingReady | None:
        """What a callback says; None when it is none of this room's. Raises CallbackRefused: it is not signed by the server."""
        ...
