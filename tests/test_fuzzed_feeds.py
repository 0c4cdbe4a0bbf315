"""Feeds that were bent at random: whatever comes out is a line of JSON with plain text in it, and nothing falls over.

The seeds are feeds of our own; a failure names the seed number, which makes the same document again.
"""

import json
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from content.reading import Reading, read_document
from service.cli import app
from service.feed_server import SAMPLE_FEEDS, feed_files
from tests.strange_server import rss, rss_item

ROUNDS = 400
SEEDS = (
    *(path.read_bytes() for path in feed_files(SAMPLE_FEEDS)),
    rss(*(rss_item(number) for number in range(5))),
    rss(rss_item(1), encoding="utf-16"),
    b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/"><title type="html">&lt;b>t</title>'
    b"<entry><id>urn:1</id>"
    b'<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>b</b></div></title><link href="1"/>'
    b"<content type='html'><![CDATA[<p>tekst</p>]]></content><updated>2026-01-02T03:04:05Z</updated></entry></feed>",
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title></channel><item><title>x</title>'
    b"<link>https://b.example/1</link><dc:date>2026-01-02</dc:date></item></rdf:RDF>",
    b'{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","url":"https://b.example/1",'
    b'"title":"x","content_html":"<p>tekst</p>","date_published":"2026-01-02T03:04:05Z"}]}',
)  # fmt: skip
PIECES = (
    b"<", b">", b"&", b"\0", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE x [", b"<!ENTITY a 'b'>", b"]>", b"&a;",
    b"&#0;", b"&#x110000;", b"\xff\xfe", b"\xef\xbb\xbf", b"<item>", b"</item>", b"</rss>", b"<entry>", b"<script>",
    b"xml:base='x:y'", b'"', b"'", b"\xed\xa0\x80", b"<?xml version='1.0' encoding='utf-7'?>", b"<a" * 300, b"{", b"}", b"[",
    b"\\ud800", b"\x1b$B", b"=" * 50,
)  # fmt: skip


def bent(seed: int) -> bytes:
    """A document out of a seed: pieces cut, doubled, moved, inserted, bytes flipped, encodings mixed."""
    chance = random.Random(seed)
    body = bytearray(chance.choice(SEEDS))
    ways: tuple[Callable[[bytearray, random.Random], None], ...] = (
        _cut,
        _double,
        _insert,
        _flip,
        _splice,
        _swap,
    )
    for _time in range(chance.randint(1, 8)):
        chance.choice(ways)(body, chance)
    return bytes(body)


def _span(body: bytearray, chance: random.Random) -> slice:
    start = chance.randrange(len(body) + 1)
    return slice(start, min(len(body), start + chance.choice((1, 3, 20, 200, 2000))))


def _cut(body: bytearray, chance: random.Random) -> None:
    del body[_span(body, chance)]


def _double(body: bytearray, chance: random.Random) -> None:
    span = _span(body, chance)
    body[span.start : span.start] = body[span] * chance.choice((1, 2, 40))


def _insert(body: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(body) + 1)
    body[at:at] = chance.choice(PIECES)


def _flip(body: bytearray, chance: random.Random) -> None:
    for _time in range(chance.randint(1, 20)):
        if body:
            body[chance.randrange(len(body))] = chance.randrange(256)


def _splice(body: bytearray, chance: random.Random) -> None:
    other = chance.choice(SEEDS)
    body[_span(body, chance)] = other[chance.randrange(len(other)) :]


def _swap(body: bytearray, chance: random.Random) -> None:
    recoded = (
        bytes(body)
        .decode("utf-8", "replace")
        .encode(chance.choice(("utf-16-le", "cp1252", "utf-8-sig", "utf-32")), "replace")
    )
    body[:] = recoded


def check(line: dict[str, object]) -> None:
    """What holds for the answer to any document."""
    assert set(line) == {"file", "format", "entries", "problems"}
    assert isinstance(line["problems"], list)
    assert line["format"] is None or isinstance(line["format"], str)
    assert line["format"] is not None or line["problems"]
    for entry in line["entries"]:
        assert list(entry) == ["id", "title", "link", "published", "summary"]
        assert entry["link"] == "" or re.match(r"https?://[^\s<>\"]+$", entry["link"], re.IGNORECASE)
        assert entry["published"] is None or re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", entry["published"]
        )
        for text in (entry["id"], entry["title"], entry["summary"]):
            assert not re.search(r"<\s*/?(script|iframe|svg|img|style)\b", text, re.IGNORECASE)
            assert not re.search("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", text)


@pytest.mark.parametrize("block", range(4))
def test_no_document_makes_reading_fall_over(block: int) -> None:
    for seed in range(block * ROUNDS, (block + 1) * ROUNDS):
        began = time.monotonic()
        reading = read_document(bent(seed), url="https://b.example/feed")
        assert isinstance(reading, Reading), seed
        assert "The feed cannot be read" not in " ".join(reading.problems), (seed, reading.problems)
        assert time.monotonic() - began < 10, seed


def test_each_document_gets_a_line_of_json_with_plain_text(tmp_path: Path) -> None:
    names = []
    for seed in range(ROUNDS):
        path = tmp_path / f"{seed}.xml"
        path.write_bytes(bent(10_000 + seed))
        names.append(str(path))
    result = CliRunner().invoke(app, ["feeds", "parse", *names])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [line["file"] for line in lines] == names
    for line in lines:
        check(line)
    assert sum(line["format"] is not None for line in lines) > ROUNDS / 2
