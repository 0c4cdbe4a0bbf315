"""After a webinar: the recording by mail once it has captions, to each the mail that is true; and three questions, once."""

import re

import pytest
from builders import a_reader
from colleague import ANNA, Colleague, a_colleague
from conftest import SetClock
from relay import Relay
from sqlmodel import select
from webinars import a_webinar, of_reader, takes_part

from content.webinars.materials import put_material
from content.webinars.tables import Material, Webinar
from service.database import reading, writing
from service.errors import RecordingNotReady
from service.mailing.following_up import follow_up
from service.mailing.links import place_link
from service.runtime import Runtime
from subscribers.registrations.evaluating import judged
from subscribers.registrations.leaving import withdraw
from subscribers.registrations.tables import Attendance, Evaluation, Registration
from tests.posted import arrived, plain, subjects
from tests.visitor import Visitor

PEOPLE = {"there": "seat", "away": "seat", "only": "recording", "waited": "seat"}


@pytest.fixture
def held(posting: Runtime, postbox: Relay, clock: SetClock) -> Webinar:
    """Over since an hour: one was there, one was not, one only wants the recording, one waited, one withdrew. Mails left."""
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock(), capacity=2)
        for name, answer in PEOPLE.items():
            mine = takes_part(session, clock(), webinar, f"{name}@emmen.example", answer=answer).registration
            if name == "there":
                session.add(
                    Attendance(registration_id=mine.id, joined_at=webinar.starts_at, left_at=webinar.ends_at)
                )
        gone = of_reader(
            session, clock(), webinar, a_reader(session, clock(), "gone@emmen.example")
        ).registration
        withdraw(session, reference=gone.reference, now=clock())
    clock.moment = webinar.ends_at
    clock.advance(hours=1)
    return webinar


def record(runtime: Runtime, webinar: Webinar, *, captions: bool) -> None:
    with writing(runtime.engine) as session:
        known = session.exec(select(Material)).first()
        put_material(
            session, session.get_one(Webinar, webinar.id), known, kind="recording", title="De opname",
            address="https://video.example/1", captions=captions,
        )  # fmt: skip


def watched(runtime: Runtime) -> int:
    with reading(runtime.engine) as session:
        return len(session.exec(select(Registration).where(Registration.watched_at != None)).all())  # noqa: E711


def told(runtime: Runtime, webinar: Webinar) -> int:
    with writing(runtime.engine) as session:
        return follow_up(session, runtime.settings, session.get_one(Webinar, webinar.id), now=runtime.clock())


def test_no_mail_before_there_are_captions(posting: Runtime, postbox: Relay, held: Webinar) -> None:
    with pytest.raises(RecordingNotReady):
        told(posting, held)
    record(posting, held, captions=False)
    with pytest.raises(RecordingNotReady):
        told(posting, held)
    record(posting, held, captions=True)
    assert told(posting, held) == 4
    assert told(posting, held) == 0


