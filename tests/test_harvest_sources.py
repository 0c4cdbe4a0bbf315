"""Each source of a harvest: why it fails, how it recovers, when it is visited, and which there are."""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from content.errors import SourceExists, SourceRefused, UnknownSource
from content.sources import (
    Fetch,
    UrlConfidence,
    free_key,
    list_sources,
    load_starter_sources,
    set_enabled,
    source_by_key,
)
from service.database import reading, writing
from service.harvesting import harvest_all
from service.runtime import Runtime
from tests.conftest import SetClock
from tests.harvested import add, figures, source
from tests.strange_server import (
    StrangeServer,
    bomb,
    redirecting,
    rss,
    rss_item,
    silent,
    strange_server,
    streaming,
    with_body,
    with_status,
)


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


def test_a_bad_source_says_why_and_stops_no_other(runtime: Runtime, server: StrangeServer) -> None:
    good = rss(rss_item(1))
    bad = {
        "html": (
            with_body(b"<html><body>Welkom</body></html>", kind="text/html"),
            "This is a web page, not a feed",
        ),
        "leeg": (with_body(b""), "The answer is empty."),
        "geknipt": (with_body(good[:-30]), "ends halfway"),
        "zonder": (with_body(rss()), "no entries"),
        "groot": (streaming(b"x" * 1_000_000, times=100), "larger than 15 MiB"),
        "bom": (with_body(bomb(100_000_000), Content_Encoding="gzip"), "larger than 15 MiB"),
        "entiteit": (with_body(b'<!DOCTYPE r [<!ENTITY a "b">]>' + good), "<!ENTITY"),
        "weg": (with_status(404), "nothing at this address (404)"),
        "stuk": (with_status(500), "error (500)"),
        "binnen": (redirecting("http://10.0.0.1/"), "not a public address"),
        "rondje": (redirecting("/rondje"), "in a circle"),
        "stil": (silent(server), "no complete answer within 1.5 seconds"),
        "traag": (streaming(b"x", times=100, pause=0.05), "no complete answer within 1.5 seconds"),
    }
    runtime.settings.fetch_timeout = 1.5
    for key, (answer, _words) in bad.items():
        add(runtime, key, server.on(f"/{key}", answer))
    add(runtime, "goed", server.on("/goed", with_body(good)))
    report = harvest_all(runtime, early=True)
    assert figures(report) == (1, 0, len(bad), 1, 1)
    for key, (_answer, words) in bad.items():
        assert words in report.problems[key]
        failed = source(runtime, key)
        assert (failed.last_problem, failed.failures, failed.last_ok_at) == (report.problems[key], 1, None)
    assert source(runtime, "goed").last_problem == ""
    with reading(runtime.engine) as session:
        assert len(
            session.exec(select(Fetch).where(Fetch.outcome == "failed", Fetch.problem != "")).all()
        ) == len(bad)


def test_a_source_that_recovers_is_clean_again(runtime: Runtime, server: StrangeServer) -> None:
    add(runtime, "bron", server.on("/feed", with_status(500)))
    harvest_all(runtime, early=True)
    harvest_all(runtime, early=True)
    assert source(runtime, "bron").failures == 2
    server.on("/feed", with_body(rss(rss_item(1))))
    harvest_all(runtime, early=True)
    recovered = source(runtime, "bron")
    assert (recovered.failures, recovered.last_problem, recovered.last_ok_at) == (0, "", runtime.clock())


def test_a_feed_that_fails_keeps_the_validators_of_the_last_good_answer(
    runtime: Runtime, server: StrangeServer
) -> None:
    add(runtime, "bron", server.on("/feed", with_body(rss(rss_item(1)), ETag='"goed"')))
    harvest_all(runtime, early=True)
    server.on("/feed", with_body(b"<html></html>", ETag='"fout"'))
    harvest_all(runtime, early=True)
    assert source(runtime, "bron").etag == '"goed"'


def test_unchanged_for_ever_is_not_believed_after_a_week(
    runtime: Runtime, server: StrangeServer, clock: SetClock
) -> None:
    add(
        runtime,
        "bron",
        server.on("/feed", with_body(rss(rss_item(1)), Last_Modified="Fri, 01 Jan 2041 00:00:00 GMT")),
    )
    harvest_all(runtime, early=True)
    server.on("/feed", with_status(304))
    clock.advance(days=6)
    assert harvest_all(runtime, early=True).unchanged == 1
    server.on("/feed", with_body(rss(rss_item(1), rss_item(2))))
    clock.advance(days=2)
    assert harvest_all(runtime, early=True).new == 1
    asked = [headers.get("if-modified-since", "") for _path, headers in server.requests]
    assert asked == ["", "Fri, 01 Jan 2041 00:00:00 GMT", ""]


def test_a_source_that_says_too_often_is_left_alone_for_that_time(
    runtime: Runtime, server: StrangeServer, clock: SetClock
) -> None:
    add(runtime, "bron", server.on("/feed", with_status(429, Retry_After="7200")))
    assert harvest_all(runtime, early=True).failed == 1
    clock.advance(hours=1)
    assert harvest_all(runtime, early=True).sources == 0
    clock.advance(hours=1)
    server.on("/feed", with_body(rss(rss_item(1))))
    assert harvest_all(runtime, early=True).new == 1


def test_only_enabled_sources_are_visited_unless_one_is_named(
    runtime: Runtime, server: StrangeServer
) -> None:
    url = server.on("/feed", with_body(rss(rss_item(1))))
    add(runtime, "uit", url, enabled=False)
    assert harvest_all(runtime, early=True).sources == 0
    assert harvest_all(runtime, only=["uit"]).new == 1
    with pytest.raises(UnknownSource):
        harvest_all(runtime, only=["bestaat-niet"])


def test_a_source_is_one_key_and_one_address(runtime: Runtime) -> None:
    add(runtime, "bron", "https://bron.example/feed#x")
    for key, url, error in (
        ("bron", "https://ander.example/", SourceExists),
        ("ander", "https://bron.example/feed", SourceExists),
        ("Bron!", "https://ander.example/", SourceRefused),
        ("-", "https://ander.example/", SourceRefused),
        ("ander", "javascript:alert(1)", SourceRefused),
    ):
        with pytest.raises(error):
            add(runtime, key, url)
    with writing(runtime.engine) as session:
        assert free_key(session, title="Bron") == "bron-2"
        assert free_key(session, title="GGD Hollands Noorden & co") == "ggd-hollands-noorden-co"
        assert free_key(session, title="???") == "bron-2"
        set_enabled(session, source=source_by_key(session, "bron"), enabled=False)
    assert not source(runtime, "bron").enabled


def test_starter_sources_are_enabled_only_where_the_address_was_proven(runtime: Runtime) -> None:
    with writing(runtime.engine) as session:
        added = load_starter_sources(session, now=runtime.clock())
        assert load_starter_sources(session, now=runtime.clock()) == []
        sources = list_sources(session)
        assert len(sources) == len(added) > 10
        assert all(one.enabled == (one.url_confidence == UrlConfidence.VERIFIED) for one in sources)
        assert [one.key for one in sources if one.enabled] == ["rivm"]
        assert all(one.url.startswith("https://") and one.home_url for one in sources)
