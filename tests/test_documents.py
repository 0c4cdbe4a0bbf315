"""Documents: asked for by period, by number and by token; what is cut off and what is taken back."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from content.connectors.declaration import Declaration
from content.connectors.documents import Gathered, gather
from content.connectors.entries import moment
from content.connectors.port import Answer
from content.connectors.shelf import declaration_of
from content.dates import Dated
from tests.databases import NOW, asked, fixture, mannered, moved
from tests.strange_server import StrangeServer, strange_server, with_body, with_status

XML = "application/xml"
TK = "/SyncFeed/2.0/Feed?category=Document"


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


class Archive:
    """Rijksoverheid as the reference has it: by relevance, at most 20, no paging, and 500 for a date without a time."""

    def __init__(self, moments: list[datetime]) -> None:
        self.moments = moments
        self.periods: list[tuple[datetime, datetime]] = []

    def fetch(self, link: str) -> Answer:
        query = json.loads(parse_qs(urlsplit(link).query)["query"][0])
        asked_for = query["filters"]["sort_date"]
        if any(re.fullmatch(r"\d{4}-\d\d-\d\d", text) for text in asked_for.values()):
            return Answer(500, link)
        begin, end = (datetime.fromisoformat(asked_for[name]) for name in ("from", "to"))
        self.periods.append((begin, end))
        found = [one for one in self.moments if begin <= one <= end][:20]
        inside = "".join(
            f"<item><title>Bericht over drugs</title><link>https://www.rijksoverheid.nl/{self.moments.index(one)}</link>"
            f"<guid>b-{self.moments.index(one)}</guid><pubDate>{format_datetime(one)}</pubDate></item>"
            for one in found
        )
        body = f"<rss version='2.0'><channel><title>R</title>{inside}</channel></rss>".encode()
        return Answer(200, link, body, {"content-type": "application/rss+xml"})


def of_rijksoverheid(archive: Archive, *, days: int = 14) -> Gathered:
    declaration = declaration_of("rijksoverheid-drugs")
    return gather(declaration, fetch=archive.fetch, since=NOW - timedelta(days=days), until=NOW)


def test_a_full_answer_is_asked_again_in_halves_until_nothing_is_cut_off() -> None:
    archive = Archive([NOW - timedelta(hours=3 * number) for number in range(1, 100)])
    gathered = of_rijksoverheid(archive)
    assert (gathered.complete, gathered.problem, len(gathered.entries)) == (True, "", 99)
    assert len({one.guid for one in gathered.entries}) == 99
    assert gathered.requests == len(archive.periods) <= 20


def test_a_quiet_period_is_one_question_and_no_problem() -> None:
    for moments, expected in (([], 0), ([NOW - timedelta(days=1)], 1)):
        archive = Archive(moments)
        gathered = of_rijksoverheid(archive)
        assert (gathered.complete, len(gathered.entries), len(archive.periods)) == (True, expected, 1)


def test_what_still_is_cut_off_is_said() -> None:
    crowded = of_rijksoverheid(Archive([NOW - timedelta(days=3, seconds=number) for number in range(60)]))
    assert not crowded.complete
    assert "within an hour" in crowded.problem or "requests would be needed" in crowded.problem
    busy = of_rijksoverheid(Archive([NOW - timedelta(minutes=10 * number) for number in range(2000)]))
    assert (busy.complete, "More than 20 requests" in busy.problem) == (False, True)


def served(server: StrangeServer, key: str, pages: dict[str, str]) -> Declaration:
    for path, name in pages.items():
        server.on(path, with_body(fixture(key, name, origin=server.url), kind=XML))
    return moved(declaration_of(key), server)


def collected(declaration: Declaration, position: str = "") -> Gathered:
    fetch = mannered(obeys_robots=False)
    return gather(declaration, fetch=fetch, since=NOW - timedelta(days=30), until=NOW, position=position)


def sru(server: StrangeServer) -> Declaration:
    """The declaration, with the pages of its fixtures behind the address that it asks for."""
    declaration = moved(declaration_of("officiele-bekendmakingen"), server)
    links: list[str] = []

    def note(link: str) -> Answer:
        links.append(link.removeprefix(server.url))
        return Answer(200, link, fixture(declaration.key, f"page-{len(links)}.xml"))

    gather(declaration, fetch=note, since=NOW - timedelta(days=30), until=NOW)
    for number, link in enumerate(links, start=1):
        server.on(link, with_body(fixture(declaration.key, f"page-{number}.xml"), kind=XML))
    return declaration


def test_official_publications_are_read_from_record_to_record_until_their_number(
    server: StrangeServer,
) -> None:
    gathered = collected(sru(server))
    assert [one.guid for one in gathered.entries] == ["gmb-2026-1", "gmb-2026-2", "gmb-2026-3"]
    assert (gathered.declared_total, gathered.complete, gathered.requests) == (3, True, 2)
    first = gathered.entries[0]
    assert first.link == "https://zoek.officielebekendmakingen.nl/gmb-2026-1.html"
    assert first.published_at == datetime(2026, 11, 10, 23, tzinfo=UTC)
    query = parse_qs(urlsplit(server.requests[0][0]).query)
    assert query["startRecord"] == ["1"]
    assert 'c.product-area=="officielepublicaties"' in query["query"][0]
    assert 'dt.modified>="2026-10-26"' in query["query"][0]
    assert "sortKeys" not in query


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (fixture("officiele-bekendmakingen", "diagnostic.xml"), "Sort not supported"),
        (fixture("officiele-bekendmakingen", "page-1.xml")[:-50], "not well-formed"),
        (b"<html></html>", "no SRU answer"),
        (b"", "empty"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><searchRetrieveResponse/>', "entities"),
        (b"<searchRetrieveResponse/>", "how many"),
        (
            b"<searchRetrieveResponse><numberOfRecords>"
            + b"9" * 6000
            + b"</numberOfRecords></searchRetrieveResponse>",
            "how many",
        ),
    ],
)
def test_an_answer_that_is_none_is_a_problem(server: StrangeServer, body: bytes, words: str) -> None:
    declaration = sru(server)
    for path in list(server.answers):
        server.on(path, with_body(body, kind=XML))
    gathered = collected(declaration)
    assert (gathered.complete, gathered.entries) == (False, [])
    assert words in gathered.problem


def test_fewer_records_than_declared_is_a_problem(server: StrangeServer) -> None:
    declaration = sru(server)
    for path in list(server.answers):
        body = fixture(declaration.key, "page-2.xml").replace(
            b">3</sru:numberOfRecords", b">9</sru:numberOfRecords"
        )
        server.on(path, with_body(body, kind=XML))
    gathered = collected(declaration)
    assert (gathered.complete, bool(gathered.problem)) == (False, True)


def test_the_sync_feed_is_followed_to_where_it_ends_and_goes_on_from_there(server: StrangeServer) -> None:
    pages = {TK: "page-1.xml", f"{TK}&skiptoken=102": "page-2.xml", f"{TK}&skiptoken=105": "page-3.xml"}
    declaration = served(server, "tweede-kamer", pages)
    first = collected(declaration)
    assert [one.title for one in first.entries] == [
        "Voorbeeldbrief over lachgas",
        "Voorbeeldbrief over drugs in de stad",
    ]
    assert (
        first.entries[0].link == "https://www.tweedekamer.nl/kamerstukken/detail?id=2026D00101&did=2026D00101"
    )
    assert (first.position, first.complete, len(first.removed)) == ("105", True, 1)
    later = collected(declaration, position=first.position)
    assert (later.entries, later.position) == ([], "106")
    assert later.removed == [first.entries[0].guid]


def test_what_is_taken_back_in_the_same_visit_never_comes_in(server: StrangeServer) -> None:
    declaration = served(server, "tweede-kamer", {TK: "page-1.xml", f"{TK}&skiptoken=102": "page-3.xml"})
    gathered = collected(declaration)
    assert (gathered.entries, len(gathered.removed)) == ([], 1)


def test_a_visit_to_the_sync_feed_has_an_end_and_the_next_goes_on(server: StrangeServer) -> None:
    pages = {TK: "page-1.xml", f"{TK}&skiptoken=102": "page-2.xml"}
    declaration = served(server, "tweede-kamer", pages)
    short = replace(declaration, documents=replace(declaration.documents, most=1))
    first = collected(short)
    assert (first.position, first.complete, first.problem) == ("102", False, "")
    assert collected(short, position="102").position == "105"


def test_a_sync_feed_that_fails_halfway_keeps_its_place(server: StrangeServer) -> None:
    declaration = served(server, "tweede-kamer", {TK: "page-1.xml"})
    server.on(f"{TK}&skiptoken=102", with_status(503, Retry_After="60"))
    gathered = collected(declaration)
    assert (gathered.position, len(gathered.entries), gathered.complete) == ("102", 1, False)
    assert "503" in gathered.problem
    round_trip = fixture("tweede-kamer", "page-1.xml", origin=server.url)  # names itself as its next page
    server.on(f"{TK}&skiptoken=102", with_body(round_trip, kind=XML))
    assert "read already" in collected(declaration).problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T10:00:00Z", Dated(datetime(2026, 11, 20, 10, tzinfo=UTC))),
        ("2026-11-20T10:00:00", Dated(datetime(2026, 11, 20, 9, tzinfo=UTC))),
        ("2026-11-20", Dated(datetime(2026, 11, 19, 23, tzinfo=UTC), estimated=True)),
        ("20 november 2026", Dated(datetime(2026, 11, 19, 23, tzinfo=UTC), estimated=True)),
        ("0001-01-01T00:00:00", None),
        ("ooit", None),
        ("", None),
    ],
)
def test_moments_are_aware_or_none(text: str, expected: Dated | None) -> None:
    assert moment(text) == expected


def test_the_fetcher_says_what_a_server_on_loopback_answers(server: StrangeServer) -> None:
    server.on("/sru", with_status(404))
    assert asked(f"{server.url}/sru").status == 404
