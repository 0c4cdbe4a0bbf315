"""What the pages of a webinar at the desk share: who edits which, their names for things, and the line in the audit."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from content.webinars.tables import (
    AskKind,
    ForWhom,
    MaterialKind,
    RoomKind,
    Webinar,
    WebinarStatus,
    webinar_by_id,
)
from service.audit import Act, note_act
from service.desk.access import Editor, Person
from service.desk.frame import desk_page
from service.i18n import _
from service.mailing.reminding import CAME_LATER, MOVED_LATER, TOO_LATE
from service.mailing.telling import MOVED
from service.web.dependencies import Now, Transaction
from subscribers.registrations.tables import Standing

ADDRESS = "/redactie/webinars"

FOR_WHOM = {
    ForWhom.EVERYONE: _("Iedereen"),
    ForWhom.GOVERNMENT: _("Alleen overheden: adressen uit de lijst met domeinen"),
}
ROOMS = {
    RoomKind.LINK: _("Een link (Teams, Zoom)"),
    RoomKind.BIGBLUEBUTTON: _("BigBlueButton"),
    RoomKind.DEMO: _("De proefruimte van Kennispost"),
}
MATERIALS = {
    MaterialKind.SLIDES: _("Presentatie"),
    MaterialKind.DOCUMENT: _("Document"),
    MaterialKind.RECORDING: _("Opname"),
    MaterialKind.LINK: _("Link"),
}
ASKED = {AskKind.TEXT: _("Open vraag"), AskKind.CHOICE: _("Keuze uit een lijst")}
STANDINGS = {
    Standing.SEAT: _("doet mee"),
    Standing.OFFERED: _("plaats aangeboden"),
    Standing.WAITING: _("wachtlijst"),
    Standing.RECORDING: _("alleen de opname"),
    Standing.ASKED: _("nog niet bevestigd"),
    Standing.WITHDRAWN: _("afgemeld"),
    Standing.LAPSED: _("aanbod verlopen"),
    Standing.HANDED_OVER: _("plaats overgedragen"),
}
STAGES = {
    "draft": _("concept"),
    "coming": _("gepubliceerd"),
    "going": _("bezig"),
    "over": _("geweest"),
    "cancelled": _("afgelast"),
}
"""Where a webinar stands for the desk."""

MAILS = {
    "webinar-changed": _("Verplaatst"),
    "webinar-cancelled": _("Afgelast"),
    "webinar-day": _("Herinnering, een dag ervoor"),
    "webinar-hour": _("Herinnering, een uur ervoor"),
    "webinar-start": _("We beginnen"),
    "webinar-attended": _("Opname, aan wie erbij was"),
    "webinar-absent": _("Opname, aan wie er niet bij was"),
    "webinar-recorded": _("Opname, aan de anderen"),
}
"""The mails that go to all whom they concern at once."""
UNSENT = {
    TOO_LATE: _("te laat: het moment was al voorbij"),
    CAME_LATER: _("niet nodig: kreeg pas daarna een plaats"),
    MOVED_LATER: _("niet nodig: daarna verplaatst, en dat is gemaild"),
    MOVED: _("niet meer waar: verplaatst of afgelast voor de mail vertrok"),
}
"""Why one of them was not sent, by what the ledger notes."""


@dataclass(frozen=True)
class Editing:
    """An editor at a webinar, in one request.

    The webinar is read where it is first asked for, in the route, and not in the dependency: on SQLite the first statement
    takes the lock of writers, and a route that then had to wait for a thread could wait for those who wait for the lock.
    """

    request: Request
    session: Session
    now: datetime
    person: Person
    number: int

    @cached_property
    def webinar(self) -> Webinar:
        """The webinar at this address (UnknownWebinar where there is none)."""
        return webinar_by_id(self.session, self.number)

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page of this webinar at the desk."""
        return desk_page(
            self.request,
            f"webinars/{template}",
            status=status,
            person=self.person,
            place="webinars",
            webinar=self.webinar,
            **values,
        )

    def note(self, act: Act, detail: str = "") -> None:
        """A line in the audit; `detail` stands behind the title."""
        words = f"{self.webinar.title}: {detail}" if detail else self.webinar.title
        note(self.session, self.person, act, self.webinar, now=self.now, detail=words)


def editing(request: Request, session: Transaction, now: Now, person: Editor, webinar_id: int) -> Editing:
    """Who edits which webinar."""
    return Editing(request, session, now, person, webinar_id)


AtWebinar = Annotated[Editing, Depends(editing, scope="function")]


def stage_at_desk(webinar: Webinar, now: datetime) -> str:
    """One of `STAGES`."""
    if webinar.status == WebinarStatus.PUBLISHED:
        if webinar.ends_at <= now:
            return "over"
        return "going" if webinar.starts_at <= now else "coming"
    return "cancelled" if webinar.status == WebinarStatus.CANCELLED else "draft"


def subject_of(webinar: Webinar) -> str:
    """How the audit names a webinar."""
    return f"webinar {webinar.id}"


def note(
    session: Session, person: Person, act: Act, webinar: Webinar, *, now: datetime, detail: str = ""
) -> None:
    """A line in the audit about a webinar."""
    note_act(
        session,
        actor=person.address,
        action=act,
        now=now,
        subject=subject_of(webinar),
        detail=detail or webinar.title,
    )
