"""Questions and answers of a webinar at the desk: written down, put on the page, changed and taken off, with nobody's name."""

import re

import pytest
from at_webinars import HERE, ON_ONE
from colleague import ANNA, Colleague, a_colleague
from conftest import SetClock
from sqlmodel import select
from webinars import a_webinar, takes_part

from content.issues import Block
from content.items import Item
from content.webinars.tables import AnsweredQuestion, Webinar
from service.audit import AuditEvent
from service.database import reading, writing
from service.runtime import Runtime
from subscribers.registrations.answers import bring_question

QUESTION = {
    "question": "Mag een gemeente lachgas verbieden?",
    "answer": "Ja, **met de APV**. <script>x()</script>",
}


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor", "publisher")


@pytest.fixture
def webinar(runtime: Runtime, clock: SetClock) -> Webinar:
    """One that was held, for which Jan brought a question."""
    clock.advance(days=-7, hours=-2)
    with writing(runtime.engine) as session:
        made = a_webinar(session, clock())
        mine = takes_part(session, clock(), made, "jan@emmen.nl", name="Jan de Boer").registration
        bring_question(session, mine, text="Mag mijn gemeente\nlachgas verbieden?", now=clock())
    clock.advance(days=7, hours=2)
    return made


def rows(runtime: Runtime, table: type) -> list:
    with reading(runtime.engine) as session:
        return list(session.exec(select(table).order_by(table.id)))


