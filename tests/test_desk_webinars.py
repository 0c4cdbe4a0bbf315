"""Webinars at the desk: made, changed, moved, published and called off; nothing typed is lost."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from at_webinars import FORM, HERE, ON_ONE, fields_of, made, the_one
from colleague import ANNA, Colleague, a_colleague
from conftest import SetClock
from sqlmodel import select
from webinars import a_webinar, takes_part

from content.webinars.tables import (
    Webinar,
    WebinarSeries,
)
from service.audit import Act, AuditEvent
from service.database import reading, writing
from service.desk.moments import comes_twice
from service.mailing.outbox import Mailing
from service.runtime import Runtime
from subscribers.registrations.domains import is_government
from tests.visitor import form_token


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


WRONG: list[tuple[dict[str, str | list[str]], str]] = [
    ({"title": " "}, "title"),
    ({"day": "morgen"}, "day"),
    ({"day": "2027-03-28", "starts": "02:30", "ends": "04:00"}, "day"),  # the clock skips it
    ({"day": "2026-01-01"}, "day"),  # has been
    ({"ends": "09:00"}, "ends"),
    ({"capacity": "0"}, "capacity"),
    ({"capacity": "veel"}, "capacity"),
    ({"closes_day": "2027-04-07"}, "closes_day"),
    ({"room_address": "http://room.example"}, "room_address"),
    ({"tags": ["bestaat-niet"]}, "onderwerpen"),
    ({"series_id": "99"}, "series_id"),
    ({"for_whom": "nobody"}, "for_whom"),
]


@ON_ONE
def test_a_webinar_is_made_as_it_was_typed(runtime: Runtime, anna: Colleague) -> None:
    assert "Er staat geen webinar klaar" in anna.get(HERE).text
    page = made(anna)
    webinar = the_one(runtime)
    assert (webinar.title, webinar.summary, webinar.tags) == (
        "Lachgas in Drenthe",
        "Wat **werkt**.",
        ["horeca", "lachgas"],
    )
    assert webinar.starts_at == datetime(2027, 4, 6, 8, 0, tzinfo=UTC)  # summer time
    assert webinar.closes_at == datetime(2027, 4, 5, 15, 0, tzinfo=UTC)
    assert (webinar.capacity, webinar.for_whom, webinar.status) == (1500, "government", "draft")
    shown = anna.get(page).text
    assert "dinsdag 6 april 2027, 10.00 – 11.00 uur" in shown
    assert "Lachgas in Drenthe" in anna.get(HERE).text
    form = anna.get(f"{page}/wijzigen").text
    assert {**fields_of(form)} | {
        "day": "2027-04-06",
        "starts": "10:00",
        "closes_time": "17:00",
    } == fields_of(form)
    assert anna.client.get(f"/webinars/{webinar.slug}").status_code == 404  # nobody sees a draft


@ON_ONE
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(anna: Colleague) -> None:
    token = form_token(anna.get(f"{HERE}/nieuw").text)
    for wrong, field in WRONG:
        typed = {name: value for name, value in (FORM | wrong).items() if isinstance(value, str)}
        sent = anna.client.post(f"{HERE}/nieuw", data={"csrf": token, **FORM, **wrong})
        assert sent.status_code == 422, wrong
        assert f'<a href="#{field}">' in sent.text, wrong
        assert f'id="{field}"' in sent.text, wrong
        kept = fields_of(sent.text)
        assert kept == {name: typed[name] for name in kept}
        assert ">Wat **werkt**.</textarea>" in sent.text
        if "tags" not in wrong:
            assert sent.text.count(" checked>") == 4 if "for_whom" not in wrong else 3
    english = anna.client.post(f"{HERE}/nieuw?taal=en", data={"csrf": token, **FORM, "title": ""})
    assert "Something is not right yet" in english.text


@ON_ONE
def test_the_hour_that_comes_twice_is_the_first_and_the_page_says_so(
    runtime: Runtime, anna: Colleague
) -> None:
    page = made(anna, day="2027-10-31", starts="02:30", ends="03:30", closes_day="", closes_time="")
    assert the_one(runtime).starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert "komt dit uur twee keer voor" in anna.get(page).text
    assert comes_twice(datetime(2027, 10, 31, 0, 30, tzinfo=UTC))
    assert not comes_twice(datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
    assert not comes_twice(datetime(2027, 3, 28, 1, 30, tzinfo=UTC))
    with writing(runtime.engine) as session:  # the second one, however it came there, stays what it is
        session.exec(select(Webinar)).one().starts_at = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    form = {name: value for name, value in FORM.items() if name not in ("closes_day", "closes_time")}
    form |= {"day": "2027-10-31", "starts": "02:30", "ends": "03:30", "title": "Anders"}
    assert anna.post(f"{page}/wijzigen", form, via=page).status_code == 303
    assert the_one(runtime).title == "Anders"
    assert the_one(runtime).starts_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_a_webinar_is_published_moved_and_called_off(runtime: Runtime, anna: Colleague) -> None:
    page = made(anna, for_whom="everyone")
    assert anna.post(f"{page}/publiceren", via=page).status_code == 303
    webinar = the_one(runtime)
    assert anna.client.get(f"/webinars/{webinar.slug}").status_code == 200
    with writing(runtime.engine) as session:
        takes_part(session, runtime.clock(), session.get(Webinar, webinar.id), "nel@emmen.example")

    same = anna.post(f"{page}/wijzigen", FORM | {"for_whom": "everyone", "summary": "Beter."}, via=page)
    assert same.headers["location"].endswith("?klaar=bewaard")
    assert the_one(runtime).sequence == 0
    moved = anna.post(
        f"{page}/wijzigen",
        FORM | {"for_whom": "everyone", "day": "2027-04-08", "notice": "Zaal dicht."},
        via=page,
    )
    assert moved.headers["location"].endswith("?klaar=webinar-verplaatst")
    webinar = the_one(runtime)
    assert (webinar.sequence, webinar.notice) == (1, "Zaal dicht.")
    assert webinar.previous_starts_at == datetime(2027, 4, 6, 8, 0, tzinfo=UTC)
    longer = FORM | {"for_whom": "everyone", "day": "2027-04-08", "ends": "11:45"}
    assert (
        anna.post(f"{page}/wijzigen", longer, via=page)
        .headers["location"]
        .endswith("?klaar=webinar-eindtijd")
    )
    past = anna.post(
        f"{page}/wijzigen", FORM | {"day": "2026-11-01", "closes_day": "", "closes_time": ""}, via=page
    )
    assert past.status_code == 422
    assert "kan niet in het verleden beginnen" in past.text

    asked = anna.get(f"{page}/afgelasten").text
    assert "Lachgas in Drenthe" in asked
    assert "1 persoon krijgt" in asked
    assert anna.post(f"{page}/afgelasten", {"reason": " "}, via=page).status_code == 422
    assert anna.post(f"{page}/afgelasten", {"reason": "De spreker is ziek."}, via=page).status_code == 303
    assert "De spreker is ziek." in anna.client.get(f"/webinars/{webinar.slug}").text
    assert anna.post(f"{page}/wijzigen", FORM, via=page).status_code == 409
    with reading(runtime.engine) as session:
        kinds = [one.kind for one in session.exec(select(Mailing).where(Mailing.webinar_id == webinar.id))]
        acts = [
            one.action
            for one in session.exec(select(AuditEvent).where(AuditEvent.subject == f"webinar {webinar.id}"))
        ]
    assert {"webinar-changed", "webinar-other-end", "webinar-cancelled"} <= set(kinds)
    assert [act for act in acts if act.startswith("webinar")] == [
        Act.WEBINAR_MADE, Act.WEBINAR_PUBLISHED, Act.WEBINAR_CHANGED, Act.WEBINAR_MOVED, Act.WEBINAR_CHANGED,
        Act.WEBINAR_CANCELLED,
    ]  # fmt: skip


@ON_ONE
def test_no_fewer_seats_than_are_taken(runtime: Runtime, anna: Colleague) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, runtime.clock(), capacity=5)
        for number in range(2):
            takes_part(session, runtime.clock(), webinar, f"reader{number}@emmen.example")
    page = f"{HERE}/{the_one(runtime).id}"
    form = FORM | fields_of(anna.get(f"{page}/wijzigen").text) | {"for_whom": "everyone"}
    sent = anna.post(f"{page}/wijzigen", form | {"capacity": "1"}, via=page)
    assert sent.status_code == 422
    assert '<a href="#capacity">' in sent.text
    assert anna.post(f"{page}/wijzigen", form | {"capacity": "2"}, via=page).status_code == 303
    assert the_one(runtime).capacity == 2


def test_who_registered_who_waits_and_what_they_ask(
    runtime: Runtime, anna: Colleague, clock: SetClock
) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        for name in ("Een", "Twee", "Drie"):
            takes_part(session, clock.advance(minutes=1), webinar, f"{name.lower()}@emmen.example", name=name)
    page = f"{HERE}/{the_one(runtime).id}"
    seats = anna.get(f"{page}/aanmeldingen").text
    assert "een@emmen.example" in seats
    assert "twee@emmen.example" not in seats
    waiting = anna.get(f"{page}/aanmeldingen?stand=waiting").text
    assert re.findall(r'data-label="Plek">(\d)<', waiting) == ["1", "2"]
    assert waiting.index("twee@emmen.example") < waiting.index("drie@emmen.example")
    assert "Niemand stelde vooraf een vraag" in anna.get(f"{page}/vragen").text


@ON_ONE
def test_the_list_of_governments_and_series(runtime: Runtime, anna: Colleague) -> None:
    here = f"{HERE}/overheden"
    assert "De lijst is leeg" in anna.get(here).text
    refused = anna.post(here, {"domain": "nl", "remark": "iedereen"}, via=here)
    assert refused.status_code == 422
    assert 'value="iedereen"' in refused.text
    assert anna.post(here, {"domain": "@Emmen.NL", "remark": "gemeente Emmen"}, via=here).status_code == 303
    with reading(runtime.engine) as session:
        assert is_government(session, "jan@post.emmen.nl")
    number = re.search(r"/overheden/(\d+)/weg", anna.get(here).text)
    assert number is not None
    assert anna.post(f"{here}/{number[1]}/weg", via=here).status_code == 303
    assert anna.post(f"{here}/{number[1]}/weg", via=here).status_code == 303
    with reading(runtime.engine) as session:
        assert not is_government(session, "jan@post.emmen.nl")

    here = f"{HERE}/reeksen"
    assert anna.post(here, {"title": "Lachgas"}, via=here).status_code == 303
    again = anna.post(here, {"title": "LACHGAS", "summary": "Dubbel"}, via=here)
    assert again.status_code == 422
    assert ">Dubbel</textarea>" in again.text
    with reading(runtime.engine) as session:
        series = session.exec(select(WebinarSeries)).one()
    made(anna, series_id=str(series.id))
    assert "Lachgas in Drenthe" in anna.get(here).text
    anna.post(f"{here}/{series.id}", {"title": "Over lachgas"}, via=here)
    assert "Over lachgas" in anna.get(here).text


@ON_ONE
def test_only_editors_change_webinars_and_see_who_registered(runtime: Runtime, anna: Colleague) -> None:
    page = made(anna)
    bert = a_colleague(runtime, "bert@kennispost.example", "Bert", "administrator")
    assert bert.get(page).status_code == 200
    for path in (
        f"{page}/aanmeldingen",
        f"{page}/vragen",
        f"{page}/wijzigen",
        f"{HERE}/nieuw",
        f"{page}/sprekers/nieuw",
    ):
        assert bert.get(path).status_code == 403
    assert bert.post(f"{page}/publiceren", via=page).status_code == 403
    assert anna.get(f"{HERE}/999").status_code == 404
    assert anna.get(f"{page}/sprekers/999").status_code == 404


@ON_ONE
def test_a_webinar_that_began_is_changed_but_not_moved_into_the_past(
    runtime: Runtime, anna: Colleague, clock: SetClock
) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock())
    page = f"{HERE}/{webinar.id}"
    clock.moment = webinar.starts_at + timedelta(minutes=5)
    anna = a_colleague(runtime, "carla@kennispost.example", "Carla", "editor")
    form = (
        FORM
        | fields_of(anna.get(f"{page}/wijzigen").text)
        | {"for_whom": "everyone", "title": "Nieuwe titel"}
    )
    assert anna.post(f"{page}/wijzigen", form, via=page).headers["location"].endswith("klaar=bewaard")
    assert the_one(runtime).sequence == 0