@pytest.mark.parametrize("known", [True, False])
def test_each_gets_the_mail_that_is_true(
    posting: Runtime, postbox: Relay, held: Webinar, known: bool
) -> None:
    subjects(posting, postbox)  # what was confirmed before
    record(posting, held, captions=True)
    with writing(posting.engine) as session:
        session.get_one(Webinar, held.id).attendance_known_at = held.ends_at if known else None
    told(posting, held)
    mails = {address: [mail] for address, [mail] in arrived(posting, postbox).items()}
    titles = {address.partition("@")[0]: str(mail["Subject"]) for address, [mail] in mails.items()}
    assert titles == {
        "there": f"Kijk het terug: {held.title}",
        "away": f"U was er niet bij: {held.title}" if known else f"De opname staat klaar: {held.title}",
        "only": f"De opname staat klaar: {held.title}",
        "waited": f"De opname staat klaar: {held.title}",
    }
    text = plain(mails["there@emmen.example"][0])
    watch = re.search(r"/webinars/plaats/\S+/terugkijken", text)
    assert watch is not None
    visitor = Visitor(posting)
    with reading(posting.engine) as session:
        number = session.exec(select(Material.id)).one()
    assert "Bekijk de opname" in visitor.get(watch[0]).text
    assert watched(posting) == 0  # a scanner that looks has not watched
    opened = visitor.submit(watch[0], {"material": str(number)})
    assert opened.headers["refresh"] == "0; url=https://video.example/1"
    assert '<a href="https://video.example/1">' in opened.text
    assert watched(posting) == 1
    assert visitor.submit(watch[0], {"material": "999"}).status_code == 404
    link = re.search(r"/webinars/plaats/\S+/evaluatie", text)
    assert link is not None
    html = mails["there@emmen.example"][0].get_body(("html",)).get_content()
    assert link[0] in html
    page = Visitor(posting).get(link[0])
    assert page.status_code == 200
    assert "Wat vond u van het webinar?" in page.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_three_questions_once(posting: Runtime, held: Webinar, clock: SetClock) -> None:
    with reading(posting.engine) as session:
        links = {
            one.standing: place_link(posting.settings, one, clock()).removeprefix(posting.settings.base_url)
            + "/evaluatie"
            for one in session.exec(select(Registration).order_by(Registration.id.desc()))
        }
    visitor, page = Visitor(posting), links["seat"]
    visitor.get(page)
    visitor.submit(page, {"mark": "9", "will_use": "?", "word": " "})
    with reading(posting.engine) as session:
        assert session.exec(select(Evaluation)).all() == []  # looking, and an empty form, say nothing
    assert visitor.submit(page, {"mark": "4", "will_use": "yes", "word": "<b>Goed</b>"}).status_code == 303
    assert "Dank u wel" in visitor.get(page).text
    again = visitor.client.post(
        page,
        data={
            "csrf": re.search(r'name="csrf" value="([^"]+)"', visitor.get(links["recording"]).text)[1],
            "mark": "1",
        },
    )
    assert again.status_code == 303
    with reading(posting.engine) as session:
        one = session.exec(select(Evaluation)).one()
        assert (one.mark, one.will_use, one.word) == (4, "yes", "<b>Goed</b>")
        assert judged(session, session.get_one(Webinar, held.id)) == (
            1,
            None,
            [],
        )  # one person's opinion is nobody's business
    assert "Deze vragen zijn er nu niet" in visitor.get(links["withdrawn"]).text
    clock.advance(days=61)
    assert "Deze vragen zijn er nu niet" in visitor.get(links["recording"]).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_desk_sends_it(posting: Runtime, postbox: Relay, held: Webinar) -> None:
    anna: Colleague = a_colleague(posting, ANNA, "Anna", "editor")
    page = f"/redactie/webinars/{held.id}"
    assert "Zonder ondertiteling gaat er geen mail uit" in anna.get(page).text
    assert anna.post(f"{page}/opname-sturen", via=page).status_code == 409
    record(posting, held, captions=True)
    assert anna.post(f"{page}/opname-sturen", via=page).headers["location"].endswith("klaar=opname-gestuurd")
    assert {"there@emmen.example", "away@emmen.example", "only@emmen.example"} <= set(
        subjects(posting, postbox)
    )
    with writing(posting.engine) as session:
        session.add(Evaluation(webinar_id=held.id, at=posting.clock(), mark=3, word="Woord 3"))
    html = anna.get(f"{page}/cijfers").text
    assert "Minder dan 5 mensen gaven een mening." in html
    assert "1 persoon" not in html
    with writing(posting.engine) as session:
        for mark in (4, 4, 5, 5):
            session.add(Evaluation(webinar_id=held.id, at=posting.clock(), mark=mark, word=f"Woord {mark}"))
    html = anna.get(f"{page}/cijfers").text
    assert "5 personen gaven een mening." in html
    assert "Gemiddeld een 4,2 van de 5." in html
