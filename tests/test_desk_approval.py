"""Four eyes at the desk: a second person approves what they saw, and only that is sent, now or at a moment."""

import re
from datetime import UTC, datetime

import pytest
from builders import a_reader
from colleague import ANNA, BERT, Colleague, a_colleague
from sqlmodel import select

from content.composing import add_text, open_issue
from content.issues import Approval, Block, Issue
from service.audit import Act, AuditEvent
from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.outbox import Delivery, Mailing
from service.runtime import Runtime
from service.schedule.occurrences import Occurrence


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor", "publisher")


@pytest.fixture
def bert(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, BERT, "Bert", "publisher")


@pytest.fixture
def issue(runtime: Runtime) -> str:
    """The address of an issue by Anna with a text for everyone, and three readers."""
    with writing(runtime.engine) as session:
        now = runtime.clock()
        made = open_issue(session, title="December", by=ANNA, now=now)
        add_text(
            session,
            issue=made,
            section_key="news",
            title="Welkom",
            body="Dag.",
            by=ANNA,
            now=now,
            everyone=True,
        )
        for name in ("een", "twee", "drie"):
            a_reader(session, now, f"{name}@gemeente.example")
        return f"/redactie/edities/{made.id}"


def seen(page: str) -> str:
    found = re.search(r'name="seen_hash" value="([0-9a-f]{64})"', page)
    assert found is not None, "the page offers no approval"
    return found[1]


def approve(person: Colleague, issue: str):
    return person.post(f"{issue}/goedkeuren", {"seen_hash": seen(person.get(issue).text)}, via=issue)


def the_issue(runtime: Runtime) -> Issue:
    with reading(runtime.engine) as session:
        return session.exec(select(Issue)).one()


def acts_of(runtime: Runtime) -> list[tuple[str, str]]:
    with reading(runtime.engine) as session:
        events = session.exec(
            select(AuditEvent).where(AuditEvent.subject == "issue 1").order_by(AuditEvent.id)
        )
        return [(event.actor, event.action) for event in events]


def test_a_second_person_approves_and_sends(
    runtime: Runtime, anna: Colleague, bert: Colleague, issue: str
) -> None:
    assert approve(bert, issue).headers["location"] == f"{issue}?klaar=goedgekeurd"
    assert "Goedgekeurd door Bert" in anna.get(issue).text
    asked = bert.get(f"{issue}/versturen").text
    assert "„December” gaat meteen naar 3 lezers" in asked
    sent = bert.post(f"{issue}/versturen", {"when": "now"}, via=f"{issue}/versturen")
    assert sent.headers["location"] == f"{issue}?klaar=verstuurd"
    assert "wordt verstuurd" in anna.get(issue).text
    assert deliver_due(runtime).sent == 3
    page = anna.get(issue).text
    assert re.search(r"<dt>verstuurd</dt><dd>3</dd>", page)
    assert ">verstuurd</span>" in page
    assert "Wijzigen" not in page
    assert acts_of(runtime) == [(BERT, Act.APPROVED), (BERT, Act.SENT)]
    assert "December" in anna.get("/redactie/edities").text


def test_a_maker_cannot_approve_their_own_work(
    runtime: Runtime, anna: Colleague, bert: Colleague, issue: str
) -> None:
    page = anna.get(issue).text
    assert "U werkte mee aan deze editie" in page
    assert "Bert" in page
    assert "Editie goedkeuren" not in page
    refused = anna.post(f"{issue}/goedkeuren", {"seen_hash": seen(bert.get(issue).text)}, via=issue)
    assert refused.status_code == 409
    with reading(runtime.engine) as session:
        assert session.exec(select(Approval)).all() == []


def test_who_changed_one_block_is_a_maker_too(runtime: Runtime, issue: str) -> None:
    carla = a_colleague(runtime, "carla@kennispost.example", "Carla", "editor", "publisher")
    page = f"{issue}/onderdelen/1"
    token = seen(carla.get(issue).text)
    carla.post(page, {"section": "news", "title": "Welkom!", "body": "Dag.", "everyone": "true"}, via=page)
    assert "Editie goedkeuren" not in carla.get(issue).text
    assert carla.post(f"{issue}/goedkeuren", {"seen_hash": token}, via=issue).status_code == 409


