"""`kennispost feeds parse`, as a script uses it: a line for each file, whatever is in it, and exit codes."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from content import apart
from content.apart import ReadingProcess
from service.cli import app
from service.cli.feeds import LIMIT
from tests.strange_server import rss, rss_item

Parse = Callable[..., tuple[Result, list[dict[str, Any]]]]
ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>urn:1</id><title>x</title>'
    b"<published>2026-01-02T03:04:05+01:00</published><link href='/a'/></entry></feed>"
)


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    """Writes documents to files and parses them; a path is taken as it is."""

    def run(*documents: bytes | Path, options: tuple[str, ...] = ()) -> tuple[Result, list[dict[str, Any]]]:
        names = []
        for number, document in enumerate(documents):
            path = document if isinstance(document, Path) else tmp_path / f"{number}.xml"
            if isinstance(document, bytes):
                path.write_bytes(document)
            names.append(str(path))
        result = CliRunner().invoke(app, ["feeds", "parse", *names, *options])
        return result, [json.loads(line) for line in result.stdout.splitlines()]

    return run


def test_a_feed_becomes_a_line(parse: Parse, tmp_path: Path) -> None:
    result, lines = parse(rss(rss_item(1)))
    assert result.exit_code == 0
    assert lines == [
        {
            "file": str(tmp_path / "0.xml"),
            "format": "rss 2.0",
            "entries": [
                {
                    "id": "bericht-1",
                    "title": "Bericht 1 over lachgas",
                    "link": "https://bron.example/1",
                    "published": "2026-11-30T09:01:00Z",
                    "summary": "Jongeren gebruiken minder lachgas.",
                }
            ],
            "problems": [],
        }
    ]


def test_relative_links_follow_the_address_that_is_given(parse: Parse) -> None:
    assert parse(ATOM)[1][0]["entries"][0]["link"] == ""
    assert (
        parse(ATOM, options=("--base", "https://b.example/x/y"))[1][0]["entries"][0]["link"]
        == "https://b.example/a"
    )


def test_what_holds_no_feed_still_gets_its_line_and_the_others_theirs(parse: Parse, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with (tmp_path / "groot.xml").open("wb") as file:
        file.truncate(LIMIT + 1)
    strange = [tmp_path, fifo, tmp_path / "bestaat-niet.xml", Path("/dev/zero"), tmp_path / "groot.xml"]
    documents = [b"", b"\0" * 10, b"<html><body>x</body></html>", b"%PDF-1.7 \xff\xfe", rss(rss_item(1))]
    result, lines = parse(*strange, *documents)
    assert result.exit_code == 1
    assert [line["format"] for line in lines] == [None] * 9 + ["rss 2.0"]
    assert all(line["problems"] and line["entries"] == [] for line in lines[:-1])
    assert "9 of 10 files" in result.stderr


def test_a_feed_with_problems_is_read_as_far_as_it_goes(parse: Parse) -> None:
    whole = rss(rss_item(1), rss_item(2))
    result, lines = parse(whole[:-60], whole.replace(b"</link>", b"</lnik>", 1), rss())
    assert result.exit_code == 0
    assert "ends halfway" in lines[0]["problems"][0]
    assert "not well-formed" in lines[1]["problems"][0]
    assert lines[2]["problems"] == ["The feed has no entries."]
    assert [entry["id"] for entry in lines[1]["entries"]] == ["bericht-1", "bericht-2"]
    assert lines[0]["entries"][0]["id"] == "bericht-1"


def test_no_file_is_wrong_use(parse: Parse) -> None:
    assert parse()[0].exit_code == 2
    assert CliRunner().invoke(app, ["feeds"]).exit_code == 2


def test_standard_input_is_a_file_too_and_a_reader_that_leaves_is_no_fault() -> None:
    command = [sys.executable, "-m", "service", "feeds", "parse", *["-"]]
    done = subprocess.run(command, input=rss(rss_item(1)), capture_output=True, check=True)
    assert json.loads(done.stdout)["entries"][0]["id"] == "bericht-1"
    done = subprocess.run(
        f"{' '.join(command)} - - | true", shell=True, check=False, input=b"", capture_output=True
    )
    assert b"Traceback" not in done.stderr


def test_reading_that_takes_too_long_is_stopped_and_the_next_document_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = b"<rss><channel><item><title>" + b"<!" * 2_000_000 + b"</title></item></channel></rss>"
    with ReadingProcess(seconds=1.0) as reader:
        began = time.monotonic()
        assert reader.read(slow).problems == ("Reading the feed took too long; it was stopped.",)
        assert time.monotonic() - began < 5
        feed = reader.read(rss(rss_item(1)).replace(b"</link>", b"</lnik>", 1)).feed
        assert feed is not None
        assert feed.entries[0].published_at is not None


def test_reading_that_breaks_down_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart.sys, "executable", "/bin/false")
    with ReadingProcess() as reader:
        assert "broke down" in reader.read(b"<rss><a></rss>").problems[0]
        assert reader.read(rss(rss_item(1))).feed is not None
