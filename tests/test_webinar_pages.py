"""The public pages of webinars: looking, registering, and one's own place; nobody learns who takes part."""

import json
import re
from datetime import timedelta

import pytest
from builders import a_reader
from sqlmodel import select
from webinars import VOCABULARY, a_plan, a_webinar, place_of, seated, standings

from content.webinars.materials import keep_file, put_material
from content.webinars.series import put_series
from content.webinars.tables import AskKind, Material, OwnQuestion, Speaker, SpeakerPicture, Webinar
from service.attending import call_off, change
from service.database import reading, writing
from service.mailing.links import register_link
from service.runtime import Runtime
from subscribers.registrations.answers import answers_of
from subscribers.registrations.domains import list_domain
from subscribers.registrations.tables import BroughtQuestion, Registration, Standing
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


def structured(html: str) -> dict:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1])


def test_the_list_and_the_page_show_what_is_published_and_no_draft(house: Runtime, visitor: Visitor) -> None:
    with writing(house.engine) as session:
        a_webinar(session, house.clock(), published=False, title="Nog geheim")
    assert "Lachgas: wat kan uw gemeente doen?" in visitor.get("/webinars").text
    assert "Nog geheim" not in visitor.get("/webinars").text
    assert visitor.get("/webinars/nog-geheim").status_code == 404
    html = visitor.get(PAGE).text
    assert "dinsdag 8 december 2026, 10.00 – 11.00 uur" in html
    assert "Tuesday 8 December 2026, 10:00 – 11:00" in visitor.get(f"{PAGE}?taal=en").text
    event = structured(html)
    assert event["startDate"] == "2026-12-08T10:00:00+01:00"
    assert event["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode"
    assert event["location"] == {"@type": "VirtualLocation", "url": f"http://testserver{PAGE}"}
    assert "room.example" not in html
    assert '<meta property="og:title" content="Lachgas: wat kan uw gemeente doen?">' in html
    assert f'href="{PAGE}.ics"' in html


def test_a_webinar_of_a_series_leads_to_the_others_that_are_shown(
    house: Runtime, visitor: Visitor, webinar: Webinar
) -> None:
    with writing(house.engine) as session:
        series = put_series(session, None, title="Zomer zonder lachgas", summary="Drie keer een uur.")
        session.get_one(Webinar, webinar.id).series_id = series.id
        a_webinar(session, house.clock(), title="Deel twee", series_id=series.id)
        a_webinar(session, house.clock(), title="Nog geheim", series_id=series.id, published=False)
        a_webinar(session, house.clock(), title="Iets anders")
    html = visitor.get(PAGE).text
    assert "Zomer zonder lachgas" in html
    assert 'href="/webinars/deel-twee"' in html
    assert ("Nog geheim" in html, "Iets anders" in html) == (False, False)
    assert f'href="{PAGE}"' not in html
    assert "hoort bij een reeks" not in visitor.get("/webinars/iets-anders").text


def test_no_text_can_end_the_structured_data(house: Runtime, visitor: Visitor) -> None:
    title = "</script><script>alert(1)</script> & <b>"
    with writing(house.engine) as session:
        slug = a_webinar(session, house.clock(), title=title).slug
    html = visitor.get(f"/webinars/{slug}").text
    assert "<script>alert" not in html
    assert structured(html)["name"] == title


def test_a_move_and_a_cancellation_are_said_on_the_page(
    house: Runtime, visitor: Visitor, webinar: Webinar
) -> None:
    later = webinar.starts_at + timedelta(days=1)
    plan = a_plan(house.clock(), starts_at=later, ends_at=later + timedelta(hours=1), capacity=1)
    with writing(house.engine) as session:
        change(
            session,
            house.settings,
            webinar_id=webinar.id,
            plan=plan,
            vocabulary=VOCABULARY,
            by="anna@example.org",
            now=house.clock(),
        )
    html = visitor.get(PAGE).text
    assert "Het was eerst op dinsdag 8 december 2026, 10.00 uur." in html
    assert structured(html)["eventStatus"] == "https://schema.org/EventRescheduled"
    assert structured(html)["previousStartDate"] == "2026-12-08T10:00:00+01:00"
    with writing(house.engine) as session:
        call_off(
            session,
            house.settings,
            webinar_id=webinar.id,
            by="anna@example.org",
            now=house.clock(),
            notice="Spreker ziek.",
        )
    html = visitor.get(PAGE).text
    assert structured(html)["eventStatus"] == "https://schema.org/EventCancelled"
    assert "Spreker ziek." in html
    assert 'name="address"' not in html
    assert "Gaat niet door" in visitor.get("/webinars").text


def test_a_stranger_registers_with_an_address_that_is_confirmed(house: Runtime, visitor: Visitor) -> None:
    assert visitor.submit(PAGE, FORM).headers["location"] == f"{PAGE}/verzonden"
    assert (standings(house), letters(house)) == (["asked"], ["webinar-confirm"])
    place = place_of(house)
    assert "Klopt dat?" in visitor.get(place).text
    assert standings(house) == ["asked"]  # a mail scanner that looks confirms nothing
    for _time in range(2):
        assert visitor.submit(place, {"act": "bevestigen"}).status_code == 303
    assert (standings(house), letters(house)) == (["seat"], ["webinar-confirm", "webinar-seat"])
    html = visitor.get(place).text
    assert "U doet mee" in html
    assert "/deelnemen/" in html


def test_the_answer_is_the_same_whoever_takes_part(
    house: Runtime, visitor: Visitor, webinar: Webinar
) -> None:
    seated(house, webinar, "new@emmen.nl")
    known = visitor.submit(PAGE, {**FORM, "answer": "recording"})
    unknown = visitor.submit(PAGE, {**FORM, "address": "other@emmen.nl"})
    assert (known.status_code, known.headers["location"]) == (
        unknown.status_code,
        unknown.headers["location"],
    )
    assert letters(house) == ["webinar-known", "webinar-confirm"]
    assert standings(house) == ["seat", "asked"]


def test_a_form_brings_few_mails_to_an_address_and_none_for_a_machine(
    house: Runtime, visitor: Visitor
) -> None:
    for _time in range(5):
        house.clock.advance(minutes=1)
        assert visitor.submit(PAGE, FORM).status_code == 303
    assert len(letters(house)) == 3
    assert visitor.submit(PAGE, {**FORM, "address": "b@emmen.nl", "website": "x"}).status_code == 303
    assert visitor.submit(PAGE, {**FORM, "address": "c@emmen.nl", "opened": "x"}).status_code == 422
    assert len(standings(house)) == 1


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"address": "nope"}, "Dit is geen e-mailadres"),
        ({"address": ""}, "Vul uw e-mailadres in."),
        ({"answer": ""}, "Kies of u mee wilt doen"),
        ({"answer": "everything"}, "Kies of u mee wilt doen"),
        ({"organisation": "Atlantis"}, "We kennen geen organisatie die zo heet"),
    ],
)
def test_a_form_that_is_not_right_says_what_is_wrong_and_keeps_the_rest(
    house: Runtime, visitor: Visitor, wrong: dict[str, str], problem: str
) -> None:
    answer = visitor.submit(PAGE, FORM | wrong)
    assert answer.status_code == 422
    assert problem in answer.text
    assert 'value="Nel"' in answer.text
    assert standings(house) == []


