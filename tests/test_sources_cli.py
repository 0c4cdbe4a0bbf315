"""`kennispost sources` and `kennispost harvest`, as a script uses them: JSON Lines, notes apart, exit codes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from content.opml import read_opml
from content.sources import UrlConfidence, add_source
from service.cli import app, checking
from service.cli import sources as commands
from service.database import writing
from service.runtime import build_runtime
from service.settings import Settings, load_settings
from tests.strange_server import StrangeServer, rss, rss_item, strange_server, with_body, with_status

Run = Callable[..., Result]


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the test's database, as the environment would name it."""
    monkeypatch.setenv("KENNISPOST_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KENNISPOST_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KENNISPOST_FETCH_ALLOW", "127.0.0.0/8")
    for module in (commands, checking):  # the tables are there already
        monkeypatch.setattr(module, "prepare_or_refuse", lambda _runtime: None)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_feed_is_added_listed_and_harvested(run: Run, server: StrangeServer) -> None:
    url = server.on("/feed", with_body(rss(rss_item(1), title="GGD Voorbeeld"), ETag='"a"'))
    added = run("sources", "add", "ggd", url)
    assert (added.exit_code, lines(added)[0]["key"], lines(added)[0]["enabled"]) == (0, "ggd", True)
    harvested = run("harvest")
    assert harvested.exit_code == 0
    assert lines(harvested) == [
        {
            "key": "ggd",
            "outcome": "ok",
            "status": 200,
            "entries": 1,
            "new": 1,
            "changed": 0,
            "tagged": 1,
            "problems": [],
        }
    ]
    assert "1 new items of 1 in 1 sources" in harvested.stderr
    listed = lines(run("sources", "list"))
    assert [(one["key"], one["name"], one["failures"]) for one in listed] == [("ggd", "GGD Voorbeeld", 0)]


def test_a_source_that_is_there_already_fails_and_a_wrong_address_is_wrong_use(run: Run) -> None:
    assert run("sources", "add", "ggd", "https://ggd.example/feed", "--name", "GGD").exit_code == 0
    twice = run("sources", "add", "ggd", "https://ander.example/feed")
    assert (twice.exit_code, twice.stdout) == (1, "")
    assert "already" in twice.stderr
    for arguments in (("ggd2", "javascript:alert(1)"), ("GGD!", "https://x.example/")):
        wrong = run("sources", "add", *arguments)
        assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert run("sources", "add", "alleen-een-naam").exit_code == 2
    assert lines(run("sources", "list"))[0]["rights"] == "open"
    newspaper = run("sources", "add", "krant", "https://krant.example/rss", "--quote")
    assert lines(newspaper)[0]["rights"] == "quote"


def test_a_harvest_with_a_failure_still_reports_every_source(run: Run, server: StrangeServer) -> None:
    run("sources", "add", "goed", server.on("/goed", with_body(rss(rss_item(1)))))
    run("sources", "add", "weg", server.on("/weg", with_status(404)))
    harvested = run("harvest")
    assert harvested.exit_code == 1
    assert [(line["key"], line["outcome"], bool(line["problems"])) for line in lines(harvested)] == [
        ("goed", "ok", False),
        ("weg", "failed", True),
    ]
    only = run("harvest", "goed")
    assert (only.exit_code, [line["key"] for line in lines(only)]) == (0, ["goed"])
    unknown = run("harvest", "bestaat-niet")
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "bestaat-niet" in unknown.stderr


def test_checking_enables_what_was_never_proven_and_answers(
    run: Run, server: StrangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = build_runtime(load_settings())
    with writing(runtime.engine) as session:
        for key, answer in (
            ("goed", with_body(rss(rss_item(1)))),
            ("pagina", with_body(b"<html><link rel=alternate type=application/rss+xml href=/echt></html>")),
        ):
            address = server.on(f"/{key}", answer)
            unproven = UrlConfidence.INFERRED
            add_source(
                session, key=key, url=address, enabled=False, url_confidence=unproven, now=runtime.clock()
            )
    runtime.engine.dispose()
    looked = run("sources", "check")
    assert looked.exit_code == 1
    assert [(line["key"], line["entries"], line["enabled_now"]) for line in lines(looked)] == [
        ("goed", 1, False),
        ("pagina", 0, False),
    ]
    assert "/echt" in lines(looked)[1]["problems"][0]
    assert run("sources", "check", "goed", "--enable").exit_code == 0
    listed = {line["key"]: line for line in lines(run("sources", "list"))}
    assert (listed["goed"]["enabled"], listed["goed"]["url_confidence"]) == (True, "verified")
    assert (listed["pagina"]["enabled"], listed["pagina"]["url_confidence"]) == (False, "inferred")
    assert [line["new"] for line in lines(run("harvest"))] == [1]


def test_an_opml_file_is_imported_once(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    file.write_text(
        '<opml version="2.0"><body><outline text="GGD Noord" xmlUrl="https://ggd.example/feed"/>'
        '<outline text="GGD Noord" xmlUrl="https://ggd.example/feed2"/>'
        '<outline text="Fout" xmlUrl="ftp://x.example/"/></body></opml>'
    )
    first = run("sources", "import-opml", file)
    assert first.exit_code == 1
    assert [(line["outcome"], line.get("key")) for line in lines(first)] == [
        ("added", "ggd-noord"),
        ("added", "ggd-noord-2"),
        ("refused", None),
    ]
    assert [line["outcome"] for line in lines(run("sources", "import-opml", file))] == [
        "known",
        "known",
        "refused",
    ]
    assert len(lines(run("sources", "list"))) == 2


def test_sources_go_out_as_opml_and_come_in_again(run: Run, tmp_path: Path) -> None:
    run("sources", "add", "ggd", "https://ggd.example/feed?a=1&b=2", "--name", "GGD & co")
    exported = run("sources", "export")
    (outline,) = read_opml(exported.stdout_bytes)
    assert (exported.exit_code, outline.title, outline.url) == (
        0,
        "GGD & co",
        "https://ggd.example/feed?a=1&b=2",
    )
    (tmp_path / "feeds.opml").write_bytes(exported.stdout_bytes)
    assert [line["outcome"] for line in lines(run("sources", "import-opml", tmp_path / "feeds.opml"))] == [
        "known"
    ]


def test_the_feeds_of_a_site_are_found(run: Run, server: StrangeServer) -> None:
    server.on("/feed", with_body(rss(rss_item(1), title="GGD")))
    site = server.on("/", with_body(b"<html><link rel=alternate type=application/rss+xml href=feed></html>"))
    (found,) = lines(run("sources", "find", site))
    assert (found["url"], found["title"], found["entries"]) == (server.url + "/feed", "GGD", 1)
    missing = run("sources", "find", server.url + "/weg")
    assert (missing.exit_code, missing.stdout) == (1, "")


def test_a_harvest_waits_for_its_time_unless_all_are_asked(run: Run, server: StrangeServer) -> None:
    run("sources", "add", "ggd", server.on("/feed", with_body(rss(rss_item(1)))))
    assert len(lines(run("harvest"))) == 1
    assert lines(run("harvest")) == []
    assert len(lines(run("harvest", "--all"))) == 1
    assert lines(run("sources", "list"))[0]["why"] == "daily"


def test_a_file_that_cannot_be_read_still_gets_its_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    for content in (None, b"", b"<html></html>", b"<!DOCTYPE opml><opml/>"):
        if content is not None:
            file.write_bytes(content)
        refused = run("sources", "import-opml", file)
        (line,) = lines(refused)
        assert (refused.exit_code, line["file"]) == (1, str(file))
        assert line["problems"]
