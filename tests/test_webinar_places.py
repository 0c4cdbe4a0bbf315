"""A personal link to a webinar, and one's own place in it: queue, offer, hand-over, recording."""

import pytest
from builders import a_reader
from webinars import a_webinar, place_of, seated, standings

from content.webinars.tables import Webinar
from service.database import writing
from service.mailing.links import register_link
from service.runtime import Runtime
from subscribers.registrations.tables import Standing
from tests.visitor import Visitor, letters

PAGE = "/webinars/lachgas-wat-kan-uw-gemeente-doen"
FORM = {"address": "new@emmen.nl", "name": "Nel", "answer": "seat"}


@pytest.fixture
def webinar(house: Runtime) -> Webinar:
    with writing(house.engine) as session:
        return a_webinar(session, house.clock(), capacity=1)


@pytest.fixture
def visitor(house: Runtime, webinar: Webinar) -> Visitor:
    return Visitor(house)


def test_a_personal_link_shows_on_get_and_registers_on_post(
    house: Runtime, visitor: Visitor, webinar: Webinar
) -> None:
    with writing(house.engine) as session:
        reader = a_reader(session, house.clock(), "jan@emmen.nl", name="Jan")
        other = a_webinar(session, house.clock(), title="Iets anders")
        path = register_link(house.settings, reader, webinar.slug, house.clock()).removeprefix(
            "http://testserver"
        )
        elsewhere = register_link(house.settings, reader, other.slug, house.clock())
    html = visitor.get(path).text
    assert "jan@emmen.nl" in html
    assert 'value="Jan"' in html
    assert standings(house) == []
    assert visitor.get(f"{PAGE}/voor/{elsewhere.rpartition('/')[2]}").status_code in (400, 403, 404)
    done = visitor.submit(path, {"answer": "seat", "name": "Jan"})
    assert done.headers["location"].startswith("/webinars/plaats/")
    assert visitor.get(path).status_code == 303  # now it leads to their own page
    assert (standings(house), letters(house)) == (["seat"], ["webinar-seat"])


def test_a_queue_moves_when_somebody_withdraws(house: Runtime, visitor: Visitor, webinar: Webinar) -> None:
    first, second = seated(house, webinar), seated(house, webinar, "b@emmen.nl")
    assert "Alle 1 plaatsen zijn bezet." in visitor.get(PAGE).text
    assert "U bent als eerste aan de beurt" in visitor.get(second).text
    assert visitor.submit(first, {"act": "afmelden"}).status_code == 303
    assert "U bent afgemeld" in visitor.get(first).text
    assert (
        "We houden een plaats voor u vast tot woensdag 2 december 2026, 10.00 uur."
        in visitor.get(second).text
    )
    visitor.submit(second, {"act": "aannemen"})
    assert standings(house) == ["withdrawn", "seat"]
    house.clock.advance(days=8)
    assert "<form" not in visitor.get(second).text  # it has been: nothing is to be done any more


def test_ones_own_page_promises_nothing_once_the_webinar_has_begun(
    house: Runtime, visitor: Visitor, webinar: Webinar
) -> None:
    seat, waits = seated(house, webinar), seated(house, webinar, "b@emmen.nl")
    house.clock.moment = webinar.starts_at
    assert "Naar uw deelnamepagina" in visitor.get(seat).text
    html = visitor.get(waits).text
    assert "Er kwam geen plaats voor u vrij" in html
    assert "aan de beurt" not in html
    house.clock.moment = webinar.ends_at
    html = visitor.get(seat).text
    assert "Dit webinar is geweest" in html
    assert f'href="{seat}/terugkijken"' in html
    assert "Zet in uw agenda" not in html


def test_an_offer_that_is_over_cannot_be_accepted(house: Runtime, visitor: Visitor, webinar: Webinar) -> None:
    first, second = seated(house, webinar), seated(house, webinar, "b@emmen.nl")
    visitor.submit(first, {"act": "afmelden"})
    house.clock.advance(hours=24)
    late = visitor.submit(second, {"act": "aannemen"})
    assert late.status_code == 409
    assert standings(house) == ["withdrawn", "offered"]


def test_a_seat_is_handed_to_a_colleague(house: Runtime, visitor: Visitor, webinar: Webinar) -> None:
    mine = seated(house, webinar)
    assert "Dit is uw eigen adres." in visitor.submit(mine, {"act": "collega", "address": "A@emmen.nl"}).text
    assert "geen e-mailadres" in visitor.submit(mine, {"act": "collega", "address": "niets"}).text
    assert visitor.submit(mine, {"act": "collega", "address": "b@emmen.nl"}).status_code == 303
    assert standings(house) == ["seat", "asked"]
    theirs = place_of(house, 2)
    assert "a@emmen.nl heeft een plaats voor dit webinar" in visitor.get(theirs).text
    assert visitor.submit(theirs, {"act": "overnemen", "name": "Bo"}).status_code == 303
    assert standings(house) == ["handed_over", "seat"]
    assert letters(house) == ["webinar-take-over", "webinar-seat", "webinar-handed-over"]
    assert "Uw plaats is doorgegeven" in visitor.get(mine).text


def test_a_seat_is_given_up_for_the_recording_and_back(
    house: Runtime, visitor: Visitor, webinar: Webinar
) -> None:
    mine = seated(house, webinar)
    visitor.submit(mine, {"act": "opname"})
    assert standings(house) == [Standing.RECORDING]
    assert "Toch meedoen" in visitor.get(mine).text
    visitor.submit(mine, {"act": "plaats"})
    assert standings(house) == [Standing.SEAT]


def test_a_link_that_is_not_right_and_an_act_that_is_none_change_nothing(
    house: Runtime, visitor: Visitor, webinar: Webinar
) -> None:
    mine = seated(house, webinar)
    assert visitor.get(mine[:-3]).status_code in (400, 403, 404)
    assert visitor.submit(mine, {"act": "alles"}).status_code == 422
    assert visitor.client.post(mine, data={"act": "afmelden"}).status_code == 403
    assert standings(house) == ["seat"]