def test_own_questions_are_asked_with_their_reason_and_kept(
    house: Runtime, visitor: Visitor, webinar: Webinar
) -> None:
    with writing(house.engine) as session:
        session.add(
            OwnQuestion(
                webinar_id=webinar.id, position=1, kind=AskKind.CHOICE, wording="Wat is uw rol?", required=True,
                reason="Dan sluiten we aan bij uw werk.", choices=["beleid", "uitvoering"], keep_days=14,
            )
        )  # fmt: skip
    html = visitor.get(PAGE).text
    assert "Dan sluiten we aan bij uw werk." in html
    assert "We wissen uw antwoord 14 dagen na het webinar." in html
    assert "Beantwoord deze vraag." in visitor.submit(PAGE, FORM).text
    visitor.submit(
        PAGE, {**FORM, "question-1": "beleid", "question": "Hoe begint u?", "organisation": "Emmen"}
    )
    with reading(house.engine) as session:
        mine = session.exec(select(Registration)).one()
        assert answers_of(session, mine) == {1: "beleid"}
        assert mine.organisation_id is not None
        assert session.exec(select(BroughtQuestion.text)).all() == ["Hoe begint u?"]


def test_a_webinar_for_governments_refuses_other_domains_on_the_form(house: Runtime) -> None:
    with writing(house.engine) as session:
        slug = a_webinar(session, house.clock(), for_whom="government").slug
        list_domain(session, domain="emmen.nl", by="anna", now=house.clock())
    visitor = Visitor(house)
    refused = visitor.submit(f"/webinars/{slug}", {**FORM, "address": "a@gmail.example"})
    assert refused.status_code == 422
    assert "Dit webinar is voor overheden." in refused.text
    assert visitor.submit(f"/webinars/{slug}", FORM).status_code == 303
    assert len(standings(house)) == 1


