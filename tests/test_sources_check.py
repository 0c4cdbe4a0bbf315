"""`kennispost sources check`, `enable`, `disable` and `kennispost crawl`: what an operator runs on day one."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from content.connectors.shelf import SHELF, declaration_of
from content.sources import UrlConfidence, add_source
from service.cli import app, checking, crawling, sources
from service.database import writing
from service.runtime import build_runtime
from service.settings import Settings, load_settings
from tests.databases import fixture, moved, put_site
from tests.strange_server import StrangeServer, rss, rss_item, strange_server, with_body, with_status

Run = Callable[..., Result]


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command on the test's database, with declarations of its own."""
    monkeypatch.setenv("KENNISPOST_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KENNISPOST_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KENNISPOST_FETCH_ALLOW", "127.0.0.0/8")
    monkeypatch.setenv("KENNISPOST_DECLARATIONS_DIR", str(tmp_path))
    for module in (checking, crawling, sources):  # the tables are there already
        monkeypatch.setattr(module, "prepare_or_refuse", lambda _runtime: None)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def declared(run: Run, server: StrangeServer, tmp_path: Path) -> Callable[[str], None]:
    """Puts a declared source on loopback, as it ships: disabled, and never seen to answer."""

    def put(key: str) -> None:
        declaration = declaration_of(key)
        if declaration.list.key:
            put_site(server, key)
        text = (SHELF / f"{key}.yaml").read_text(encoding="utf-8")
        url = moved(declaration, server).url
        changed = re.sub(r"(?m)^url: .*$", f"url: {url}\ndelay: 0", text)
        (tmp_path / f"{key}.yaml").write_text(changed.replace("delay: 5\n", ""), encoding="utf-8")
        runtime = build_runtime(load_settings())
        with writing(runtime.engine) as session:
            add_source(
                session, key=key, url=url, enabled=False, kind=declaration.kind, now=runtime.clock(),
                url_confidence=UrlConfidence.INFERRED,
            )  # fmt: skip
        runtime.engine.dispose()

    return put


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def state(run: Run, key: str) -> tuple[bool, str]:
    (line,) = [one for one in lines(run("sources", "list")) if one["key"] == key]
    return line["enabled"], line["url_confidence"]


def test_a_database_is_looked_at_field_by_field(
    run: Run, declared: Callable[[str], None], server: StrangeServer
) -> None:
    declared("loketgezondleven")
    looked = run("sources", "check", "loketgezondleven", "--json")
    assert (looked.exit_code, looked.stderr.strip()) == (0, "1 of 1 done, 0 failed.")
    (line,) = lines(looked)
    assert (line["outcome"], line["listed"], line["declared_total"], line["records"]) == ("ok", 2, 3, 2)
    assert (line["missing"], line["problems"], line["unknown"]) == ([], [], {})
    by_name = {field["name"]: field for field in line["fields"]}
    assert by_name["level"] == {"name": "level", "found": 2, "sample": "goed-onderbouwd", "optional": False}
    assert by_name["age"] == {"name": "age", "found": 1, "sample": "18-35", "optional": True}
    assert by_name["prevention_type"]["sample"] == "Selectieve preventie | Universele preventie"
    assert state(run, "loketgezondleven") == (False, "inferred")  # a look changes nothing


def test_a_look_at_a_terminal_is_a_table(
    run: Run, declared: Callable[[str], None], server: StrangeServer
) -> None:
    declared("nji")
    page = fixture("nji", "unity.html").replace(b"Leeftijd", b"Jaren [red]")
    for path in [path for path in server.answers if path.startswith("/interventies/")]:
        server.on(path, with_body(page, kind="text/html"))
    looked = run("sources", "check", "nji", "--table")
    assert looked.exit_code == 1
    for words in (
        "3 listed, 3 by its own word, 3 read",
        "goed-onderbouwd",
        "MISSING",
        "Jaren [red]",
        "Missing in all: age",
    ):
        assert words in looked.stdout, looked.stdout
    assert re.search(r"in_reassessment\s+│\s+none \(may be\)", looked.stdout)


def test_documents_are_looked_at_too(
    run: Run, declared: Callable[[str], None], server: StrangeServer
) -> None:
    declared("tweede-kamer")
    missed = run("sources", "check", "tweede-kamer", "--json")
    assert (missed.exit_code, lines(missed)[0]["outcome"]) == (1, "failed")
    body = fixture("tweede-kamer", "page-1.xml", origin=server.url)
    server.on("/SyncFeed/2.0/Feed?category=Document", with_body(body, kind="application/xml"))
    (line,) = lines(run("sources", "check", "tweede-kamer", "--json", "--enable"))
    assert (line["outcome"], line["records"], line["enabled_now"]) == ("ok", 2, True)
    found = {field["name"] for field in line["fields"] if field["found"] == 2}
    assert found == {"guid", "title", "link", "published_at", "summary"}
    assert state(run, "tweede-kamer") == (True, "verified")