def test_an_editor_cannot_approve_and_cannot_send(runtime: Runtime, issue: str) -> None:
    dirk = a_colleague(runtime, "dirk@kennispost.example", "Dirk", "editor")
    assert "Editie goedkeuren" not in dirk.get(issue).text
    for path in ("goedkeuren", "versturen", "intrekken"):
        assert dirk.post(f"{issue}/{path}", {"when": "now"}, via=issue).status_code == 403, path
    assert dirk.get(f"{issue}/versturen").status_code == 403


def test_an_approval_is_for_what_the_page_showed(
    runtime: Runtime, anna: Colleague, bert: Colleague, issue: str
) -> None:
    shown = seen(bert.get(issue).text)
    page = f"{issue}/onderdelen/1"
    anna.post(page, {"section": "news", "title": "Heel anders", "body": "Dag.", "everyone": "true"}, via=page)
    assert bert.post(f"{issue}/goedkeuren", {"seen_hash": shown}, via=issue).status_code == 409
    assert bert.post(f"{issue}/goedkeuren", {}, via=issue).status_code == 409
    assert approve(bert, issue).status_code == 303


def test_an_issue_that_was_edited_after_its_approval_cannot_be_sent(
    runtime: Runtime, anna: Colleague, bert: Colleague, issue: str
) -> None:
    approve(bert, issue)
    bert.post(f"{issue}/versturen", {"when": "later", "day": "2026-12-08", "time": "10:00"}, via=issue)
    page = f"{issue}/onderdelen/1"
    anna.post(page, {"section": "news", "title": "Stiekem", "body": "Dag.", "everyone": "true"}, via=page)
    told = bert.get(issue).text
    assert "Goedkeuring vervallen" in told
    assert "concept" in told
    assert "goedkeuring vervallen" in bert.get("/redactie/edities").text
    assert "Nog niet goedgekeurd" in bert.get(f"{issue}/versturen").text
    for fields in ({"when": "now"}, {"when": "later", "day": "2026-12-09", "time": "10:00"}):
        refused = bert.post(f"{issue}/versturen", fields, via=issue)
        assert refused.status_code == 409
        assert "niet goedgekeurd zoals zij nu is" in refused.text
    with reading(runtime.engine) as session:
        assert session.exec(select(Mailing).where(Mailing.issue_id == 1)).all() == []
    assert approve(bert, issue).status_code == 303
    assert "gepland" in bert.get(issue).text


def test_a_moment_is_set_in_dutch_time_and_taken_back(runtime: Runtime, bert: Colleague, issue: str) -> None:
    approve(bert, issue)
    planned = bert.post(
        f"{issue}/versturen", {"when": "later", "day": "2026-12-08", "time": "10:00"}, via=issue
    )
    assert planned.headers["location"] == f"{issue}?klaar=gepland"
    assert the_issue(runtime).send_at == datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
    page = bert.get(issue).text
    assert "Vertrekt dinsdag 8 december 2026, 10.00 uur." in page
    assert "dinsdag 8 december 2026, 10.00 uur" in bert.get("/redactie/planning").text
    assert bert.post(f"{issue}/intrekken", via=issue).headers["location"] == f"{issue}?klaar=ingetrokken"
    assert the_issue(runtime).send_at is None
    assert ">goedgekeurd</span>" in bert.get(issue).text
    assert [act for _who, act in acts_of(runtime)] == [Act.APPROVED, Act.PLANNED, Act.CANCELLED]


@pytest.mark.parametrize(
    ("day", "time", "said"),
    [
        ("2026-11-30", "10:00", "al voorbij"),
        ("2027-03-28", "02:30", "de klok een uur vooruit"),
        ("", "10:00", "Vul een dag en een tijd in"),
        ("2026-12-08", "", "Vul een dag en een tijd in"),
        ("2026-02-30", "10:00", "Vul een dag en een tijd in"),
    ],
)
def test_a_moment_that_cannot_be_is_said_beside_the_field(
    runtime: Runtime, bert: Colleague, issue: str, day: str, time: str, said: str
) -> None:
    approve(bert, issue)
    refused = bert.post(f"{issue}/versturen", {"when": "later", "day": day, "time": time}, via=issue)
    assert refused.status_code == 422
    assert said in refused.text
    assert the_issue(runtime).send_at is None


