"""When a source is visited next: by its own rhythm, by what it asks, and never more often than is polite."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from content.freshness import Freshness, freshness
from content.pacing import DAY, HOUR, Pace, Why, after_answer, after_failure, is_time
from content.sources import Fetch, recent_fetches
from service.database import reading
from service.harvesting import harvest_all
from service.runtime import Runtime
from tests.conftest import SetClock
from tests.harvested import add, items, source
from tests.strange_server import (
    StrangeServer,
    redirecting,
    rss,
    rss_item,
    strange_server,
    with_body,
    with_status,
)

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


def answered(**more: object) -> Pace:
    facts = {"at": NOW, "interval": 4 * HOUR, "changed": False, "conditional": True, "fresh_for": 0}
    return after_answer(**{**facts, **more})  # type: ignore[arg-type]


def failed(**more: object) -> Pace:
    facts = {"at": NOW, "interval": HOUR, "failures": 1, "refusals": 0, "status": 500, "retry_after": 0}
    return after_failure(**{**facts, **more})  # type: ignore[arg-type]


def wait(pace: Pace) -> int:
    assert pace.next_at is not None
    return int((pace.next_at - NOW).total_seconds())


@pytest.mark.parametrize(
    ("facts", "seconds", "why", "interval"),
    [
        ({"changed": True}, 2 * HOUR, Why.RHYTHM, 2 * HOUR),
        ({"changed": True, "interval": HOUR}, HOUR, Why.RHYTHM, HOUR),
        ({}, 6 * HOUR, Why.RHYTHM, 6 * HOUR),
        ({"interval": DAY}, DAY, Why.RHYTHM, DAY),
        ({"conditional": False, "changed": True}, DAY, Why.DAILY, 2 * HOUR),
        ({"fresh_for": 7 * HOUR}, 7 * HOUR, Why.FRESH, 6 * HOUR),
        ({"fresh_for": 365 * DAY}, DAY, Why.FRESH, 6 * HOUR),
        ({"fresh_for": 60}, 6 * HOUR, Why.RHYTHM, 6 * HOUR),
    ],
)
def test_after_an_answer(facts: dict[str, object], seconds: int, why: Why, interval: int) -> None:
    pace = answered(**facts)
    assert (wait(pace), pace.why, pace.interval) == (seconds, why, interval)


@pytest.mark.parametrize(
    ("facts", "seconds", "why"),
    [
        ({}, HOUR, Why.FAILING),
        ({"failures": 3}, 4 * HOUR, Why.FAILING),
        ({"failures": 400}, DAY, Why.FAILING),
        ({"retry_after": 5 * HOUR}, 5 * HOUR, Why.RETRY_AFTER),
        ({"retry_after": 60}, HOUR, Why.FAILING),
        ({"status": 429}, HOUR, Why.TOO_OFTEN),
        ({"status": 429, "retry_after": 3 * HOUR}, 3 * HOUR, Why.TOO_OFTEN),
        ({"status": 429, "retry_after": 90 * DAY}, DAY, Why.TOO_OFTEN),
        ({"status": 403, "refusals": 1}, HOUR, Why.FAILING),
        ({"status": 403, "refusals": 2, "failures": 2}, 12 * HOUR, Why.TOO_OFTEN),
    ],
)
def test_after_a_failure(facts: dict[str, object], seconds: int, why: Why) -> None:
    pace = failed(**facts)
    assert (wait(pace), pace.why) == (seconds, why)


def test_what_is_gone_is_not_visited_again() -> None:
    assert failed(status=410) == Pace(None, Why.GONE, HOUR)


def test_our_own_rhythm_may_be_a_little_early_and_a_request_to_stay_away_may_not() -> None:
    soon = NOW + timedelta(minutes=5)
    assert is_time(soon, Why.RHYTHM, now=NOW)
    assert not is_time(soon, Why.RETRY_AFTER, now=NOW)
    assert not is_time(NOW + timedelta(minutes=30), Why.RHYTHM, now=NOW)
    assert is_time(None, "", now=NOW)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, Freshness()),
        ({"cache-control": "public, max-age=600"}, Freshness(600)),
        ({"cache-control": "s-maxage=10, max-age=600", "age": "100"}, Freshness(500)),
        ({"cache-control": "no-cache, max-age=600"}, Freshness()),
        ({"cache-control": "max-age=99999999999999999999"}, Freshness(DAY)),
        ({"cache-control": "max-age=abc"}, Freshness()),
        ({"expires": "Tue, 01 Dec 2026 10:00:00 GMT"}, Freshness(HOUR)),
        (
            {"expires": "Tue, 01 Dec 2026 10:00:00 GMT", "date": "Tue, 01 Dec 2026 09:30:00 GMT"},
            Freshness(1800),
        ),
        ({"expires": "0"}, Freshness()),
        ({"expires": "Tue, 01 Dec 2020 10:00:00 GMT"}, Freshness()),
        ({"retry-after": "120"}, Freshness(0, 120)),
        ({"retry-after": "9" * 400}, Freshness(0, DAY)),
        ({"retry-after": "Tue, 01 Dec 2026 09:10:00 GMT"}, Freshness(0, 600)),
        ({"retry-after": "straks"}, Freshness()),
        ({"retry-after": "-5"}, Freshness()),
    ],
)
def test_headers_say_how_long_to_stay_away(headers: dict[str, str], expected: Freshness) -> None:
    assert freshness(headers, now=NOW) == expected


def test_a_round_leaves_alone_what_is_not_due_and_the_source_says_why(
    runtime: Runtime, server: StrangeServer, clock: SetClock
) -> None:
    body = with_body(rss(rss_item(1)), ETag='"a"', Cache_Control="max-age=18000")
    add(runtime, "bron", server.on("/feed", body))
    assert harvest_all(runtime).new == 1
    waiting = source(runtime, "bron")
    assert (waiting.not_before, waiting.wait_why) == (clock() + timedelta(hours=5), Why.FRESH)
    clock.advance(hours=2)
    assert harvest_all(runtime).sources == 0
    assert harvest_all(runtime, early=True).sources == 1
    clock.advance(hours=6)
    assert harvest_all(runtime).sources == 1


def test_a_source_that_stays_the_same_is_visited_less_and_less(
    runtime: Runtime, server: StrangeServer, clock: SetClock
) -> None:
    add(runtime, "bron", server.on("/feed", with_body(rss(rss_item(1)), ETag='"a"')))
    harvest_all(runtime)
    server.on("/feed", with_status(304))
    waits = []
    for _round in range(10):
        clock.moment = source(runtime, "bron").not_before or clock()
        assert harvest_all(runtime).unchanged == 1
        waits.append(source(runtime, "bron").rhythm / HOUR)
    assert waits[:3] == [1.5, 2.25, 3.375]
    assert waits[-1] == 24
    server.on("/feed", with_body(rss(rss_item(1), rss_item(2)), ETag='"b"'))
    clock.moment = source(runtime, "bron").not_before or clock()
    harvest_all(runtime)
    assert source(runtime, "bron").rhythm == 12 * HOUR


def test_validators_are_replaced_each_on_its_own(runtime: Runtime, server: StrangeServer) -> None:
    odd = 'W/"é =;, \\"'.encode().decode("latin-1")
    add(
        runtime,
        "bron",
        server.on("/feed", with_body(rss(rss_item(1)), ETag=odd, Last_Modified="gisteren, rond vijven")),
    )
    harvest_all(runtime)
    server.on("/feed", with_status(304, ETag='"nieuw"'))
    harvest_all(runtime, early=True)
    kept = source(runtime, "bron")
    assert (kept.etag, kept.last_modified) == ('"nieuw"', "gisteren, rond vijven")
    assert server.requests[-1][1]["if-none-match"] == odd
    server.on("/feed", with_body(rss(rss_item(2)), Last_Modified="vandaag"))
    harvest_all(runtime, early=True)
    kept = source(runtime, "bron")
    assert (kept.etag, kept.last_modified) == ("", "vandaag")


def test_too_often_holds_for_the_whole_host_and_other_failures_for_the_source(
    runtime: Runtime, server: StrangeServer, clock: SetClock
) -> None:
    with strange_server(host="127.0.0.2") as elsewhere:
        add(runtime, "streng", server.on("/streng", with_status(429, Retry_After="7200")))
        add(runtime, "elders", elsewhere.on("/feed", with_body(rss(rss_item(1)))))
        harvest_all(runtime, only=["streng"])
        add(runtime, "buur", server.on("/buur", with_body(rss(rss_item(2)))))
        assert harvest_all(runtime, only=["streng"]).failed == 1
        assert source(runtime, "buur").wait_why == Why.HOST
        assert harvest_all(runtime, early=True).fetched == 1
        assert [path for path, _headers in server.requests] == ["/streng", "/streng"]
        clock.advance(hours=3)
        server.on("/streng", with_status(503))
        report = harvest_all(runtime)
    assert (report.fetched, report.failed) == (1, 1)
    assert source(runtime, "buur").wait_why == Why.DAILY


def test_refused_again_and_again_is_too_often(
    runtime: Runtime, server: StrangeServer, clock: SetClock
) -> None:
    add(runtime, "bron", server.on("/feed", with_status(403)))
    harvest_all(runtime)
    assert source(runtime, "bron").wait_why == Why.FAILING
    clock.advance(hours=1)
    harvest_all(runtime)
    assert (source(runtime, "bron").wait_why, source(runtime, "bron").refusals) == (Why.TOO_OFTEN, 2)
    assert source(runtime, "bron").not_before == clock() + timedelta(hours=12)


def test_gone_for_good_stops_the_source(runtime: Runtime, server: StrangeServer, clock: SetClock) -> None:
    add(runtime, "bron", server.on("/feed", with_status(410)))
    assert harvest_all(runtime).visits[0].gone
    stopped = source(runtime, "bron")
    assert (stopped.enabled, stopped.wait_why, stopped.last_trouble) == (False, Why.GONE, "gone")
    clock.advance(days=9)
    assert harvest_all(runtime, early=True).sources == 0


def test_moved_for_good_is_followed_when_it_is_said_three_times(
    runtime: Runtime, server: StrangeServer
) -> None:
    new = server.on("/nieuw", with_body(rss(rss_item(1)), ETag='"n"'))
    old = server.on("/oud", redirecting("/nieuw", status=301))
    add(runtime, "bron", old)
    harvest_all(runtime)
    server.on("/oud", redirecting("/nieuw", status=302))
    harvest_all(runtime, early=True)
    server.on("/oud", redirecting("/nieuw", status=308))
    for hits in (1, 2):
        harvest_all(runtime, early=True)
        assert (source(runtime, "bron").url, source(runtime, "bron").moved_hits) == (old, hits)
    harvest_all(runtime, early=True)
    moved = source(runtime, "bron")
    assert (moved.url, moved.moved_hits, moved.etag) == (new, 0, '"n"')
    with reading(runtime.engine) as session:
        assert recent_fetches(session, moved)[0].moved_to == new
    assert len(items(runtime)) == 1


def test_a_move_through_a_passing_redirect_is_no_move(runtime: Runtime, server: StrangeServer) -> None:
    server.on("/c", with_body(rss(rss_item(1))))
    server.on("/b", redirecting("/c", status=301))
    add(runtime, "bron", server.on("/a", redirecting("/b", status=302)))
    for _round in range(4):
        harvest_all(runtime, early=True)
    assert source(runtime, "bron").url == server.url + "/a"


def test_each_visit_leaves_a_row_that_says_what_was_decided(
    runtime: Runtime, server: StrangeServer, clock: SetClock
) -> None:
    add(runtime, "bron", server.on("/feed", with_body(rss(rss_item(1)), ETag='"a"')))
    harvest_all(runtime)
    clock.advance(hours=1)
    server.on("/feed", with_status(503, Retry_After="10800"))
    harvest_all(runtime)
    with reading(runtime.engine) as session:
        rows = session.exec(select(Fetch).order_by(Fetch.id)).all()
        assert [(row.outcome, row.http_status, row.why, row.trouble) for row in rows] == [
            ("ok", 200, Why.RHYTHM, ""),
            ("failed", 503, Why.RETRY_AFTER, "server"),
        ]
        assert rows[1].next_at == clock() + timedelta(hours=3)
