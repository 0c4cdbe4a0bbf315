"""How often the forms of a webinar may be sent: an office registers behind one address, and nobody loses what they typed."""

import re
from datetime import timedelta
from html import unescape

import pytest
from builders import a_reader
from colleague import Colleague
from conftest import SetClock
from sqlmodel import func, select
from webinars import a_webinar, of_reader, place_of, seated, takes_part

from content.webinars.tables import RoomKind, Webinar
from service.database import reading, writing
from service.mailing.links import join_link, register_link
from service.runtime import Runtime
from service.web.guarding import opened
from subscribers.registrations.tables import BroughtQuestion, Evaluation, Registration
from tests.visitor import Visitor, form_token

ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What a page says is the same on both engines."""

QUESTION = "Wat doet u\nals de winkel <niet> luistert?"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers need not all take equally long here."""
    monkeypatch.setattr("service.web.guarding.ANSWER_AFTER", 0.0)


@pytest.fixture
def webinar(house: Runtime) -> Webinar:
    with writing(house.engine) as session:
        return a_webinar(session, house.clock())


def count(house: Runtime, table: type) -> int:
    with reading(house.engine) as session:
        return session.exec(select(func.count()).select_from(table)).one()


def kept_in(html: str) -> dict[str, str]:
    """The form of a page that says to come back: all that it sends again."""
    form = html[html.index('<form method="post"') : html.index("</form>")]
    return {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    }


def presses(visitor: Visitor, page: str, fields: dict[str, str], times: int = 1, to: str = "") -> list[int]:
    """Open a page once, and send its form so often."""
    html = visitor.get(page).text
    form = {"csrf": form_token(html), **fields}
    return [visitor.client.post(to or page, data=form).status_code for _time in range(times)]


@ON_ONE
def test_forty_colleagues_behind_one_address_register_each_after_two_mistakes(
    house: Runtime, clock: SetClock, webinar: Webinar
) -> None:
    visitor, path = Visitor(house), f"/webinars/{webinar.slug}"
    since = opened(house.settings, clock() - timedelta(seconds=20))
    form = {"csrf": form_token(visitor.get(path).text), "opened": since}
    answers = []
    for number in range(40):
        address = f"collega{number}@emmen.nl"
        for fields in ({}, {"address": address}, {"address": address, "answer": "seat"}):
            answers.append(visitor.client.post(path, data=form | fields).status_code)
    assert answers == [422, 422, 303] * 40
    assert count(house, Registration) == 40
    late = {"address": "laat@emmen.nl", "name": 'Jo "de" Laat', "answer": "seat", "question": QUESTION}
    refused = visitor.submit(path, late)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "3600"
    assert "Vanaf 11.00 uur kan het weer." in refused.text  # the clock stands at nine in UTC
    assert QUESTION.replace("<", "&lt;").replace(">", "&gt;") in refused.text  # to be copied, if need be
    again = kept_in(refused.text)
    assert {name: again[name] for name in late} == late
    in_english = Visitor(house, **{"Accept-Language": "en"}).submit(path, late).text
    for words in ("You can do it again from 11:00.", "Nothing is lost", "You wrote:", "Send again"):
        assert words in in_english
    assert count(house, Registration) == 40
    clock.advance(hours=1)
    assert visitor.client.post(path, data=again).status_code == 303
    assert count(house, Registration) == 41


@ON_ONE
def test_a_personal_link_is_counted_by_itself_and_not_by_the_network(
    house: Runtime, webinar: Webinar
) -> None:
    now, visitor = house.clock(), Visitor(house)
    with writing(house.engine) as session:
        links = [
            register_link(house.settings, a_reader(session, now, f"p{number}@emmen.nl"), webinar.slug, now)
            for number in range(2)
        ]
    mine, other = (link.removeprefix("http://testserver") for link in links)
    assert presses(visitor, mine, {"name": "Jo"}, 21) == [422] * 20 + [429]
    assert visitor.submit(other, {"answer": "seat"}).status_code == 303


@ON_ONE
def test_what_one_person_does_at_their_place_is_counted_together(house: Runtime, clock: SetClock) -> None:
    with writing(house.engine) as session:
        webinar = a_webinar(session, house.clock())
        number = takes_part(session, house.clock(), webinar, "a@emmen.nl").registration.id
        of_reader(session, house.clock(), webinar, a_reader(session, house.clock(), "b@emmen.nl"))
    mine, visitor = place_of(house, number), Visitor(house)
    assert presses(visitor, mine, {"act": "vraag", "question": "Hoe?"}, 60) == [303] * 60
    refused = visitor.submit(mine, {"act": "collega", "address": "c@emmen.nl"})
    assert refused.status_code == 429
    assert kept_in(refused.text)["address"] == "c@emmen.nl"
    assert count(house, BroughtQuestion) == 1
    clock.moment = webinar.ends_at + timedelta(minutes=1)
    evaluation = f"{mine}/evaluatie"
    assert presses(visitor, evaluation, {}, 60) == [303] * 60
    word = {"mark": "5", "word": "Veel geleerd over het gesprek met ouders."}
    refused = visitor.submit(evaluation, word)
    assert refused.status_code == 429
    assert word["word"] in refused.text
    assert count(house, Evaluation) == 0
    clock.advance(hours=1)
    assert visitor.client.post(evaluation, data=kept_in(refused.text)).status_code == 303
    with reading(house.engine) as session:
        assert session.exec(select(Evaluation.word)).one() == word["word"]


@ON_ONE
def test_joining_is_counted_by_the_link_and_nobody_waits_long(house: Runtime, clock: SetClock) -> None:
    with writing(house.engine) as session:
        webinar = a_webinar(session, house.clock(), room_kind=RoomKind.DEMO)
        mine, other = (
            join_link(
                house.settings,
                takes_part(session, house.clock(), webinar, f"{name}@emmen.nl").registration,
                house.clock(),
            ).removeprefix("http://testserver")
            for name in "ab"
        )
    clock.moment = webinar.starts_at + timedelta(minutes=2)
    visitor = Visitor(house)
    assert presses(visitor, mine, {}, 31) == [303] * 30 + [429]
    assert visitor.submit(other, {}).status_code == 303
    refused = visitor.submit(mine, {})
    assert refused.headers["Retry-After"] == "180"  # windows of five minutes
    clock.advance(minutes=3)
    assert visitor.client.post(mine, data=kept_in(refused.text)).status_code == 303


@ON_ONE
def test_what_is_typed_at_the_desk_is_never_written_back(house: Runtime) -> None:
    visitor, page = Colleague(house), "/redactie/inloggen"
    assert presses(visitor, page, {"address": "nobody"}, 10) == [422] * 10
    refused = visitor.submit(page, {"address": "anna@kennispost.example"})
    assert refused.status_code == 429
    assert "anna@kennispost.example" not in refused.text
    assert "Er is niets verloren" not in refused.text


@ON_ONE
def test_a_link_that_is_none_of_ours_is_refused_as_before(house: Runtime, webinar: Webinar) -> None:
    mine = seated(house, webinar)
    visitor = Visitor(house)
    assert visitor.submit(mine, {"act": "vraag"}, to=f"{mine[:-3]}xyz").status_code == 400
