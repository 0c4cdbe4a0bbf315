"""Questions that people bring: answered together or apart, kept without whoever asked, and never with their name."""

from collections.abc import Callable, Sequence

import pytest
from conftest import SetClock
from sqlmodel import Session, col, select
from webinars import a_webinar, takes_part

from content.webinars.answering import discard_answered, put_answered
from content.webinars.tables import AnsweredQuestion, Webinar
from service.database import reading, writing
from service.retention import enforce
from service.runtime import Runtime
from subscribers.registrations.answers import bring_question
from subscribers.registrations.brought import answer_with, brought_for, is_traceable, names_someone
from subscribers.registrations.registering import Wish, ask
from subscribers.registrations.tables import BroughtQuestion

Brought = Callable[[str, str, str], int]


@pytest.fixture
def brought(runtime: Runtime, clock: SetClock) -> Brought:
    """Makes somebody bring a question: (name, address, text); gives its number."""
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock())

    def make(name: str, address: str, text: str) -> int:
        with writing(runtime.engine) as session:
            mine = takes_part(session, clock(), webinar, address, name=name).registration
            asked = bring_question(session, mine, text=text, now=clock())
            assert asked is not None
            return asked.id or 0

    return make


def numbers_of(session: Session) -> Sequence[tuple[int | None, int | None]]:
    return session.exec(
        select(BroughtQuestion.answered_id, BroughtQuestion.registration_id).order_by(col(BroughtQuestion.id))
    ).all()


def test_one_answer_is_for_several_questions_and_stays_when_those_who_asked_are_erased(
    runtime: Runtime, clock: SetClock, brought: Brought
) -> None:
    first = brought("Jan", "jan@emmen.nl", "Mag dat zomaar?")
    second = brought("Piet", "piet@assen.nl", "Wat mag een gemeente?")
    third = brought("Nel", "nel@assen.nl", "Wat kost het?")
    with writing(runtime.engine) as session:
        webinar = session.exec(select(Webinar)).one()
        one, other = (
            put_answered(session, webinar, None, question=text, answer="", by="a", now=clock(), key=text).id
            or 0
            for text in ("Wat mag een gemeente?", "Wat kost handhaving?")
        )
        answer_with(session, webinar, answered_id=one, numbers=[first, second])
        answer_with(session, webinar, answered_id=other, numbers=[second, third])  # the second has an answer
        assert [number for number, _who in numbers_of(session)] == [one, one, other]
        answer_with(session, webinar, answered_id=one, numbers=[first])
        assert [number for number, _who in numbers_of(session)] == [one, None, other]
    clock.advance(days=7 + 91)
    with writing(runtime.engine) as session:
        enforce(session, now=clock())
        assert numbers_of(session) == [(one, None), (None, None), (other, None)]
        discard_answered(session, session.get_one(AnsweredQuestion, other))
        session.expire_all()
        assert numbers_of(session)[2] == (None, None)
        assert len(brought_for(session, webinar)) == 3


def test_whoever_asked_is_found_in_a_text_by_name_or_address(runtime: Runtime, brought: Brought) -> None:
    number = brought("José  de Vries", "jdv@emmen.nl", "Mag dat?")
    other = brought("", "x@emmen.nl", "Hoe?")
    with reading(runtime.engine) as session:
        for text in ("Vraag van Jose de Vries: mag dat?", "mail JDV@emmen.nl"):
            assert names_someone(session, ["Mag dat?", text], numbers=[number])
            assert not names_someone(session, [text], numbers=[other])
        assert not names_someone(session, ["De Vries en anderen vroegen dit."], numbers=[number])


@pytest.mark.parametrize(
    ("text", "traceable"),
    [
        ("Mail mij op jan.jansen@emmen.nl", True),
        ("Bel 06 - 12 34 56 78", True),
        ("Bel +31 (0)591 123456", True),
        ("Is 2025-2026 het goede schooljaar?", False),
        ("Kost het 1.250.000 euro per jaar?", False),
        ("In artikel 13b, lid 1 van de Opiumwet?", False),
    ],
)
def test_an_address_or_a_telephone_number_is_found_in_a_question(text: str, traceable: bool) -> None:
    assert is_traceable(text) is traceable


def test_what_came_with_an_address_that_nobody_confirmed_is_no_question(
    runtime: Runtime, clock: SetClock, brought: Brought
) -> None:
    known = brought("Nel", "nel@emmen.nl", "Wat kost het?")
    with writing(runtime.engine) as session:
        webinar = session.exec(select(Webinar)).one()
        wish = Wish(name="Mallory", question="Koop nu!")
        ask(session, webinar=webinar, address="mallory@emmen.nl", wish=wish, now=clock())
    with reading(runtime.engine) as session:
        assert [one.id for one in brought_for(session, session.exec(select(Webinar)).one())] == [known]
