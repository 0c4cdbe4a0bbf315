"""What a reader's own links do: confirming and choosing take a button, and looking changes nothing."""

import re

import pytest
from sqlmodel import col, select

from service.database import reading, writing
from service.runtime import Runtime
from service.tokens import Purpose, make_token
from subscribers.consent import ConsentEvent
from subscribers.following import interests_of, organisations_of
from subscribers.people import Subscriber
from subscribers.signup import confirm
from tests.builders import a_request
from tests.visitor import Visitor, a_known_reader, a_pending_reader, link, readers


def test_confirming_needs_the_button_and_ends_on_what_comes_when(house: Runtime) -> None:
    path = link(house, Purpose.CONFIRM, a_pending_reader(house))
    visitor = Visitor(house)
    assert "Ja, stuur mij de nieuwsbrief" in visitor.get(path).text
    assert visitor.client.head(path).status_code == 200
    assert readers(house)[0].state == "pending"
    answer = visitor.submit(path, {})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    done = visitor.get(path).text
    assert readers(house)[0].state == "active"
    assert "dinsdag 8 december 2026, 10.00 uur" in done
    found = re.search(r'href="(/voorkeuren/[^"]+)"', done)
    assert found
    assert visitor.get(found[1]).status_code == 200


def test_confirming_again_is_harmless(house: Runtime) -> None:
    reference = a_pending_reader(house)
    path = link(house, Purpose.CONFIRM, reference)
    visitor = Visitor(house)
    token = re.search(r'name="csrf" value="([^"]+)"', visitor.get(path).text)[1]
    assert [visitor.client.post(path, data={"csrf": token}).status_code for _ in range(3)] == [303] * 3
    with reading(house.engine) as session:
        events = session.exec(select(ConsentEvent).order_by(col(ConsentEvent.id)))
        assert [event.kind for event in events] == ["requested", "confirmed"]


@pytest.mark.parametrize("place", ["bevestigen", "voorkeuren", "afmelden"])
def test_a_tampered_link_gets_a_clear_page(house: Runtime, place: str) -> None:
    answer = Visitor(house).get(f"/{place}/WyJhIl0.tampered")
    assert answer.status_code == 400
    assert "Deze link klopt niet" in answer.text
    assert (
        "This link" in Visitor(house).get(f"/{place}/x?taal=en").text or "Deze link klopt niet" in answer.text
    )


def test_a_link_is_good_for_one_purpose_only(house: Runtime) -> None:
    reference = a_known_reader(house)
    token = make_token(house.settings, Purpose.UNSUBSCRIBE, [reference, "all"], now=house.clock())
    assert Visitor(house).get(f"/voorkeuren/{token}").status_code == 400
    token = make_token(house.settings, Purpose.PREFERENCES, reference, now=house.clock())
    assert Visitor(house).get(f"/afmelden/{token}").status_code == 400


def test_links_to_confirm_and_to_preferences_expire(house: Runtime, clock) -> None:
    reference = a_pending_reader(house)
    confirming, choosing = (
        link(house, Purpose.CONFIRM, reference),
        link(house, Purpose.PREFERENCES, reference),
    )
    clock.advance(days=8)
    assert Visitor(house).get(confirming).status_code == 410
    clock.advance(days=180)
    assert Visitor(house).get(choosing).status_code == 410


def test_an_old_confirmation_link_of_someone_who_left_says_so(house: Runtime) -> None:
    reference = a_known_reader(house)
    Visitor(house).client.post(link(house, Purpose.UNSUBSCRIBE, [reference, "all"]))
    assert Visitor(house).get(link(house, Purpose.CONFIRM, reference)).status_code == 404


def test_preferences_are_shown_and_saved(house: Runtime) -> None:
    with writing(house.engine) as session:
        made = a_request(
            session,
            house.clock(),
            "jan@emmen.nl",
            vocabulary=house.vocabulary,
            organisation_keys=["GM0114"],
            interests=["lachgas"],
        )
        confirm(session, reference=made.subscriber.reference, now=house.clock())
        path = link(house, Purpose.PREFERENCES, made.subscriber.reference)
    visitor = Visitor(house)
    page = visitor.get(path).text
    assert 'value="lachgas" checked' in page
    assert 'value="GM0114" checked' in page
    assert "welcome" not in page
    wanted = {
        "name": "Jan", "language": "en", "organisations": ["GM0114"], "organisation": "ggd drenthe",
        "interests": ["jeugd", "wet-en-beleid"], "streams": ["monthly"],
    }  # fmt: skip
    answer = visitor.submit(path, wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?bewaard=1")
    assert 'role="status"' in visitor.get(answer.headers["location"]).text
    with reading(house.engine) as session:
        (reader,) = session.exec(select(Subscriber)).all()
        assert (reader.name, reader.language) == ("Jan", "en")
        assert interests_of(session, reader) == ["jeugd", "wet-en-beleid"]
        assert [one.name for one in organisations_of(session, reader)] == ["Emmen", "GGD Drenthe"]


def test_an_unclear_organisation_in_the_preferences_loses_nothing(house: Runtime) -> None:
    path = link(house, Purpose.PREFERENCES, a_known_reader(house))
    answer = Visitor(house).submit(
        path, {"name": "Nieuw", "organisation": "Bergen", "interests": ["snus"], "streams": ["monthly"]}
    )
    assert answer.status_code == 422
    assert 'value="Nieuw"' in answer.text
    assert 'value="snus" checked' in answer.text
    assert "Bergen (L)" in answer.text


def test_unticking_everything_is_leaving_and_says_so(house: Runtime) -> None:
    path = link(house, Purpose.PREFERENCES, a_known_reader(house))
    visitor = Visitor(house)
    saved = visitor.submit(path, {"name": "Jan"})
    assert "U krijgt geen nieuwsbrief meer" in visitor.get(saved.headers["location"]).text
    assert readers(house)[0].state == "unsubscribed"
