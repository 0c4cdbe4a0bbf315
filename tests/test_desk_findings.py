"""The mail lint at the desk: errors stop an approval and say what to do, warnings are shown, a good issue has neither."""

import time

import pytest
from builders import a_reader
from colleague import ANNA, BERT, Colleague, a_colleague
from sqlmodel import select

from content.approval import content_hash
from content.composing import add_link, add_text, change_issue, open_issue
from content.issues import Approval, Issue
from service.database import reading, writing
from service.desk.judging import judge_issue, languages_of
from service.mailing.proofs import proof_of
from service.runtime import Runtime
from tests.test_desk_approval import seen

BROKEN = "Lees [het rapport](http://localhost/rapport) en [klik hier](https://bron.example/a)."


def an_issue(
    runtime: Runtime, *bodies: str, everyone: bool = True, language: str = "nl", maximum: int = 12
) -> str:
    """The address of an issue by Anna with a text for each of these bodies, and one reader."""
    with writing(runtime.engine) as session:
        now = runtime.clock()
        issue = open_issue(session, title="December", by=ANNA, now=now)
        for number, body in enumerate(bodies):
            add_text(
                session, issue=issue, section_key="news", title=f"Tekst {number}", body=body, by=ANNA, now=now,
                everyone=everyone,
            )  # fmt: skip
        change_issue(
            session, issue=issue, title="December", introduction="Dit is nieuw.", minimum=1, maximum=maximum,
            allow_nothing=False, by=ANNA, now=now,
        )  # fmt: skip
        a_reader(session, now, "een@gemeente.example", language=language)
        return f"/redactie/edities/{issue.id}"


@pytest.fixture
def bert(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, BERT, "Bert", "publisher")


def codes(runtime: Runtime) -> list[str]:
    with reading(runtime.engine) as session:
        return [one.code for one in judge_issue(session, runtime, session.exec(select(Issue)).one())]


def approvals(runtime: Runtime) -> int:
    with reading(runtime.engine) as session:
        return len(session.exec(select(Approval)).all())


def test_errors_stop_an_approval_and_say_what_to_do(runtime: Runtime, bert: Colleague) -> None:
    issue = an_issue(runtime, BROKEN)
    page = bert.get(issue).text
    assert "De mail heeft 1 fout" in page
    assert "http://localhost/rapport" in page
    assert "Gebruik het adres waar lezers bij kunnen." in page
    assert "Waar: het rapport" in page
    assert 'href="#controle"' in page
    assert 'id="controle"' in page
    assert "Editie goedkeuren" not in page


def test_whoever_posts_the_form_all_the_same_is_told(runtime: Runtime, bert: Colleague) -> None:
    issue = an_issue(runtime, BROKEN)
    with reading(runtime.engine) as session:
        current = content_hash(session, session.exec(select(Issue)).one())
    answer = bert.post(f"{issue}/goedkeuren", {"seen_hash": current}, via="/redactie/edities/1/voorbeeld")
    assert answer.status_code == 409
    assert "De mail heeft fouten" in answer.text
    assert approvals(runtime) == 0


def test_warnings_are_shown_and_stop_nothing(runtime: Runtime, bert: Colleague) -> None:
    issue = an_issue(
        runtime, "Lees [het rapport](https://bron.example/a).", "Zie [oud](http://oud.example/)."
    )
    page = bert.get(issue).text
    assert "De mail heeft 1 waarschuwing" in page
    assert "begint met http://" in page
    answer = bert.post(f"{issue}/goedkeuren", {"seen_hash": seen(page)}, via=issue)
    assert answer.headers["location"] == f"{issue}?klaar=goedgekeurd"
    assert "controle" not in bert.get(issue).text, "what is approved was looked at"


def test_an_issue_without_fault_shows_nothing(runtime: Runtime, bert: Colleague) -> None:
    page = bert.get(an_issue(runtime, "Dag.", "## Kop\n\nLees [het rapport](https://bron.example/a).")).text
    assert "controle" not in page
    assert "Editie goedkeuren" in page


def test_an_empty_issue_is_not_looked_at(runtime: Runtime) -> None:
    an_issue(runtime)
    assert codes(runtime) == []


def test_each_language_of_the_readers_is_looked_at(runtime: Runtime) -> None:
    an_issue(runtime, "Dag.", language="en")
    with reading(runtime.engine) as session:
        issue = session.exec(select(Issue)).one()
        assert languages_of(session, issue, now=runtime.clock()) == ["en"]
    with writing(runtime.engine) as session:
        a_reader(session, runtime.clock(), "twee@gemeente.example")
        assert languages_of(session, session.exec(select(Issue)).one(), now=runtime.clock()) == ["nl", "en"]
    assert codes(runtime) == []


def test_the_size_is_that_of_the_largest_mail_and_not_of_the_whole(runtime: Runtime) -> None:
    long = "Dit is een lange tekst over preventie. " * 300
    an_issue(runtime, *[long] * 12, everyone=False, maximum=3)
    assert codes(runtime) == []
    with writing(runtime.engine) as session:
        issue = session.exec(select(Issue)).one()
        issue.maximum = 12
    assert codes(runtime) == ["html-too-large"]


def test_the_largest_mail_has_what_is_for_everyone_and_the_longest_others(runtime: Runtime) -> None:
    an_issue(runtime, "Voor iedereen.", maximum=2)
    with writing(runtime.engine) as session:
        issue = session.exec(select(Issue)).one()
        for number, body in enumerate(("Kort.", "Een heel stuk langer. " * 50)):
            add_link(
                session, issue=issue, section_key="news", title=f"Link {number}", body=body, by=ANNA, now=runtime.clock(),
                link=f"https://bron.example/{number}", source_name="Bron", tags=[],
            )  # fmt: skip
        whole = proof_of(session, runtime, issue=issue, language="nl")
        issue.maximum = 3
        assert whole.largest < proof_of(session, runtime, issue=issue, language="nl").largest
        assert all(title in whole.html for title in ("Tekst 0", "Link 0", "Link 1"))


def test_looking_an_issue_over_takes_no_time_that_a_person_notices(runtime: Runtime) -> None:
    an_issue(runtime, *["Lees [het rapport](https://bron.example/a) over preventie. " * 4] * 12)
    begun = time.perf_counter()
    assert codes(runtime) == []
    assert time.perf_counter() - begun < 2
