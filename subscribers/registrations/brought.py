"""Brought: the questions that people bring, as editors work through them. A person's name, address or number is no question."""

import re
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from content.folding import fold
from content.webinars.tables import Webinar
from subscribers.people import Subscriber
from subscribers.registrations.tables import BroughtQuestion, Registration, Standing

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_NUMBER = re.compile(r"(?<![\d.,])(?:\+|00)?\d(?:[ ()\-]*\d){8,12}(?![\d.,]*\d)")
"""A telephone number: nine to thirteen digits with nothing but blanks, brackets and hyphens between them."""


def brought_for(session: Session, webinar: Webinar) -> Sequence[BroughtQuestion]:
    """All that was brought for a webinar, oldest first; not what came with an address that nobody confirmed."""
    mine = select(BroughtQuestion).where(BroughtQuestion.webinar_id == webinar.id, ~_of_a_stranger())
    return session.exec(mine.order_by(col(BroughtQuestion.id))).all()


def _of_a_stranger() -> ColumnElement[bool]:
    unconfirmed = select(Registration.id).where(Registration.standing == Standing.ASKED)
    of_someone = col(BroughtQuestion.registration_id)
    return of_someone.is_not(None) & of_someone.in_(unconfirmed)


def answer_with(session: Session, webinar: Webinar, *, answered_id: int, numbers: Collection[int]) -> None:
    """These questions, and no others, are answered there. One that is answered elsewhere already stays there."""
    for one in brought_for(session, webinar):
        if one.answered_id == answered_id and one.id not in numbers:
            one.answered_id = None
        elif one.answered_id is None and one.id in numbers:
            one.answered_id = answered_id
        session.add(one)
    session.flush()


def names_someone(session: Session, texts: Iterable[str], *, numbers: Collection[int]) -> bool:
    """Whether one of these texts has the name or the address of who brought these questions."""
    people = select(Registration.name, Subscriber.name, Subscriber.address)
    askers = (
        people.join(Subscriber, col(Subscriber.id) == col(Registration.subscriber_id))
        .join(BroughtQuestion, col(BroughtQuestion.registration_id) == col(Registration.id))
        .where(col(BroughtQuestion.id).in_(numbers))
    )
    named = {word for row in session.exec(askers) for word in row}
    return any(_says(text, name) for text in texts for name in named if len(name.strip()) > 2)


def is_traceable(text: str) -> bool:
    """Whether a text has an address for mail or a telephone number, whoever's it is. Pure."""
    return bool(_ADDRESS.search(text) or _NUMBER.search(text))


def _says(text: str, name: str) -> bool:
    """Whether a whole name stands in a text, whatever the case and the accents. Pure."""
    said, sought = fold(text).text, fold(" ".join(name.split())).text
    return re.search(rf"(?<!\w){re.escape(sought)}(?!\w)", " ".join(said.split())) is not None
