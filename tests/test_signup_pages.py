"""The form and its answer: it works without a script, loses nothing that was typed, and says the same to everyone."""

import re
from urllib.parse import quote

import pytest
from sqlmodel import select

from service.database import reading, writing
from service.runtime import Runtime
from service.tokens import Purpose
from subscribers.following import interests_of, organisations_of, streams_of
from subscribers.people import Subscriber
from subscribers.suppression import suppress
from tests.builders import a_reader, a_request
from tests.visitor import Visitor, letters, link, readers

FILLED = {
    "address": "jan@emmen.nl",
    "organisation": "Emmen",
    "name": "Jan",
    "interests": ["lachgas", "sport"],
}


def test_a_sign_up_is_noted_and_its_confirmation_is_posted(house: Runtime) -> None:
    answer = Visitor(house).submit("/aanmelden", FILLED)
    assert (answer.status_code, answer.headers["location"]) == (303, "/aanmelden/verzonden")
    (reader,) = readers(house)
    assert (reader.address, reader.name, reader.state, reader.language) == (
        "jan@emmen.nl",
        "Jan",
        "pending",
        "nl",
    )
    with reading(house.engine) as session:
        assert interests_of(session, reader) == ["lachgas", "sport"]
        assert [one.name for one in organisations_of(session, reader)] == ["Emmen"]
    assert letters(house) == ["confirm-subscription"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_may_come_beside_the_newsletter_is_offered_unticked_and_comes_when_ticked(
    house: Runtime,
) -> None:
    visitor = Visitor(house)
    page = visitor.get("/aanmelden").text
    offered = re.findall(r'name="streams" value="(\w+)"( checked)?', page)
    assert offered == [
        ("digest", ""),
        ("alerts", ""),
        ("webinars", ""),
    ]  # as the words of the consent promise
    visitor.submit("/aanmelden", {**FILLED, "streams": ["webinars"]})
    (reader,) = readers(house)
    path = link(house, Purpose.CONFIRM, reader.reference)
    visitor.submit(path, {})
    with reading(house.engine) as session:
        assert streams_of(session, reader) == ["monthly", "webinars", "welcome"]


def test_the_answer_is_the_same_whatever_is_known_of_the_address(house: Runtime, clock) -> None:
    with writing(house.engine) as session:
        a_request(session, clock(), "pending@emmen.nl", vocabulary=house.vocabulary)
        a_reader(session, clock(), "active@emmen.nl", interests=["snus"])
        suppress(
            session,
            address="never@emmen.nl",
            reason="complaint",
            keys=house.settings.signing_keys(),
            now=clock(),
        )
    seen = set()
    for name in ("new", "pending", "active", "never"):
        visitor = Visitor(house)
        answer = visitor.submit("/aanmelden", {**FILLED, "address": f"{name}@emmen.nl"})
        page = visitor.get(answer.headers["location"])
        headers = sorted(set(answer.headers) - {"date"})
        seen.add((answer.status_code, answer.headers["location"], str(headers), answer.text, page.text))
    assert len(seen) == 1
    assert letters(house) == ["confirm-subscription", "confirm-subscription", "already-subscribed"]
    assert sorted(reader.address for reader in readers(house)) == [
        "active@emmen.nl",
        "new@emmen.nl",
        "pending@emmen.nl",
    ]
    with reading(house.engine) as session:
        active = session.exec(select(Subscriber).where(Subscriber.address == "active@emmen.nl")).one()
        assert (active.name, interests_of(session, active)) == ("", ["snus"])


def test_a_form_with_faults_comes_back_with_all_that_was_typed(house: Runtime) -> None:
    answer = Visitor(house).submit(
        "/aanmelden", {"address": "jan@", "organisation": "Bergen", "name": "Jan", "interests": ["snus"]}
    )
    assert answer.status_code == 422
    for part in (
        'value="jan@"',
        'value="Bergen"',
        'value="Jan"',
        'href="#address"',
        'href="#organisation-1"',
        'role="alert"',
    ):
        assert part in answer.text
    assert re.search(r'value="snus" checked', answer.text)
    assert answer.text.count(" checked") == 1
    assert "Bergen (NH)" in answer.text
    assert "<title>Fout: " in answer.text
    assert readers(house) == []
    assert letters(house) == []


def test_an_empty_form_says_what_is_missing_above_each_field(house: Runtime) -> None:
    answer = Visitor(house).submit("/aanmelden", {})
    assert answer.status_code == 422
    assert 'id="address-error">Vul uw e-mailadres in.' in answer.text
    assert 'id="organisation-error">Vul uw gemeente of organisatie in.' in answer.text
    assert answer.text.count('aria-invalid="true"') == 2


def test_without_a_script_an_unclear_organisation_is_settled_by_choosing(house: Runtime) -> None:
    visitor = Visitor(house)
    unclear = visitor.submit("/aanmelden", {**FILLED, "organisation": "Bergen"})
    assert unclear.status_code == 422
    chosen = {"organisation": "Bergen", "organisation_shown_for": "Bergen", "organisation_chosen": "GM0373"}
    assert visitor.submit("/aanmelden", {**FILLED, **chosen}).status_code == 303
    with reading(house.engine) as session:
        assert [one.name for one in organisations_of(session, readers(house)[0])] == ["Bergen (NH)"]


def test_a_choice_is_kept_when_something_else_was_wrong(house: Runtime) -> None:
    chosen = {"organisation": "Bergen", "organisation_shown_for": "Bergen", "organisation_chosen": "GM0373"}
    answer = Visitor(house).submit("/aanmelden", {**FILLED, **chosen, "address": "jan@"})
    assert 'type="hidden" name="organisation_chosen" value="GM0373"' in answer.text


def test_who_types_something_else_instead_of_choosing_is_searched_for_anew(house: Runtime) -> None:
    stale = {"organisation": "Assen", "organisation_shown_for": "Bergen", "organisation_chosen": "GM0373"}
    Visitor(house).submit("/aanmelden", {**FILLED, **stale})
    with reading(house.engine) as session:
        assert [one.name for one in organisations_of(session, readers(house)[0])] == ["Assen"]


def test_someone_whose_organisation_is_not_listed_can_still_sign_up(house: Runtime) -> None:
    visitor = Visitor(house)
    first = visitor.submit("/aanmelden", {**FILLED, "organisation": "Buurthuis Xyzzy"})
    assert "We kennen geen organisatie die zo heet" in first.text
    none = {
        "organisation": "Buurthuis Xyzzy",
        "organisation_shown_for": "Buurthuis Xyzzy",
        "organisation_chosen": "none",
    }
    assert visitor.submit("/aanmelden", {**FILLED, **none}).status_code == 303
    with reading(house.engine) as session:
        assert organisations_of(session, readers(house)[0]) == []


@pytest.mark.parametrize(
    "wrong",
    [{"interests": "tuinieren"}, {"organisation_chosen": "GM0\0", "name": "a\0b"}, {"name": "x" * 5000}],
)
def test_what_no_form_of_ours_sends_is_no_failure_of_ours(house: Runtime, wrong: dict[str, str]) -> None:
    assert Visitor(house).submit("/aanmelden", {**FILLED, **wrong}).status_code in (303, 422)


def test_the_page_speaks_the_language_of_the_reader(house: Runtime) -> None:
    visitor = Visitor(house, **{"Accept-Language": "en"})
    page = visitor.get("/aanmelden")
    assert '<html lang="en"' in page.text
    assert "nitrous oxide" in page.text
    visitor.submit("/aanmelden", FILLED)
    assert readers(house)[0].language == "en"


def test_a_name_with_a_script_in_it_is_only_a_text(house: Runtime) -> None:
    evil = '"><script>alert(1)</script>'
    answer = Visitor(house).submit("/aanmelden", {"address": evil, "organisation": evil, "name": evil})
    assert "<script>alert" not in answer.text
    assert answer.text.count("&lt;script&gt;alert") == 4
    Visitor(house).submit("/aanmelden", {**FILLED, "name": evil})
    shown = Visitor(house).get(link(house, Purpose.PREFERENCES, readers(house)[0].reference))
    assert "&lt;script&gt;alert" in shown.text
    assert "<script>alert" not in shown.text


def test_the_list_under_the_field_is_json(house: Runtime) -> None:
    visitor = Visitor(house)
    found = visitor.get("/aanmelden/organisaties?q=" + quote("s gravenhage")).json()
    assert found[0] == {"name": "Den Haag", "detail": "gemeente in Zuid-Holland"}
    assert (
        visitor.get("/aanmelden/organisaties?q=jellinek").json()[0]["detail"]
        == "instelling voor verslavingszorg"
    )
    for text in ("", "%00", "a" * 10_000, "%ff"):
        assert visitor.get(f"/aanmelden/organisaties?q={text}").status_code == 200
