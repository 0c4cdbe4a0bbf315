"""Digest, alert and welcome series at the desk: kinds, "report at once", and four eyes on the welcome mails."""

import re

import pytest
from colleague import ANNA, BERT, Colleague, a_colleague, an_item
from knowledge import a_knowledge_base
from sqlmodel import select

from content.interventions.tables import Intervention
from content.issues import Issue, IssueKind, blocks_of
from content.items import Item
from content.welcome import in_use, series, versions
from service.database import reading, writing
from service.mailing.outbox import Mailing
from service.runtime import Runtime
from tests.builders import a_reader


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


@pytest.fixture
def bert(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, BERT, "Bert", "publisher")


def the_hash(page: str) -> str:
    return re.search(r'name="seen_hash" value="([0-9a-f]+)"', page).group(1)


def approve(bert: Colleague, issue: int) -> None:
    path = f"/redactie/edities/{issue}"
    answer = bert.post(f"{path}/goedkeuren", {"seen_hash": the_hash(bert.get(path).text)}, via=path)
    assert answer.headers["location"].endswith("klaar=goedgekeurd")


def test_an_editor_chooses_the_kind_and_the_list_shows_it(runtime: Runtime, anna: Colleague) -> None:
    anna.post("/redactie/edities", {"title": "Week 50", "kind": "digest"})
    page = anna.get("/redactie/edities").text
    assert re.search(r"Week 50</a></th>\s*<td data-label=\"Soort\">Weekoverzicht", page)
    assert anna.post("/redactie/edities", {"title": "Stiekem", "kind": "welcome"}).status_code == 422
    with reading(runtime.engine) as session:
        issue = session.exec(select(Issue)).one()
        assert (issue.kind, issue.allow_nothing) == (IssueKind.DIGEST, True)


def test_what_cannot_wait_goes_into_an_alert_that_another_approves_and_sends(
    runtime: Runtime, anna: Colleague, bert: Colleague
) -> None:
    with writing(runtime.engine) as session:
        a_reader(session, runtime.clock(), "a@x.example", interests=["lachgas"], streams=("alerts",))
        item = an_item(session, runtime.clock(), "Erkenning vervallen").id
    answer = anna.post(f"/redactie/inbox/{item}", {"act": "alert", "seen": "new"}, via="/redactie/inbox")
    told = anna.get(answer.headers["location"]).text
    assert "Staat nu in een melding" in told
    again = anna.post(f"/redactie/inbox/{item}", {"act": "alert", "seen": "used"}, via="/redactie/inbox")
    assert "gedaan=dubbel" in again.headers["location"]
    with reading(runtime.engine) as session:
        alert = session.exec(select(Issue)).one()
        assert (alert.kind, alert.title) == ("alert", "Melding: Erkenning vervallen")
        letters = [
            mailing.kind for mailing in session.exec(select(Mailing)) if mailing.kind == "alert-drafted"
        ]
        assert len(letters) == 2  # to Anna and to Bert, once
    approve(bert, alert.id)
    path = f"/redactie/edities/{alert.id}/versturen"
    assert bert.post(path, {"when": "now"}, via=path).headers["location"].endswith("klaar=verstuurd")
    public = anna.get("/edities").text
    assert re.search(r"Melding ·", public)
    assert "Melding" in anna.get(f"/edities/{alert.slug}").text


def test_an_alert_is_undone_without_touching_the_monthly_issue(runtime: Runtime, anna: Colleague) -> None:
    with writing(runtime.engine) as session:
        item = an_item(session, runtime.clock(), "Bericht").id
    anna.post("/redactie/edities", {"title": "December"})
    with reading(runtime.engine) as session:
        monthly = session.exec(select(Issue)).one()
    anna.post(
        f"/redactie/inbox/{item}",
        {"act": "use", "seen": "new", "into": str(monthly.id)},
        via="/redactie/inbox",
    )
    anna.post(f"/redactie/inbox/{item}", {"act": "alert", "seen": "used"}, via="/redactie/inbox")
    anna.post(f"/redactie/inbox/{item}/ongedaan", {"was": "used"}, via="/redactie/inbox")
    with reading(runtime.engine) as session:
        left = {issue.kind: len(blocks_of(session, issue)) for issue in session.exec(select(Issue))}
        assert left == {"monthly": 1, "alert": 0}
        assert session.get(Item, item).state == "used"


