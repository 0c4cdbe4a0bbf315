"""Who takes part sees and changes their answers to the organiser's questions, as long as the form is open."""

from datetime import timedelta

import pytest
from at_webinars import ON_ONE
from conftest import SetClock
from webinars import a_webinar, place_of, seated, takes_part

from content.webinars.asking import put_question, remove_question
from content.webinars.tables import OwnQuestion, Webinar
from service.database import reading, writing
from service.runtime import Runtime
from subscribers.errors import AnswerMissing, NoSuchStep, RegistrationClosed
from subscribers.registrations.answers import answers_of, lacking
from subscribers.registrations.leaving import withdraw
from subscribers.registrations.registering import revise_answers
from subscribers.registrations.tables import Registration
from tests.visitor import Visitor


@pytest.fixture
def webinar(runtime: Runtime, clock: SetClock) -> Webinar:
    """It asks a role, which has to be answered, and wishes, which need not."""
    with writing(runtime.engine) as session:
        made = a_webinar(session, clock())
        put_question(
            session, made, None, kind="choice", wording="Wat is uw rol?", reason="Zo bereiden wij het voor.",
            choices=["Beleid", "Uitvoering"], required=True,
        )  # fmt: skip
        put_question(session, made, None, kind="text", wording="Wat wilt u leren?", reason="Voor de spreker.")
    return made


def answers(runtime: Runtime, number: int = 1) -> dict[int, str]:
    with reading(runtime.engine) as session:
        return answers_of(session, session.get_one(Registration, number))


def test_answers_are_replaced_held_to_the_form_and_closed_with_it(
    runtime: Runtime, clock: SetClock, webinar: Webinar
) -> None:
    with writing(runtime.engine) as session:
        mine = takes_part(session, clock(), webinar, "jan@emmen.nl").registration
        for given in ({1: "Beleid", 2: "Alles"}, {1: "Uitvoering", 2: " "}):
            revise_answers(session, reference=mine.reference, given=given, now=clock())
        assert answers_of(session, mine) == {1: "Uitvoering"}
        for wrong in ({}, {1: "Bestuur"}):
            with pytest.raises(AnswerMissing):
                revise_answers(session, reference=mine.reference, given=wrong, now=clock())
        assert answers_of(session, mine) == {1: "Uitvoering"}
        with pytest.raises(RegistrationClosed):
            revise_answers(session, reference=mine.reference, given={1: "Beleid"}, now=webinar.starts_at)
        withdraw(session, reference=mine.reference, now=clock())
        with pytest.raises(NoSuchStep):
            revise_answers(session, reference=mine.reference, given={1: "Beleid"}, now=clock())


def test_what_is_lacking_is_what_must_be_and_is_not_or_can_no_longer_be() -> None:
    role = OwnQuestion(
        id=1,
        webinar_id=1,
        position=0,
        kind="choice",
        wording="?",
        reason="",
        choices=["a", "b"],
        required=True,
    )
    wish = OwnQuestion(id=2, webinar_id=1, position=1, wording="?", reason="")
    assert lacking([role, wish], {}) == [role]
    assert lacking([role, wish], {1: "c"}) == [role]
    assert lacking([role, wish], {1: "b"}) == []


@ON_ONE
def test_whoever_was_never_asked_is_asked_on_their_own_page(
    runtime: Runtime, clock: SetClock, webinar: Webinar
) -> None:
    place = seated(runtime, webinar)  # as with a colleague's seat: nothing was asked
    visitor = Visitor(runtime)
    assert "De organisator wil nog iets van u weten." in visitor.get(place).text
    wrong = {"act": "antwoorden", "question-2": "Van <b>Emmen</b>"}
    sent = visitor.submit(place, wrong)
    assert sent.status_code == 422
    assert '<a href="#question-1">' in sent.text
    assert 'value="Van &lt;b&gt;Emmen&lt;/b&gt;"' in sent.text
    assert answers(runtime) == {}
    sent = visitor.submit(place, wrong | {"question-1": "Beleid"})
    assert sent.headers["location"] == f"{place}?gedaan=antwoorden"
    shown = visitor.get(sent.headers["location"]).text
    assert "Uw antwoorden zijn bewaard." in shown
    assert "De organisator wil nog iets van u weten." not in shown
    assert 'value="Beleid" checked' in shown
    assert answers(runtime) == {1: "Beleid", 2: "Van <b>Emmen</b>"}


@ON_ONE
def test_answers_are_changed_until_the_form_closes_and_then_only_shown(
    runtime: Runtime, clock: SetClock, webinar: Webinar
) -> None:
    place = seated(runtime, webinar)
    visitor = Visitor(runtime)
    given = {"act": "antwoorden", "question-1": "Beleid", "question-2": "Alles"}
    visitor.submit(place, given)
    visitor.submit(place, given | {"question-1": "Uitvoering", "question-2": ""})
    assert answers(runtime) == {1: "Uitvoering"}
    with writing(runtime.engine) as session:
        session.get_one(Webinar, webinar.id).closes_at = clock() + timedelta(hours=1)
    html = visitor.get(place)
    clock.advance(hours=2)
    assert visitor.submit(place, given).status_code == 409
    assert answers(runtime) == {1: "Uitvoering"}
    html = visitor.get(place).text
    assert 'name="question-1"' not in html
    assert "u kunt uw antwoorden niet meer veranderen" in html
    assert "Uitvoering" in html


@ON_ONE
def test_a_new_question_is_asked_of_who_registered_before_and_one_that_went_is_not(
    runtime: Runtime, clock: SetClock, webinar: Webinar
) -> None:
    place = seated(runtime, webinar)
    visitor = Visitor(runtime)
    visitor.submit(place, {"act": "antwoorden", "question-1": "Beleid"})
    with writing(runtime.engine) as session:
        mine = session.get_one(Webinar, webinar.id)
        put_question(session, mine, None, kind="text", wording="Waar?", reason="Om het.", required=True)
    assert "De organisator wil nog iets van u weten." in visitor.get(place).text
    with writing(runtime.engine) as session:
        for number in (1, 2, 3):
            remove_question(session, session.get_one(OwnQuestion, number))
    html = visitor.get(place).text
    assert "Vragen van de organisator" not in html


@ON_ONE
def test_nobody_is_asked_who_takes_no_part(runtime: Runtime, clock: SetClock, webinar: Webinar) -> None:
    place = seated(runtime, webinar)
    visitor = Visitor(runtime)
    visitor.submit(place, {"act": "afmelden"})
    html = visitor.get(place_of(runtime)).text
    assert "Vragen van de organisator" not in html
    assert "De organisator wil" not in html
