"""Webinars ahead of the demo: one that is announced, has more who want a seat than seats, and one to play with."""

from datetime import datetime

from sqlmodel import Session, col, select

from content.webinars.tables import OwnQuestion, Webinar, questions_of
from service.attending import attend
from service.database import writing
from service.demo.programme import (
    LAUGHING_GAS,
    ROLES,
    VAPING,
    open_to_all,
    put_on,
    send_announcement,
    weekday,
)
from service.mailing.delivering import deliver_due
from service.mailing.outbox import Delivery, Mailing
from service.runtime import Runtime
from subscribers.following import organisations_of
from subscribers.people import Subscriber
from subscribers.registrations.registering import Wish
from subscribers.registrations.tables import Answer

QUIET = 1
"""So many who were sent the announcement do not react: the visitor can remind them."""

ONLY_RECORDING = 1
"""So many of the others want the recording only."""

QUESTIONS = {
    0: "Wie ruimt de lege cilinders op, en wie betaalt dat?",
    2: "Hoe krijgen wij horeca en jongerenwerk samen aan tafel?",
}
"""What some bring, by their place in the order in which they register."""


def plan_ahead(session: Session, runtime: Runtime, *, now: datetime) -> Webinar:
    """A small one in ten days or so, open to all, and a draft for later; give the first."""
    coming = put_on(session, runtime, LAUGHING_GAS, starts_at=weekday(now, days=10), now=now)
    open_to_all(session, coming, now=now)
    put_on(session, runtime, VAPING, starts_at=weekday(now, days=30), now=now)
    return coming


def announce_coming(runtime: Runtime, webinar_id: int) -> None:
    """Mail those who follow its topics, and let most of them register."""
    with writing(runtime.engine) as session:
        webinar = session.get_one(Webinar, webinar_id)
        mailing = send_announcement(session, runtime, webinar, now=runtime.clock())
    deliver_due(runtime)
    with writing(runtime.engine) as session:
        react(session, mailing, session.get_one(Webinar, webinar_id), now=runtime.clock())
    deliver_due(runtime)


def react(session: Session, mailing: Mailing, webinar: Webinar, *, now: datetime) -> int:
    """Those who were sent the announcement register from the link in it, and the last of them wait; give how many."""
    mine = select(Subscriber).join(Delivery, col(Delivery.subscriber_id) == col(Subscriber.id))
    told = session.exec(mine.where(Delivery.mailing_id == mailing.id).order_by(col(Delivery.id))).all()
    reacting = told[: len(told) - QUIET]
    (role,) = questions_of(session, webinar)
    for number, reader in enumerate(reacting):
        answer = Answer.RECORDING if number < ONLY_RECORDING else Answer.SEAT
        attend(
            session,
            webinar=webinar,
            subscriber=reader,
            wish=_wish(session, reader, role, number, answer),
            now=now,
        )
    return len(reacting)


def _wish(session: Session, reader: Subscriber, role: OwnQuestion, number: int, answer: Answer) -> Wish:
    works = organisations_of(session, reader)
    return Wish(
        name=reader.name,
        answer=answer,
        language=reader.language,
        organisation_id=works[0].id if works else None,
        answers={role.id or 0: ROLES[number % len(ROLES)]},
        question=QUESTIONS.get(number, ""),
    )