def test_what_is_for_governments_is_shown_to_who_registered_alone(house: Runtime) -> None:
    with writing(house.engine) as session:
        webinar = a_webinar(session, house.clock(), for_whom="government")
        list_domain(session, domain="emmen.nl", by="anna", now=house.clock())
        shown = put_material(session, webinar, None, kind="slides", title="De dia's", address="")
        keep_file(session, webinar, shown, name="dias.pdf", data=b"%PDF-1.7 geheim")
        put_material(
            session,
            webinar,
            None,
            kind="recording",
            title="Het beeld",
            address="https://v.example/1",
            captions=True,
        )
        slug, number = webinar.slug, shown.id
    visitor = Visitor(house)
    html = visitor.get(f"/webinars/{slug}").text
    assert "De opname en de stukken zijn voor wie zich aanmeldde." in html
    assert ("v.example" in html, "De dia" in html) == (False, False)
    assert visitor.get(f"/webinars/{slug}/stukken/{number}").status_code == 404
    back = f"{seated(house, webinar)}/terugkijken"
    html = visitor.get(back).text
    assert "Het beeld" in html
    assert f'href="{back}/stukken/{number}"' in html
    file = visitor.get(f"{back}/stukken/{number}")
    assert (file.content, file.headers["content-security-policy"][:7]) == (b"%PDF-1.7 geheim", "sandbox")
    assert visitor.get(f"{back}/stukken/99").status_code == 404


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


def test_a_recording_is_shown_only_with_captions_and_a_picture_only_of_its_webinar(
    house: Runtime, visitor: Visitor, webinar: Webinar
) -> None:
    with writing(house.engine) as session:
        session.add(Speaker(webinar_id=webinar.id, name="Els Jansen", role="GGD Drenthe"))
        session.flush()
        session.add(SpeakerPicture(speaker_id=1, kind="image/png", data=b"\x89PNG"))
        for title, captions in (("Met ondertitels", True), ("Zonder ondertitels", False)):
            session.add(
                Material(
                    webinar_id=webinar.id, kind="recording", title=title, address="https://a.example/", captions=captions
                )
            )  # fmt: skip
        a_webinar(session, house.clock(), title="Iets anders")
    html = visitor.get(PAGE).text
    assert "Els Jansen" in html
    assert ("Met ondertitels" in html, "Zonder ondertitels" in html) == (True, False)
    assert visitor.get(f"{PAGE}/sprekers/1").headers["content-type"] == "image/png"
    assert visitor.get("/webinars/iets-anders/sprekers/1").status_code == 404
    assert structured(html)["performer"] == [{"@type": "Person", "name": "Els Jansen"}]
