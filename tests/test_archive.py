"""The archive shows what was sent, whole, and nothing that was not."""

import re

from content.composing import add_text, open_issue
from content.issues import Issue
from service.database import writing
from service.mailing.planning import plan_issue
from service.runtime import Runtime
from tests.builders import a_reader, an_approved_issue
from tests.visitor import Visitor


def a_sent_issue(runtime: Runtime, clock) -> str:
    """Its slug."""
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "anna@gemeente.example", interests=["lachgas"], name="Anna")
        issue = an_approved_issue(
            session, clock(), ("Over <lachgas> & zo", ["lachgas"]), ("Over GHB", ["ghb"]), everyone=["Welkom"]
        )
        plan_issue(session, runtime, issue=issue, now=clock())
        return issue.slug


def test_a_sent_issue_is_shown_whole_and_is_nobodys(runtime: Runtime, clock) -> None:
    slug = a_sent_issue(runtime, clock)
    answer = Visitor(runtime).get(f"/edities/{slug}")
    assert answer.status_code == 200
    html = answer.text
    assert html.index("Welkom") < html.index("Over &lt;lachgas&gt; &amp; zo") < html.index("Over GHB")
    assert "Anna" not in html
    assert "Omdat u" not in html
    assert "/afmelden/" not in html
    assert "https://bron.example/0?a=1&amp;b=2" in html
    assert "1 december 2026" in html
    assert len(re.findall("<h1", html)) == 1
    assert "<em>nieuw</em>" in html


def test_the_archive_lists_what_was_sent_newest_first(runtime: Runtime, clock) -> None:
    slug = a_sent_issue(runtime, clock)
    clock.advance(days=30)
    with writing(runtime.engine) as session:
        later = an_approved_issue(session, clock(), ("Januari", ["lachgas"]), title="Kennispost januari 2027")
        plan_issue(session, runtime, issue=later, now=clock())
        draft = open_issue(session, title="Nog geheim", by="anna", now=clock())
        add_text(session, issue=draft, section_key="news", title="Geheim", body="x", by="anna", now=clock())
    html = Visitor(runtime).get("/edities").text
    assert html.index("Kennispost januari 2027") < html.index(slug)
    assert "eheim" not in html


def test_an_issue_that_was_not_sent_is_not_found(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        slug = an_approved_issue(session, clock(), ("Geheim", ["lachgas"])).slug
    answer = Visitor(runtime).get(f"/edities/{slug}")
    assert answer.status_code == 404
    assert "Geheim" not in answer.text
    assert Visitor(runtime).get("/edities/nergens").status_code == 404


def test_an_empty_archive_says_what_to_do(runtime: Runtime) -> None:
    html = Visitor(runtime).get("/edities").text
    assert "nog geen editie" in html
    assert "/aanmelden" in html


def test_dutch_texts_on_an_english_page_say_so(runtime: Runtime, clock) -> None:
    slug = a_sent_issue(runtime, clock)
    html = Visitor(runtime).get(f"/edities/{slug}?taal=en").text
    assert '<html lang="en"' in html
    assert '<h1 lang="nl" dir="ltr">' in html


def test_a_text_that_slipped_through_cannot_run(runtime: Runtime, clock) -> None:
    slug = a_sent_issue(runtime, clock)
    with writing(runtime.engine) as session:
        issue = session.get_one(Issue, 1)
        issue.introduction = "<script>alert(1)</script> [x](javascript:alert(1))"
    html = Visitor(runtime).get(f"/edities/{slug}").text
    assert "<script>alert" not in html
    assert 'href="javascript' not in html