def test_a_source_is_enabled_only_when_it_can_be_read(
    run: Run, declared: Callable[[str], None], server: StrangeServer
) -> None:
    declared("nji")
    answer = server.answers["/interventies"]
    server.on(
        "/interventies", with_body(b"<html><main><h1>Even wachten</h1></main></html>", kind="text/html")
    )
    refused = run("sources", "enable", "nji")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "never seen to answer" in refused.stderr
    assert "no record" in refused.stderr
    assert state(run, "nji") == (False, "inferred")
    server.on("/interventies", answer)
    enabled = run("sources", "enable", "nji")
    assert (enabled.exit_code, lines(enabled)) == (0, [{"key": "nji", "enabled": True}])
    assert state(run, "nji") == (True, "verified")
    server.on("/interventies", with_status(500))
    assert run("sources", "disable", "nji").exit_code == 0
    assert state(run, "nji") == (False, "verified")
    assert run("sources", "enable", "nji").exit_code == 0  # it was seen to answer once


def test_a_list_whose_next_page_is_not_found_cannot_be_read(
    run: Run, declared: Callable[[str], None], server: StrangeServer
) -> None:
    declared("nji")
    page = fixture("nji", "list.html").replace(b"3 interventies", b"230 interventies")
    server.on("/interventies", with_body(page, kind="text/html"))
    looked = run("sources", "check", "nji", "--json", "--enable")
    (line,) = lines(looked)
    assert (looked.exit_code, line["outcome"], line["enabled_now"], line["records"]) == (
        1,
        "failed",
        False,
        3,
    )
    assert line["problems"] == ["The list says that it has 230 records; 3 were found."]


def test_a_level_outside_the_scale_enables_nothing(
    run: Run, declared: Callable[[str], None], server: StrangeServer
) -> None:
    declared("nji")
    page = fixture("nji", "unity.html").replace(b"Goed onderbouwd", b"Veelbelovend")
    for path in [path for path in server.answers if path.startswith("/interventies/")]:
        server.on(path, with_body(page, kind="text/html"))
    looked = run("sources", "check", "nji", "--json", "--enable")
    (line,) = lines(looked)
    assert (looked.exit_code, line["outcome"], line["enabled_now"]) == (1, "failed", False)
    assert line["unknown"]["Erkend als"] == "Veelbelovend"
    assert any("scale" in text for text in line["problems"])


@pytest.mark.parametrize(
    "command", [("sources", "check"), ("sources", "enable"), ("sources", "disable"), ("crawl",)]
)
def test_a_source_that_there_is_not_is_wrong_use(run: Run, command: tuple[str, ...]) -> None:
    wrong = run(*command, "bestaat-niet")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "bestaat-niet" in wrong.stderr


def test_a_declaration_with_a_fault_is_said_with_its_line(
    run: Run, declared: Callable[[str], None], tmp_path: Path
) -> None:
    declared("nji")
    file = tmp_path / "nji.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("reads: html", "reads: pdf"), encoding="utf-8")
    looked = run("sources", "check", "nji", "--json")
    assert looked.exit_code == 1
    assert "nji.yaml, line" in lines(looked)[0]["problems"][0]


def test_feeds_and_databases_are_checked_in_one_go(
    run: Run, declared: Callable[[str], None], server: StrangeServer
) -> None:
    declared("nji")
    run("sources", "add", "ggd", server.on("/feed", with_body(rss(rss_item(1)))))
    looked = run("sources", "check")
    assert [(line["key"], line["kind"], line["outcome"]) for line in lines(looked)] == [
        ("ggd", "feed", "ok"),
        ("nji", "database", "ok"),
    ]
    assert looked.exit_code == 0


def test_a_crawl_now_is_a_line_for_each_database(
    run: Run, declared: Callable[[str], None], server: StrangeServer
) -> None:
    declared("nji")
    assert (run("crawl").stdout, run("crawl").exit_code) == ("", 0)  # none is enabled
    crawled = run("crawl", "nji")
    assert crawled.exit_code == 0
    assert lines(crawled) == [
        {
            "key": "nji",
            "complete": True,
            "listed": 3,
            "declared_total": 3,
            "records": 3,
            "gone": {},
            "errors": {},
            "note": "3 new records",
            "problems": [],
        }
    ]
    server.on("/interventies/unity", with_status(500))
    partly = run("crawl", "nji")
    (line,) = lines(partly)
    assert (partly.exit_code, line["complete"], line["records"], list(line["errors"])) == (
        1,
        True,
        2,
        ["unity"],
    )
