"""Crawling as a whole: by night and when asked, each crawl in its ledger once, whoever stops or takes over."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from content.crawled import CrawlResult
from content.errors import SourceRefused, UnknownSource
from content.sources import Fetch, Source, source_by_key
from service.crawling import Ledger, crawl_all, crawl_source
from service.database import reading, writing
from service.errors import LeaseLost, Stopped
from service.harvesting import harvest_all
from service.runtime import Runtime
from service.schedule import rhythm
from service.schedule.occurrences import LEASE, claim, occurrence_of
from service.schedule.rhythm import keep_rhythm, keep_slow_rhythm
from service.schedule.table import SCHEDULE, latest_due
from service.settings import Settings
from tests.conftest import SetClock
from tests.databases import put_database
from tests.harvested import source
from tests.moments import local, utc
from tests.strange_server import StrangeServer, silent, strange_server, with_status

NIGHT = "2026-12-01T02:00"


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


@pytest.fixture(autouse=True)
def at_night(clock: SetClock) -> None:
    clock.moment = utc(NIGHT)


@dataclass
class Book:
    """A ledger that keeps what it gets."""

    known: dict[str, str] = field(default_factory=dict)
    crawls: list[CrawlResult] = field(default_factory=list)

    def ledger(self) -> Ledger:
        def record(_session: Session, found: Source, result: CrawlResult) -> str:
            assert found.key == result.source_key
            self.crawls.append(result)
            return f"{len(result.parsed)} records"

        return Ledger(known=lambda _session, _source: self.known, record=record)


def test_a_crawl_is_noted_on_its_source_and_handed_to_the_ledger(
    runtime: Runtime, server: StrangeServer, tmp_path: Path
) -> None:
    put_database(runtime, tmp_path, server)
    book = Book(known={"weg": f"{server.url}/interventies/weg"})
    (crawled,) = crawl_all(runtime, ledger=book.ledger())
    assert (crawled.problem, crawled.note) == ("", "3 records")
    assert [(one.complete, one.gone) for one in book.crawls] == [(True, {"weg": 404})]
    seen = source(runtime, "nji")
    assert (seen.last_ok_at, seen.failures, seen.last_problem) == (runtime.clock(), 0, "")
    with reading(runtime.engine) as session:
        (visit,) = session.exec(select(Fetch)).all()
        assert (visit.outcome, visit.entries) == ("ok", 3)


def test_a_crawl_that_goes_wrong_is_a_problem_on_the_source_and_reaches_the_ledger_too(
    runtime: Runtime, server: StrangeServer, tmp_path: Path
) -> None:
    put_database(runtime, tmp_path, server)
    server.on("/interventies", with_status(503))
    book = Book()
    (crawled,) = crawl_all(runtime, ledger=book.ledger())
    assert "503" in crawled.problem
    assert [one.complete for one in book.crawls] == [False]
    troubled = source(runtime, "nji")
    assert (troubled.last_problem, troubled.failures) == (crawled.problem, 1)


def test_a_ledger_that_fails_stops_no_other_database_and_leaves_nothing_half(
    runtime: Runtime, server: StrangeServer, tmp_path: Path
) -> None:
    put_database(runtime, tmp_path, server)

    def refuse(_session: Session, _source: Source, _result: CrawlResult) -> str:
        raise ValueError("a defect")

    (crawled,) = crawl_all(runtime, ledger=Ledger(known=lambda _session, _source: {}, record=refuse))
    assert (crawled.result, crawled.problem) == (None, "Unexpected: ValueError.")
    assert source(runtime, "nji").last_fetched_at is None


def test_only_what_is_enabled_and_due_is_visited_unless_it_is_named(
    runtime: Runtime, server: StrangeServer, tmp_path: Path, clock: SetClock
) -> None:
    put_database(runtime, tmp_path, server, enabled=False)
    assert crawl_all(runtime) == []
    assert len(crawl_all(runtime, only=["nji"])) == 1
    with writing(runtime.engine) as session:
        source_by_key(session, "nji").enabled = True
    clock.advance(hours=11)
    assert crawl_all(runtime) == []
    clock.advance(hours=1)
    assert len(crawl_all(runtime)) == 1
    with pytest.raises(UnknownSource):
        crawl_all(runtime, only=["bestaat-niet"])
    with pytest.raises(SourceRefused):
        crawl_source(runtime, key="tweede-kamer")


def test_a_harvest_leaves_databases_to_the_night(
    runtime: Runtime, server: StrangeServer, tmp_path: Path
) -> None:
    put_database(runtime, tmp_path, server)
    assert harvest_all(runtime).sources == 0
    with pytest.raises(SourceRefused, match="kennispost crawl nji"):
        harvest_all(runtime, only=["nji"])
    assert server.requests == []


def test_the_schedule_crawls_once_a_night_beside_what_must_not_wait(
    runtime: Runtime, server: StrangeServer, tmp_path: Path, clock: SetClock
) -> None:
    put_database(runtime, tmp_path, server)
    assert "crawl" not in dict(keep_rhythm(runtime, worker="w"))
    assert server.requests == []
    assert dict(keep_slow_rhythm(runtime, worker="w")) == {
        "crawl": "1 databases visited, 1 read to the end, 3 records"
    }
    assert keep_slow_rhythm(runtime, worker="other") == []
    clock.advance(hours=24)
    assert len(keep_slow_rhythm(runtime, worker="other")) == 1


@pytest.mark.parametrize("day", ["2026-10-25", "2027-03-28", "2026-12-01"])
def test_the_night_has_one_crawl_through_both_switches_of_the_clock(day: str) -> None:
    (line,) = [one for one in SCHEDULE if one.name == "crawl"]
    noon = utc(f"{day}T12:00")
    moments = line.moments(Settings(), noon - timedelta(hours=18), noon)
    assert [local(moment) for moment in moments] == [f"{day} 01:40"]


def test_a_long_crawl_keeps_its_moment_and_gives_up_when_another_has_it(
    runtime: Runtime, server: StrangeServer, tmp_path: Path, clock: SetClock
) -> None:
    (line,) = [one for one in SCHEDULE if one.name == "crawl"]
    due = latest_due(line, runtime.settings, clock())
    assert due is not None
    with writing(runtime.engine) as session:
        assert claim(session, due=due, worker="w", now=clock())
    shift = rhythm.Shift(runtime=runtime, worker="w")
    beat = rhythm._heartbeat(shift, due)
    for _request in range(4):  # four times most of a lease, in all far more than one
        clock.advance(seconds=LEASE.total_seconds() * 0.9)
        beat()
        with reading(runtime.engine) as session:
            row = occurrence_of(session, due)
            assert row is not None
            assert row.lease_until == clock() + LEASE
    clock.advance(seconds=LEASE.total_seconds() + 1)
    with writing(runtime.engine) as session:
        assert claim(session, due=due, worker="other", now=clock())
    with pytest.raises(LeaseLost):
        beat()


def test_a_process_that_is_told_to_stop_does_not_wait_for_a_slow_answer(
    runtime: Runtime, server: StrangeServer, tmp_path: Path
) -> None:
    put_database(runtime, tmp_path, server)
    server.on("/interventies", silent(server))
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    begun = time.monotonic()
    with pytest.raises(Stopped):
        crawl_all(runtime, stop=stop)
    assert time.monotonic() - begun < 4
    assert source(runtime, "nji").last_fetched_at is None