def test_an_issue_is_sent_once(runtime: Runtime, anna: Colleague, bert: Colleague, issue: str) -> None:
    approve(bert, issue)
    bert.post(f"{issue}/versturen", {"when": "now"}, via=issue)
    for path, fields in (
        ("versturen", {"when": "now"}),
        ("intrekken", {}),
        ("goedkeuren", {"seen_hash": "0" * 64}),
    ):
        assert bert.post(f"{issue}/{path}", fields, via=issue).status_code == 409, path
    planned = bert.post(
        f"{issue}/versturen", {"when": "later", "day": "2026-12-08", "time": "10:00"}, via=issue
    )
    assert planned.status_code == 409
    assert bert.get(f"{issue}/versturen").status_code == 409
    add = {"section": "news", "title": "Te laat", "body": "Tekst"}
    assert anna.post(f"{issue}/onderdelen/tekst", add, via=issue).status_code == 409
    assert anna.post(f"{issue}/onderdelen/1/weg", via=issue).status_code == 409
    with reading(runtime.engine) as session:
        assert len(session.exec(select(Delivery).where(Delivery.subscriber_id.is_not(None))).all()) == 3
        assert len(session.exec(select(Block)).all()) == 1


def test_an_empty_issue_cannot_be_approved(runtime: Runtime, bert: Colleague) -> None:
    with writing(runtime.engine) as session:
        open_issue(session, title="Leeg", by=ANNA, now=runtime.clock())
    page = bert.get("/redactie/edities/1").text
    assert "Editie goedkeuren" not in page
    assert bert.post("/redactie/edities/1/goedkeuren", {"seen_hash": ""}).status_code == 409


def test_who_gets_nothing_is_counted_before_it_leaves(runtime: Runtime, bert: Colleague) -> None:
    with writing(runtime.engine) as session:
        now = runtime.clock()
        made = open_issue(session, title="Alleen lachgas", by=ANNA, now=now)
        made.allow_nothing, made.minimum = True, 0
        add_text(
            session, issue=made, section_key="news", title="T", body="B", by=ANNA, now=now, tags=["lachgas"]
        )
        for number, slug in enumerate(("lachgas", "lachgas", "ghb")):
            a_reader(session, now, f"lezer{number}@gemeente.example", interests=[slug])
    approve(bert, "/redactie/edities/1")
    page = bert.get("/redactie/edities/1/versturen").text
    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page))
    assert figures == {
        "lezers": "3",
        "krijgen mail": "2",
        "krijgen deze keer niets": "1",
        "verschillende mails": "1",
    }


def test_without_readers_nothing_can_be_sent(runtime: Runtime, bert: Colleague) -> None:
    with writing(runtime.engine) as session:
        made = open_issue(session, title="Voor niemand", by=ANNA, now=runtime.clock())
        add_text(
            session,
            issue=made,
            section_key="news",
            title="T",
            body="B",
            by=ANNA,
            now=runtime.clock(),
            everyone=True,
        )
    approve(bert, "/redactie/edities/1")
    assert "Er zijn nog geen lezers" in bert.get("/redactie/edities/1/versturen").text
    refused = bert.post("/redactie/edities/1/versturen", {"when": "now"})
    assert refused.status_code == 409
    assert the_issue(runtime).closed_at is None


def test_a_moment_that_passed_asks_a_person(runtime: Runtime, bert: Colleague, issue: str) -> None:
    with writing(runtime.engine) as session:
        for name, state, note in (
            ("send-issue-1", "expired", "too late to happen by itself: a person decides"),
            ("open-draft", "done", "issue 1 opened with 12 items"),
            ("harvest", "done", "3 fetched, 1 unchanged, 0 failed, 7 new items"),
        ):
            session.add(
                Occurrence(
                    schedule=name, due_at=runtime.clock(), state=state, started_at=runtime.clock(), note=note
                )
            )
    page = bert.get("/redactie/planning").text
    assert "te laat: wacht op u" in page
    assert f'href="{issue}/versturen"' in page
    assert "Concept geopend met 12 onderdelen." in page
    assert "7 nieuwe berichten" not in page
    assert "7 nieuwe berichten" in bert.get("/redactie/planning?alles=true").text


def test_approval_and_sending_need_the_token_of_a_form(runtime: Runtime, bert: Colleague, issue: str) -> None:
    token = seen(bert.get(issue).text)
    assert bert.client.post(f"{issue}/goedkeuren", data={"seen_hash": token}).status_code == 403
    approve(bert, issue)
    for path in ("versturen", "intrekken"):
        assert bert.client.post(f"{issue}/{path}", data={"when": "now"}).status_code == 403
    assert the_issue(runtime).closed_at is None
