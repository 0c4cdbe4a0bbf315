"""Segments at the desk: built without a script, kept, and used by an issue of which the approver reads who gets it."""

import re

import pytest
from builders import a_municipality, a_reader
from colleague import ANNA, BERT, Colleague, a_colleague
from sqlmodel import col, select

from content.composing import add_text, open_issue
from content.issues import Issue
from service.audit import Act, AuditEvent
from service.database import reading, writing
from service.desk.segment_form import fault_of, press, read_draft
from service.mailing.latecomers import add_late_comers, count_late_comers
from service.mailing.outbox import Delivery, Mailing
from service.mailing.planning import plan_issue
from service.mailing.targeting import readers_for
from service.runtime import Runtime
from service.schedule.actions import send_issue
from subscribers.errors import SegmentBroken
from subscribers.organisations import Organisation
from subscribers.people import Subscriber
from subscribers.segments.stored import Segment

HERE = "/redactie/abonnees/segmenten"


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


@pytest.fixture
def bert(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, BERT, "Bert", "publisher")


@pytest.fixture
def readers(runtime: Runtime) -> None:
    """Two in Drenthe, of whom one follows lachgas; one elsewhere."""
    with writing(runtime.engine) as session:
        drenthe = a_municipality(session, "Emmen")
        drenthe.province, drenthe.population = "Drenthe", 107_000
        zeeland = a_municipality(session, "Veere", "GGD Zeeland")
        zeeland.province, zeeland.population = "Zeeland", 22_000
        for name, place, interests in (
            ("een", drenthe, ["lachgas"]),
            ("twee", drenthe, []),
            ("drie", zeeland, []),
        ):
            a_reader(
                session, runtime.clock(), f"{name}@gemeente.example", organisation=place, interests=interests
            )


DRENTHE = {
    "match": "all", "predicate.0": "province", "values.0": ["Drenthe"],
    "match.1": "none", "predicate.1.0": "interest", "values.1.0": ["lachgas"],
}  # fmt: skip


def many(values: str | list[str]) -> list[str]:
    return [values] if isinstance(values, str) else values


def build(person: Colleague, act: str, fields: dict, at: str = f"{HERE}/nieuw"):
    return person.post(at, {**fields, "act": act}, via=f"{HERE}/nieuw")


def a_segment(anna: Colleague, name: str = "Drenthe zonder lachgas", fields: dict = DRENTHE) -> str:
    saved = build(anna, "save", {**fields, "name": name})
    assert saved.status_code == 303, saved.text
    return saved.headers["location"].partition("?")[0]


def an_issue(runtime: Runtime) -> str:
    with writing(runtime.engine) as session:
        now = runtime.clock()
        made = open_issue(session, title="December", by=ANNA, now=now)
        add_text(
            session, issue=made, section_key="news", title="Welkom", body="Dag.", by=ANNA, now=now, everyone=True
        )  # fmt: skip
        return f"/redactie/edities/{made.id}"


def aim(anna: Colleague, issue: str, segment: str):
    number = segment.rpartition("/")[2]
    return anna.post(f"{issue}/voor-wie", {"segment": number}, via=f"{issue}/voor-wie")


def approve(bert: Colleague, issue: str):
    found = re.search(r'name="seen_hash" value="([0-9a-f]{64})"', bert.get(issue).text)
    assert found is not None, "the page offers no approval"
    return bert.post(f"{issue}/goedkeuren", {"seen_hash": found[1]}, via=issue)


def queued(runtime: Runtime) -> list[str]:
    with reading(runtime.engine) as session:
        wanted = select(Subscriber.address).join(Delivery, col(Delivery.subscriber_id) == Subscriber.id)
        return sorted(session.exec(wanted))


def test_a_form_is_a_tree() -> None:
    draft = read_draft((name, one) for name, values in DRENTHE.items() for one in many(values))
    assert draft == {
        "match": "all",
        "parts": [
            {"predicate": "province", "values": ["Drenthe"]},
            {"match": "none", "parts": [{"predicate": "interest", "values": ["lachgas"]}]},
        ],
    }
    assert fault_of(draft) == ""
    draft = press(draft, "add:1", {"new.1": "language"})
    assert draft["parts"][1]["parts"][1] == {"predicate": "language", "values": []}
    assert "Kies bij elke voorwaarde" in fault_of(draft)
    assert press(draft, "remove:1.1", {})["parts"][1]["parts"] == [
        {"predicate": "interest", "values": ["lachgas"]}
    ]
    assert "groep is leeg" in fault_of(press(draft, "group:", {}))


