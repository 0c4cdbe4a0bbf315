"""The demo's programme: the texts of its webinars. They, the names and what people say of it are made up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from holidays import country_holidays
from sqlmodel import Session

from content.announcing import announce
from content.approval import approve, content_hash
from content.webinars.asking import put_question
from content.webinars.making import Plan, make_webinar, publish
from content.webinars.speakers import put_speaker
from content.webinars.tables import RoomKind, Webinar
from service.clock import AMSTERDAM
from service.demo.issues import EDITOR, PUBLISHER
from service.mailing.outbox import Mailing
from service.mailing.planning import plan_issue
from service.runtime import Runtime
from service.webinars.facts import page_address
from service.webinars.wording import in_both

BEGINS = time(10, 0)
LASTS = timedelta(hours=1)


@dataclass(frozen=True)
class Programmed:
    """A webinar of the programme; `speakers` say by name as what each speaks."""

    title: str
    summary: str
    speakers: Mapping[str, str]
    tags: tuple[str, ...] = ()
    capacity: int | None = None


FIGURES_FIRST = Programmed(
    title="Preventie begint bij cijfers: wat weet u van uw gemeente?",
    summary=(
        "Welke cijfers over alcohol en drugs hebt u al in huis? En wat kunt u aan uw GGD vragen? In een uur gaan we van "
        "een vraag uit de raad naar een keuze in uw beleid.\n\n"
        "**Voor wie:** beleidsmedewerkers gezondheid, jeugd en veiligheid."
    ),
    speakers={
        "Marit Zandstra": "onderzoeker, GGD Voorbeeldregio",
        "Onno Kuiper": "beleidsadviseur, gemeente Voorbeeldstad",
    },
)

LAUGHING_GAS = Programmed(
    title="Werkgroep: lachgas op straat, van melding naar aanpak",
    summary=(
        "Bewoners melden overlast en afval. Wat kunt u doen, en met wie? We werken in een kleine groep aan drie "
        "situaties, zodat iedereen aan het woord komt. Daarom zijn er zes plaatsen.\n\n"
        "**Na afloop** hebt u een lijst met stappen voor uw eigen gemeente."
    ),
    speakers={
        "Sanne Roelofs": "jongerenwerker, Voorbeeldstad",
        "Idris Amrani": "teamleider handhaving, Voorbeeldstad",
    },
    tags=("lachgas", "publieke-ruimte"),
    capacity=6,
)

VAPING = Programmed(
    title="Vapen op school: afspraken die standhouden",
    summary="Een concept om mee te spelen: maak het af, publiceer het, en kondig het aan.",
    speakers={},
    tags=("primair-en-voortgezet-onderwijs", "vapen"),
)

ROLE = "In welke rol doet u mee?"
ROLES = ("beleid gezondheid", "beleid veiligheid", "handhaving", "jongerenwerk", "iets anders")
WHY_ROLE = "Dan maken we groepen waarin verschillende rollen zitten."


def weekday(now: datetime, *, days: int) -> datetime:
    """Ten o'clock on the day that lies this far off (before today where negative), or the next working day beyond it. Pure."""
    day = (now.astimezone(AMSTERDAM) + timedelta(days=days)).date()
    off = country_holidays("NL")
    while day.weekday() > 4 or day in off:
        day += timedelta(days=1 if days > 0 else -1)
    return datetime.combine(day, BEGINS, tzinfo=AMSTERDAM).astimezone(UTC)


def put_on(
    session: Session, runtime: Runtime, programmed: Programmed, *, starts_at: datetime, now: datetime
) -> Webinar:
    """A draft of it, made by the editor, in the room that is a page."""
    plan = Plan(
        title=programmed.title,
        summary=programmed.summary,
        starts_at=starts_at,
        ends_at=starts_at + LASTS,
        tags=programmed.tags,
        capacity=programmed.capacity,
        room_kind=RoomKind.DEMO,
    )
    webinar = make_webinar(session, plan, vocabulary=runtime.vocabulary, by=EDITOR, now=now)
    for name, role in programmed.speakers.items():
        put_speaker(session, webinar, None, name=name, role=role)
    return webinar


def open_to_all(session: Session, webinar: Webinar, *, now: datetime) -> None:
    """Published, with a question on its form."""
    put_question(session, webinar, None, kind="choice", wording=ROLE, reason=WHY_ROLE, choices=ROLES)
    publish(session, webinar, now=now)


def send_announcement(session: Session, runtime: Runtime, webinar: Webinar, *, now: datetime) -> Mailing:
    """Made by the editor, approved by the publisher, and planned.

    Raises:
        NothingToSend: nobody follows its topics.
    """
    issue = announce(
        session,
        webinar=webinar,
        when=in_both(webinar),
        address=page_address(runtime.settings, webinar.slug),
        by=EDITOR,
        now=now,
    )
    approve(session, issue=issue, approver=PUBLISHER, seen_hash=content_hash(session, issue), now=now)
    return plan_issue(session, runtime, issue=issue, now=now)