def key_of(html: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', html)
    assert found
    return found[1]


def written(anna: Colleague, webinar: Webinar, **more: str | list[str]) -> str:
    """Write one down by the form; the location that follows."""
    form = f"{HERE}/{webinar.id}/vragen/nieuw"
    sent = anna.post(form, {"key": key_of(anna.get(form).text), **QUESTION, **more}, via=form)
    assert sent.status_code == 303, sent.text
    return sent.headers["location"]


@ON_ONE
def test_a_question_that_was_brought_is_answered_and_shown(
    runtime: Runtime, anna: Colleague, webinar: Webinar
) -> None:
    page = f"{HERE}/{webinar.id}/vragen"
    html = anna.get(page).text
    assert "Mag mijn gemeente" in html
    for word in ("Jan", "Boer", "jan@emmen.nl"):
        assert word not in html
    form = anna.get(f"{page}/nieuw?vraag=1").text
    assert ">Mag mijn gemeente lachgas verbieden?</textarea>" in form
    assert 'value="1" checked' in form
    assert written(anna, webinar, brought="1", show="true") == f"{page}?klaar=antwoorden-open"
    public = anna.get(f"/webinars/{webinar.slug}").text
    assert f'id="antwoord-{rows(runtime, AnsweredQuestion)[0].id}"' in public
    assert "<strong>met de APV</strong>" in public
    assert "<script>x()" not in public
    (item,) = rows(runtime, Item)
    assert item.link == f"http://testserver/webinars/{webinar.slug}#antwoord-1"
    assert "Opgeschreven als:" in anna.get(page).text
    inbox = anna.get("/redactie/inbox").text
    assert QUESTION["question"] in inbox
    assert "Webinars" in inbox
    assert "Jan" not in "".join(one.detail for one in rows(runtime, AuditEvent))


@ON_ONE
def test_the_same_form_sent_twice_makes_one_question_and_one_item(
    runtime: Runtime, anna: Colleague, webinar: Webinar
) -> None:
    form = f"{HERE}/{webinar.id}/vragen/nieuw"
    fields = {"key": key_of(anna.get(form).text), **QUESTION, "show": "true"}
    for _turn in range(2):
        assert anna.post(form, fields, via=form).status_code == 303
    assert len(rows(runtime, AnsweredQuestion)) == len(rows(runtime, Item)) == 1


@ON_ONE
def test_chosen_answers_go_to_the_page_and_the_rest_waits(
    runtime: Runtime, anna: Colleague, webinar: Webinar
) -> None:
    page = f"{HERE}/{webinar.id}/vragen"
    written(anna, webinar)
    written(anna, webinar, question="Wie handhaaft?")
    written(anna, webinar, question="Wat kost het?", answer="")
    html = anna.get(page).text
    assert html.count('name="chosen"') == 2  # one has no answer
    assert " checked" not in html
    for _turn in range(2):
        sent = anna.post(f"{page}/tonen", {"chosen": ["2", "3", "99"]}, via=page)
        assert sent.status_code == 303
    public = anna.get(f"/webinars/{webinar.slug}").text
    assert "Wie handhaaft?" in public
    assert QUESTION["question"] not in public
    assert "Wat kost het?" not in public
    assert [one.title for one in rows(runtime, Item)] == ["Wie handhaaft?"]


@ON_ONE
def test_what_tells_of_who_asked_is_refused_and_nothing_typed_is_lost(
    runtime: Runtime, anna: Colleague, webinar: Webinar
) -> None:
    form = f"{HERE}/{webinar.id}/vragen/nieuw"
    key = key_of(anna.get(form).text)
    for wrong, field in (
        ({"question": "Jan de Boer vraagt: mag dat?"}, "question"),
        ({"question": "Mag dat? Bel 0591 - 12 34 56."}, "question"),
        ({"answer": "Goede vraag van Jan de Boer."}, "answer"),
        ({"question": " "}, "question"),
        ({"answer": "", "show": "true"}, "answer"),
    ):
        sent = anna.post(form, {"key": key, **QUESTION, "brought": "1", **wrong}, via=form)
        assert sent.status_code == 422, wrong
        assert f'<a href="#{field}">' in sent.text, wrong
        assert 'value="1" checked' in sent.text
        assert key_of(sent.text) == key
        typed = (QUESTION | wrong)["question" if field == "answer" else "answer"]
        assert typed.replace("<", "&lt;").replace(">", "&gt;") in sent.text
    assert rows(runtime, AnsweredQuestion) == []
    assert anna.post(form, QUESTION, via=form).status_code == 422  # without the key


@ON_ONE
def test_an_answer_is_changed_chosen_and_taken_off(
    runtime: Runtime, anna: Colleague, webinar: Webinar, clock: SetClock
) -> None:
    page = f"{HERE}/{webinar.id}/vragen"
    written(anna, webinar, show="true")
    issue = anna.post("/redactie/edities", {"title": "December"}).headers["location"]
    number = re.search(r"/edities/(\d+)", issue)
    assert number
    used = {"act": "use", "seen": "new", "into": number[1]}
    assert anna.post("/redactie/inbox/1", used, via="/redactie/inbox").status_code == 303
    assert "Staat, met de woorden van toen, in:" in anna.get(page).text
    clock.advance(hours=1)
    sent = anna.post(f"{page}/antwoord/1", {**QUESTION, "answer": "Ja."}, via=f"{page}/antwoord/1")
    assert sent.headers["location"] == f"{page}?klaar=antwoord-nieuw"
    assert "Ja." in anna.get(f"/webinars/{webinar.slug}").text
    (item,) = rows(runtime, Item)
    assert (item.summary, item.versions) == ("Ja.", 1)
    assert [one.body.startswith("Ja, met de APV.") for one in rows(runtime, Block)] == [True]
    assert anna.post(f"{page}/antwoord/1/weg", via=page).status_code == 409  # it was shown
    anna.post(f"{page}/antwoord/1/intrekken", via=page)
    assert QUESTION["question"] not in anna.get(f"/webinars/{webinar.slug}").text
    assert rows(runtime, Block) == []
    dropped = anna.get("/redactie/inbox?status=dropped&relevantie=").text
    assert "teruggetrokken op 1 december 2026" in dropped
    assert 'value="kept"' not in dropped
    assert anna.post("/redactie/inbox/1", used | {"seen": "dropped"}, via=page).status_code == 409
    anna.post(f"{page}/tonen", {"chosen": "1"}, via=page)
    assert len(rows(runtime, Item)) == 1
    assert QUESTION["question"] in anna.get("/redactie/inbox").text


@ON_ONE
def test_before_the_webinar_answers_are_prepared_and_not_shown(
    runtime: Runtime, anna: Colleague, webinar: Webinar, clock: SetClock
) -> None:
    clock.advance(hours=-3)
    page = f"{HERE}/{webinar.id}/vragen"
    assert written(anna, webinar, show="true") == f"{page}?klaar=antwoord"
    assert "zodra het webinar is begonnen" in anna.get(page).text
    assert anna.post(f"{page}/tonen", {"chosen": "1"}, via=page).status_code == 409
    assert anna.post(f"{page}/antwoord/1/weg", via=f"{page}/antwoord/1").status_code == 303
    assert rows(runtime, AnsweredQuestion) == rows(runtime, Item) == []


@ON_ONE
def test_an_answer_belongs_to_its_webinar(runtime: Runtime, anna: Colleague, webinar: Webinar) -> None:
    written(anna, webinar)
    with writing(runtime.engine) as session:
        other = a_webinar(session, runtime.clock(), title="Alcohol")
    assert anna.get(f"{HERE}/{other.id}/vragen/antwoord/1").status_code == 404
    assert anna.get(f"{HERE}/{webinar.id}/vragen/antwoord/1").status_code == 200