def test_the_issue_says_what_readers_of_the_digest_do_not_get_again(
    runtime: Runtime, anna: Colleague, bert: Colleague
) -> None:
    with writing(runtime.engine) as session:
        a_reader(
            session, runtime.clock(), "a@x.example", interests=["lachgas"], streams=("digest", "monthly")
        )
        item = an_item(session, runtime.clock(), "Bericht").id
    numbers = []
    for kind in ("monthly", "digest"):
        path = anna.post("/redactie/edities", {"title": f"Een {kind}", "kind": kind}).headers["location"]
        numbers.append(int(re.search(r"edities/(\d+)", path).group(1)))
        anna.post(
            f"/redactie/inbox/{item}",
            {"act": "use", "seen": "new", "into": str(numbers[-1])},
            via="/redactie/inbox",
        )
    assert "krijgen het hier niet nog eens" not in anna.get(f"/redactie/edities/{numbers[0]}").text
    approve(bert, numbers[1])
    path = f"/redactie/edities/{numbers[1]}/versturen"
    bert.post(path, {"when": "now"}, via=path)
    page = anna.get(f"/redactie/edities/{numbers[0]}").text
    assert re.search(r"krijgen het hier niet nog eens:\s+het weekoverzicht", page)


def test_the_welcome_series_begins_is_approved_by_another_and_put_on(
    runtime: Runtime, anna: Colleague, bert: Colleague
) -> None:
    here = "/redactie/welkom"
    assert "Er zijn nog geen teksten" in anna.get(here).text
    assert anna.post(f"{here}/begin", via=here).status_code == 303
    assert anna.get(here).text.count("wacht op goedkeuring door een ander") == 10
    with reading(runtime.engine) as session:
        first, issue = versions(session)[0]
    assert "Naar de welkomstserie" not in anna.get(f"/redactie/edities/{issue.id}").text
    assert bert.post(f"{here}/{first.id}/gebruik", via=here).status_code == 409
    assert bert.post(f"{here}/aan", via=here).status_code == 409
    approve(bert, issue.id)
    assert anna.post(f"{here}/{first.id}/gebruik", via=here).status_code == 403
    assert bert.get(f"/redactie/edities/{issue.id}/versturen").status_code == 409
    assert bert.post(f"{here}/{first.id}/gebruik", via=here).headers["location"].endswith("klaar=ingebruik")
    assert bert.post(f"{here}/aan", via=here).headers["location"].endswith("klaar=aan")
    assert (
        anna.post(f"{here}/{first.id}/dag", {"days": "3"}, via=here)
        .headers["location"]
        .endswith("klaar=bewaard")
    )
    assert anna.post(f"{here}/{first.id}/dag", {"days": "999"}, via=here).status_code == 422
    answer = anna.post(f"{here}/{first.id}/nieuw", via=here)
    page = anna.get(answer.headers["location"]).text
    assert issue.title in page
    with reading(runtime.engine) as session:
        assert [(one.id, one.delay_days) for one, _ in in_use(session)] == [(first.id, 3)]
        assert series(session).on
    assert issue.title not in anna.get("/redactie/edities").text
    assert issue.title not in anna.get("/edities").text
    assert issue.title in anna.get(f"/edities/{issue.slug}").text  # where its mail leads
    assert bert.post(f"{here}/uit", via=here).headers["location"].endswith("klaar=uit")


def test_an_intervention_goes_into_a_welcome_mail_from_the_knowledge_base(
    runtime: Runtime, anna: Colleague
) -> None:
    a_knowledge_base(runtime)
    anna.post("/redactie/welkom/begin", via="/redactie/welkom")
    with reading(runtime.engine) as session:
        issue = next(issue for version, issue in versions(session) if version.step == 4)
        intervention = session.exec(select(Intervention).where(Intervention.name == "Moti-4")).first()
    assert "/redactie/kennisbank" in anna.get(f"/redactie/edities/{issue.id}").text
    path = f"/redactie/kennisbank/{intervention.id}"
    anna.post(f"{path}/in-editie", {"into": str(issue.id)}, via=path)
    with reading(runtime.engine) as session:
        assert "Moti-4" in [block.title for block in blocks_of(session, issue)]


def test_a_welcome_mail_is_previewed_as_any_municipality(runtime: Runtime, anna: Colleague) -> None:
    anna.post("/redactie/welkom/begin", via="/redactie/welkom")
    with reading(runtime.engine) as session:
        made = {issue.language: issue.id for version, issue in versions(session) if version.step == 2}
    dutch = anna.get(f"/redactie/edities/{made['nl']}/voorbeeld/mail?mailtaal=nl").text
    assert "Vorm een samenwerkingsverband" in dutch
    assert 'lang="en"' not in dutch
    english = anna.get(f"/redactie/edities/{made['en']}/voorbeeld/mail?mailtaal=en").text
    assert "Form a partnership" in english
    assert 'lang="nl"' not in english
    assert "one of your mails" not in english
