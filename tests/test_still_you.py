"""Once a year each reader is asked whether this is still them, and still their work; who does not answer twice pauses."""

from datetime import timedelta

from service.database import reading, writing
from service.runtime import Runtime
from service.schedule.actions import ask_yearly
from service.schedule.table import Due
from service.tokens import Purpose, make_token
from subscribers.audience import audience
from tests.test_reader_requests import mail_with
from tests.visitor import Visitor, a_known_reader, readers


def ask(house: Runtime, clock) -> str:
    with writing(house.engine) as session:
        return ask_yearly(session, house, Due("still-you", clock(), clock()), clock())


def test_once_a_year_a_reader_is_asked_and_one_button_answers(house: Runtime, clock) -> None:
    a_known_reader(house)
    assert ask(house, clock) == "0 asked, 0 paused"
    clock.advance(days=365)
    assert ask(house, clock) == "1 asked, 0 paused"
    path = mail_with(house, "nog-steeds")
    assert readers(house)[0].unanswered == 1
    assert Visitor(house).get(path).status_code == 200
    assert readers(house)[0].unanswered == 1
    assert "Dank u wel" in Visitor(house).submit(path, {}).text
    assert readers(house)[0].unanswered == 0
    clock.advance(days=364)
    assert ask(house, clock) == "0 asked, 0 paused"
    clock.advance(days=1)
    assert ask(house, clock) == "1 asked, 0 paused"


def test_who_does_not_answer_twice_pauses_until_they_do(house: Runtime, clock) -> None:
    reference = a_known_reader(house)
    clock.advance(days=365)
    ask(house, clock)
    clock.advance(days=30)
    assert ask(house, clock) == "1 asked, 0 paused"
    clock.advance(days=30)
    assert ask(house, clock) == "0 asked, 1 paused"
    with reading(house.engine) as session:
        assert session.exec(audience("monthly", now=clock() + timedelta(days=3000))).all() == []
    clock.advance(days=400)
    assert ask(house, clock) == "0 asked, 0 paused"
    token = make_token(house.settings, Purpose.STILL_YOU, reference, now=clock())
    Visitor(house).submit(f"/nog-steeds/{token}", {})
    with reading(house.engine) as session:
        assert len(session.exec(audience("monthly", now=clock())).all()) == 1