def test_a_segment_is_built_counted_and_kept(runtime: Runtime, anna: Colleague, readers: None) -> None:
    assert "Er zijn nog geen segmenten" in anna.get(HERE).text
    page = build(anna, "add:", {"match": "all", "new": "province"}).text
    assert 'name="predicate.0" value="province"' in page
    assert "Kies bij elke voorwaarde ten minste één mogelijkheid" in page
    page = build(anna, "show", {"match": "all", "predicate.0": "province", "values.0": ["Drenthe"]}).text
    assert re.search(r"<strong>2</strong>\s+van de 3 actieve lezers", page)
    assert "Wie voor een gemeente in Drenthe werkt." in page
    assert "twee@gemeente.example" in page
    assert "drie@gemeente.example" not in page
    address = a_segment(anna)
    page = anna.get(address).text
    assert "Wie voor een gemeente in Drenthe werkt en niet lachgas volgt." in page
    assert re.search(r"<strong>1</strong>", page)
    assert "Drenthe zonder lachgas" in anna.get(HERE).text
    with reading(runtime.engine) as session:
        assert session.exec(select(AuditEvent.action).where(AuditEvent.subject == "segment 1")).all() == [
            Act.SEGMENT_MADE
        ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"match": "all", "name": "X"}, "Voeg ten minste één voorwaarde toe"),
        ({"match": "all", "predicate.0": "province", "name": "X"}, "Kies bij elke voorwaarde"),
        ({**DRENTHE, "name": " "}, "Geef het segment een naam"),
        ({"match": "all", "predicate.0": "province", "values.0": "1 OR 1=1", "name": "X"}, "iets dat er niet meer is"),
        ({"match": "all", "predicate.0": "password", "values.0": "x", "name": "X"}, "iets dat er niet meer is"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_not_kept_and_the_form_says_why(
    runtime: Runtime, anna: Colleague, readers: None, fields: dict, said: str
) -> None:
    refused = build(anna, "save", fields)
    assert refused.status_code == 422
    assert said in refused.text
    with reading(runtime.engine) as session:
        assert session.exec(select(Segment)).all() == []


def test_a_segment_is_copied_removed_and_put_back(anna: Colleague, readers: None) -> None:
    address = a_segment(anna)
    copy = anna.post(f"{address}/kopie", via=HERE).headers["location"]
    assert "Drenthe zonder lachgas 2" in anna.get(copy).text
    double = build(anna, "save", {**DRENTHE, "name": "Drenthe zonder lachgas"})
    assert double.status_code == 422
    assert "Er is al een segment met deze naam" in double.text
    gone = anna.post(f"{address}/weg", via=HERE).headers["location"]
    page = anna.get(gone).text
    assert "„Drenthe zonder lachgas” is weggehaald." in page
    assert f'href="{address}"' not in page
    assert anna.get(address).status_code == 404
    anna.post(f"{address}/terug", via=gone)
    assert f'href="{address}"' in anna.get(HERE).text


def test_who_is_no_editor_looks_and_changes_nothing(anna: Colleague, bert: Colleague, readers: None) -> None:
    address = a_segment(anna)
    page = bert.get(address).text
    assert "Wie voor een gemeente in Drenthe werkt" in page
    assert "Segment bewaren" not in page
    assert bert.get(f"{HERE}/nieuw").status_code == 403
    for path in (address, f"{address}/weg", f"{address}/kopie"):
        assert bert.post(path, {"act": "save"}, via=HERE).status_code == 403
    assert anna.client.post(f"{address}/weg").status_code == 403, "without the token of a form"


def test_an_issue_goes_to_the_segment_and_the_approver_reads_that(
    runtime: Runtime, anna: Colleague, bert: Colleague, readers: None
) -> None:
    issue = an_issue(runtime)
    assert "alle lezers die dit soort editie ontvangen, nu 3." in anna.get(issue).text
    assert aim(anna, issue, a_segment(anna)).headers["location"] == f"{issue}?klaar=voor-wie"
    page = bert.get(issue).text
    assert "segment „Drenthe zonder lachgas”." in page
    assert "Wie voor een gemeente in Drenthe werkt en niet lachgas volgt." in page
    assert "Nu 1 lezer." in page
    assert approve(bert, issue).status_code == 303
    page = bert.get(f"{issue}/versturen").text
    assert re.search(r"<dt>lezers</dt><dd>1</dd>", page)
    assert bert.post(f"{issue}/versturen", {"when": "now"}, via=f"{issue}/versturen").status_code == 303
    assert queued(runtime) == ["twee@gemeente.example"]


def test_who_changes_the_segment_voids_the_approval_and_cannot_approve(
    runtime: Runtime, anna: Colleague, bert: Colleague, readers: None
) -> None:
    carla = a_colleague(runtime, "carla@kennispost.example", "Carla", "editor", "publisher")
    issue, segment = an_issue(runtime), a_segment(anna)
    aim(anna, issue, segment)
    approve(bert, issue)
    wider = {"match": "all", "predicate.0": "province", "values.0": ["Drenthe", "Zeeland"], "name": "Wijder"}
    assert build(carla, "save", wider, at=segment).status_code == 303
    page = carla.get(issue).text
    assert "Goedkeuring vervallen" in page
    assert "Drenthe of Zeeland" in page
    assert "Editie goedkeuren" not in page, "who changed who gets it is one of its makers"
    assert bert.post(f"{issue}/versturen", {"when": "now"}, via=issue).status_code == 409
    assert anna.post(f"{segment}/weg", via=HERE).status_code == 409, "an issue is for it"
    assert approve(bert, issue).status_code == 303
    bert.post(f"{issue}/versturen", {"when": "now"}, via=issue)
    assert len(queued(runtime)) == 3
    assert anna.post(f"{issue}/voor-wie", {"segment": "1"}).status_code == 409


def test_choosing_everyone_again_voids_the_approval_too(
    runtime: Runtime, anna: Colleague, bert: Colleague, readers: None
) -> None:
    issue = an_issue(runtime)
    aim(anna, issue, a_segment(anna))
    approve(bert, issue)
    anna.post(f"{issue}/voor-wie", {"segment": ""}, via=f"{issue}/voor-wie")
    assert "Goedkeuring vervallen" in bert.get(issue).text
    assert "alle lezers die dit soort editie ontvangen, nu 3." in bert.get(issue).text


def test_a_segment_that_cannot_be_asked_any_more_stops_the_sending(
    runtime: Runtime, anna: Colleague, bert: Colleague, readers: None
) -> None:
    issue, segment = an_issue(runtime), a_segment(anna)
    aim(anna, issue, segment)
    approve(bert, issue)
    with writing(runtime.engine) as session:  # no municipality of Drenthe is in the register any more
        for place in session.exec(select(Organisation).where(Organisation.province == "Drenthe")):
            place.province = "Groningen"
            session.add(place)
    for page in (anna.get(issue).text, anna.get(segment).text, anna.get(HERE).text):
        assert "iets dat er niet meer is" in page or "Klopt niet meer:" in page
    refused = bert.post(f"{issue}/versturen", {"when": "now"}, via=issue)
    assert refused.status_code == 409
    assert "Er wordt niets verstuurd" in refused.text
    with writing(runtime.engine) as session:
        said = send_issue(session, runtime, session.get_one(Issue, 1), runtime.clock())
        assert said.startswith("nothing was sent, the editors were told")
        assert session.exec(select(Mailing.kind).where(Mailing.kind == "issue-refused")).all()
    assert queued(runtime) == []


def test_late_comers_are_those_of_the_segment(
    runtime: Runtime, anna: Colleague, bert: Colleague, readers: None
) -> None:
    issue = an_issue(runtime)
    aim(anna, issue, a_segment(anna))
    approve(bert, issue)
    with writing(runtime.engine) as session:
        now = runtime.clock()
        mailing = plan_issue(session, runtime, issue=session.get_one(Issue, 1), now=now)
        places = {place.name: place for place in session.exec(select(Organisation))}
        a_reader(session, now, "laat@gemeente.example", organisation=places["Emmen"])
        a_reader(session, now, "elders@gemeente.example", organisation=places["Veere"])
        assert count_late_comers(session, runtime, mailing=mailing, now=runtime.clock()) == 1
        assert add_late_comers(session, runtime, mailing=mailing, by=BERT, now=now) == 1
    assert queued(runtime) == ["laat@gemeente.example", "twee@gemeente.example"]


def test_an_issue_for_a_segment_that_is_no_segment_is_refused(runtime: Runtime, readers: None) -> None:
    issue = an_issue(runtime)
    with writing(runtime.engine) as session:
        stored = session.get_one(Issue, int(issue.rpartition("/")[2]))
        stored.audience, stored.audience_name = (
            {"match": "all", "parts": [{"predicate": "sql", "values": ["1"]}]},
            "X",
        )
        session.add(stored)
        session.flush()
        with pytest.raises(SegmentBroken):
            readers_for(session, runtime.vocabulary, stored, now=runtime.clock())
