"""Facts: what a calendar, a page's metadata and a mail say of a webinar, as values. Pure."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal, Protocol

from content.prose import plain_text
from content.webinars.tables import Webinar, WebinarStatus
from service.settings import Settings

Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True)
class Attendee:
    """For whom an invitation is: the one ATTENDEE that it has."""

    name: str
    address: str


@dataclass(frozen=True)
class WebinarFacts:
    """A webinar as calendars see it. Moments are instants; `sequence` is that of the one whom it is for.

    `page` is the public page: the only address that is in a calendar, since calendars are shared with teams. `organiser` is
    the sender of the mail, as ORGANIZER must equal From. `made_at` is the moment of the message (DTSTAMP).
    """

    uid: str
    sequence: int
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    page: str
    organiser_name: str
    organiser_address: str
    made_at: datetime
    previous_starts_at: datetime | None = None


class Invitation(Protocol):
    """What makes a calendar object (RFC 5545, iTIP of RFC 5546) with CRLF lines for one attendee."""

    def __call__(
        self, *, webinar: WebinarFacts, attendee: Attendee, method: Method, person_only: bool
    ) -> bytes:
        """`person_only` says that only this person is cancelled: then a CANCEL has no STATUS (RFC 5546, 3.2.5)."""
        ...


def page_address(settings: Settings, slug: str) -> str:
    """A webinar's public page."""
    return f"{settings.base_url}/webinars/{slug}"


def facts_of(webinar: Webinar, *, settings: Settings, now: datetime, own_sequence: int = 0) -> WebinarFacts:
    """The facts of a webinar, for somebody whose own sequence is added."""
    return WebinarFacts(
        uid=webinar.uid,
        sequence=webinar.sequence + own_sequence,
        title=webinar.title,
        text=_as_text(webinar.summary),
        starts_at=webinar.starts_at,
        ends_at=webinar.ends_at,
        cancelled=webinar.status == WebinarStatus.CANCELLED,
        page=page_address(settings, webinar.slug),
        organiser_name=settings.sender_name or "Kennispost",
        organiser_address=settings.sender_address or "kennispost@localhost.invalid",
        made_at=now,
        previous_starts_at=webinar.previous_starts_at,
    )


@lru_cache(maxsize=64)
def _as_text(summary: str) -> str:
    """Asked for each person who is mailed about the same webinar."""
    return plain_text(summary)
