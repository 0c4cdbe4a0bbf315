"""The built-in mailbox as pages: in the demo alone, and with mail that cannot break out of its frame."""

from dataclasses import replace

import pytest

from service.database import writing
from service.mailing.delivering import deliver_due
from service.mailing.maildir import arrived
from service.mailing.planning import plan_issue
from service.runtime import Runtime
from tests.builders import a_reader, an_approved_issue
from tests.visitor import Visitor


@pytest.fixture
def key(runtime: Runtime, clock) -> str:
    """The key of the one message that arrived."""
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "anna@gemeente.example", interests=["lachgas"], name="<b>Anna</b>")
        issue = an_approved_issue(session, clock(), ("Over lachgas", ["lachgas"]))
        plan_issue(session, runtime, issue=issue, now=clock())
    deliver_due(runtime)
    (file,) = arrived(runtime.settings)
    return file.name


def test_what_arrived_is_listed_with_whom_and_when(runtime: Runtime, key: str) -> None:
    html = Visitor(runtime).get("/postbus").text
    assert f'href="/postbus/{key}"' in html
    assert "Kennispost december 2026" in html
    assert "anna@gemeente.example" in html
    assert "dinsdag 1 december 2026, 10.00 uur" in html
    assert "<b>Anna" not in html


def test_a_message_shows_headers_text_and_html(runtime: Runtime, key: str) -> None:
    html = Visitor(runtime).get(f"/postbus/{key}").text
    assert "List-Unsubscribe-Post" in html
    assert "Message-ID" in html
    assert "Omdat u lachgas volgt" in html
    assert f'src="/postbus/{key}/html"' in html
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in html


def test_the_html_lives_on_a_path_of_its_own_under_a_policy_of_its_own(runtime: Runtime, key: str) -> None:
    answer = Visitor(runtime).get(f"/postbus/{key}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head><base target="_blank">' in answer.text


def test_outside_the_demo_there_is_no_such_page(runtime: Runtime, key: str) -> None:
    for environment in ("development", "production"):
        changed = replace(runtime, settings=runtime.settings.model_copy(update={"environment": environment}))
        for path in ("/postbus", f"/postbus/{key}", f"/postbus/{key}/html"):
            assert Visitor(changed).get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/postbus/x", "/postbus/..%2f..%2fkennispost.db", "/postbus/" + "0" * 32, "/postbus/x/html"]
)
def test_an_unknown_message_is_not_found(runtime: Runtime, key: str, path: str) -> None:
    assert Visitor(runtime).get(path).status_code == 404


def test_an_empty_mailbox_says_what_to_do(runtime: Runtime) -> None:
    assert "Nog geen post" in Visitor(runtime).get("/postbus").text
