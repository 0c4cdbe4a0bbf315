"""Webinars that tests share, and people who take part in them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from content.vocabulary import load_vocabulary
from content.webinars.making import Plan, make_webinar, publish
from content.webinars.tables import Webinar
from service.attending import change
from service.database import reading, writing
from service.mailing.links import place_link
from service.runtime import Runtime
from subscribers.people import Subscriber
from subscribers.registrations.registering import Outcome, Wish, register
from subscribers.registrations.tables import Registration
from tests.builders import a_reader

VOCABULARY = load_vocabulary()


def a_plan(now: datetime, **more: Any) -> Plan:
    """Next week at this time, for an hour."""
    starts = now + timedelta(days=7)
    plan = Plan(
        title="Lachgas: wat kan uw gemeente doen?",
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        summary="Wat **werkt**, en wat niet. Met voorbeelden uit Emmen.",
        tags=("lachgas",),
        room_address="https://room.example/abc",
    )
    return replace(plan, **more)


def a_webinar(session: Session, now: datetime, *, published: bool = True, **more: Any) -> Webinar:
    """A webinar that is open for registration."""
    made = make_webinar(session, a_plan(now, **more), vocabulary=VOCABULARY, by="anna@example.org", now=now)
    if published:
        publish(session, made, now=now)
    return made


def move(house: Runtime, webinar_id: int | None, plan: Plan) -> None:
    """An editor changes a webinar to this plan, and all who take part are told."""
    now = house.clock()
    with writing(house.engine) as session:
        change(
            session,
            house.settings,
            webinar_id=webinar_id or 0,
            plan=plan,
            vocabulary=VOCABULARY,
            by="anna@example.org",
            now=now,
        )


def takes_part(
    session: Session, now: datetime, webinar: Webinar, address: str, *, answer: str = "seat", name: str = ""
) -> Outcome:
    """A reader who registers from a personal link."""
    reader = a_reader(session, now, address, name=name)
    return of_reader(session, now, webinar, reader, answer=answer, name=name)


def of_reader(
    session: Session,
    now: datetime,
    webinar: Webinar,
    reader: Subscriber,
    *,
    answer: str = "seat",
    name: str = "",
) -> Outcome:
    """The same, for a reader who is there already."""
    return register(session, webinar=webinar, subscriber=reader, wish=Wish(answer=answer, name=name), now=now)


def standings(house: Runtime) -> list[str]:
    with reading(house.engine) as session:
        return [one.standing for one in session.exec(select(Registration).order_by(Registration.id))]


def place_of(house: Runtime, number: int = 1) -> str:
    """The path of somebody's own page."""
    with reading(house.engine) as session:
        mine = session.get_one(Registration, number)
        return place_link(house.settings, mine, house.clock()).removeprefix("http://testserver")


def seated(house: Runtime, webinar: Webinar, address: str = "a@emmen.nl", **more: str) -> str:
    with writing(house.engine) as session:
        number = takes_part(session, house.clock(), webinar, address, **more).registration.id
    return place_of(house, number or 0)
