"""The public pages of webinars: looking, registering, and one's own place; nobody learns who takes part."""

import json
import re
from datetime import timedelta

import pytest
from sqlmodel import select
from webinars import VOCABULARY, a_plan, a_webinar, place_of, seated, standings

from content.webinars.materials import keep_file, put_material
from content.webinars.series import put_series
from content.webinars.tables import AskKind, Material, OwnQuestion, Speaker, SpeakerPicture, Webinar
from service.attending import call_off, change
from service.database import reading, writing
from service.runtime import Runtime
from subscribers.registrations.answers import answers_of
from subscribers.registrations.domains import list_domain
from subscribers.registrations.tables import BroughtQuestion, Registration
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
