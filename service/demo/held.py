"""The demo's webinar that was: announced, held with sample participants, mailed about at each of its moments, and judged.

All of it happens by what the site, the schedule and the desk use, with the clock of the moment at which it is told to happen.
"""

import csv
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, select

from content.webinars.materials import keep_file, put_material
from content.webinars.moments import reminders
from content.webinars.tables import Material, MaterialKind, RoomKind, Webinar
from service.attending import ask_to_attend, confirm_attending
from service.database import writing
from service.demo.pdf import one_page
from service.demo.programme import FIGURES_FIRST, open_to_all, put_on, send_announcement, weekday
from service.demo.readers import FORTNIGHT
from service.joining import note_joined, note_left
from service.mailing.delivering import deliver_due
from service.mailing.following_up import follow_up
from service.runtime import Runtime
from service.schedule.rooms import watch_rooms
from service.schedule.webinars import keep_webinars
from subscribers.people import Subscriber
from subscribers.registrations.evaluating import evaluate
from subscribers.registrations.registering import Wish
from subscribers.registrations.tables import Registration
from subscribers.search import resolve_organisation

PARTICIPANTS = Path(__file__).parent / "participants.csv"

Row = dict[str, str]

HANDOUT = (
    "Vijf vragen om mee te beginnen",
    (
        "1. Welke vraag leeft er in uw gemeenteraad, en wat moet een cijfer daarover zeggen?",
        "2. Welke cijfers hebt u al: uit een monitor, van de politie, van scholen?",
        "3. Over welke groep gaan ze, en hoeveel mensen zijn er gevraagd?",
        "4. Wat kan uw GGD nog voor u uitzoeken?",
        "5. Wat doet u anders als u het antwoord weet?",
        "",
        "Dit is een voorbeeld uit de demonstratie van Kennispost.",
    ),
)


def hold(runtime: Runtime, *, now: datetime) -> int:
    """Let it happen, in the two weeks before now; give its id."""
    announced, starts_at = moments(now)
    with writing(runtime.engine) as session:
        rows = _participants(session)
        webinar = put_on(session, runtime, FIGURES_FIRST, starts_at=starts_at, now=announced)
        open_to_all(session, webinar, now=announced)
        send_announcement(session, _at(runtime, announced), webinar, now=announced)
        number = webinar.id or 0
    deliver_due(_at(runtime, announced))
    _register(runtime, number, rows, now=announced + timedelta(days=1))
    for moment in reminders(starts_at).values():
        keep_webinars(_at(runtime, moment))
        deliver_due(_at(runtime, moment))
    _attend(runtime, number, rows)
    _look_back(runtime, number, rows, now=starts_at + timedelta(days=1))
    return number


def moments(now: datetime) -> tuple[datetime, datetime]:
    """When it was announced, and when it began. Pure.

    A week lies between them, or less where holidays would put the first before the first readers.
    """
    starts_at = weekday(now, days=-2)
    earlier = (weekday(starts_at, days=-days) for days in range(7, 0, -1))
    return next(one for one in earlier if one > now - timedelta(days=FORTNIGHT - 2)), starts_at


def _at(runtime: Runtime, moment: datetime) -> Runtime:
    return replace(runtime, clock=lambda: moment)


def _participants(session: Session) -> list[tuple[Row, int | None]]:
    with PARTICIPANTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    works = {name: resolve_organisation(session, text=name) for name in {row["organisation"] for row in rows}}
    for name, found in works.items():
        if found is None:
            raise ValueError(f"{PARTICIPANTS.name}: {name!r} is not among the organisations.")
    return [(row, found.id if (found := works[row["organisation"]]) else None) for row in rows]


def _register(runtime: Runtime, number: int, rows: list[tuple[Row, int | None]], *, now: datetime) -> None:
    """Everyone types their address at the site, and says yes from their mailbox."""
    with writing(runtime.engine) as session:
        webinar = session.get_one(Webinar, number)
        references = [
            ask_to_attend(session, webinar=webinar, address=row["address"], wish=_wish(row, works), now=now)
            .registration.reference
            for row, works in rows
        ]  # fmt: skip
    deliver_due(_at(runtime, now))
    later = now + timedelta(minutes=10)
    with writing(runtime.engine) as session:
        for reference in references:
            confirm_attending(session, reference=reference, now=later)
    deliver_due(_at(runtime, later))


def _wish(row: Row, works: int | None) -> Wish:
    return Wish(name=row["name"], answer=row["answer"], organisation_id=works, question=row["question"])


def _attend(runtime: Runtime, number: int, rows: list[tuple[Row, int | None]]) -> None:
    """Those who come join the room that is a page, and leave it at the end."""
    with writing(runtime.engine) as session:
        webinar = session.get_one(Webinar, number)
        for row, mine in _registered(session, number, rows):
            if row["there"]:
                came = webinar.starts_at - timedelta(minutes=3)
                note_joined(session, registration_id=mine.id or 0, source=RoomKind.DEMO, now=came)
                note_left(session, registration_id=mine.id or 0, now=webinar.ends_at)
        ended = webinar.ends_at
    watch_rooms(_at(runtime, ended))


def _look_back(runtime: Runtime, number: int, rows: list[tuple[Row, int | None]], *, now: datetime) -> None:
    """The editor adds the recording and a paper and mails them; some watch it, and some say what they thought."""
    title, lines = HANDOUT
    with writing(runtime.engine) as session:
        webinar = session.get_one(Webinar, number)
        _add_recording(session, webinar)
        paper = put_material(
            session, webinar, None, kind=MaterialKind.DOCUMENT, title=f"{title} (PDF)", address=""
        )
        keep_file(session, webinar, paper, name="vijf-vragen.pdf", data=one_page(title, lines))
        follow_up(session, runtime.settings, webinar, now=now)
    deliver_due(_at(runtime, now))
    later = now + timedelta(hours=3)
    with writing(runtime.engine) as session:
        for row, mine in _registered(session, number, rows):
            if row["watched"]:
                mine.watched_at = later
                session.add(mine)
            mark = int(row["mark"]) if row["mark"] else None
            evaluate(session, mine, mark=mark, will_use=row["will_use"], word=row["word"], now=later)


def _add_recording(session: Session, webinar: Webinar) -> Material:
    """It plays on a page of the demo, which no form of the desk would take for its address."""
    made = put_material(
        session,
        webinar,
        None,
        kind=MaterialKind.RECORDING,
        title="Opname, met ondertiteling",
        address="",
        captions=True,
    )
    made.address = f"/webinars/{webinar.slug}/opname"
    session.add(made)
    return made


def _registered(
    session: Session, number: int, rows: list[tuple[Row, int | None]]
) -> list[tuple[Row, Registration]]:
    found = select(Subscriber.address, Registration).join(Registration)
    by_address = dict(session.exec(found.where(Registration.webinar_id == number)).all())
    return [(row, by_address[row["address"]]) for row, _works in rows]
