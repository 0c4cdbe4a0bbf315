"""A harvest stores and tags items once, however often, by how many and on what texts it runs."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import func, select

from content.entries import Entry
from content.identity import identity_of
from content.inbox import retag
from content.items import Item, ItemTag
from content.sources import (
    Fetch,
)
from content.storing import sort_moment
from service.database import reading, writing
from service.feed_server import SAMPLE_FEEDS, feed_files, moved_dates, serve_feeds
from service.harvesting import HarvestReport, harvest_all
from service.runtime import Runtime
from tests.conftest import SetClock
from tests.harvested import add, figures, items, source, tags
from tests.strange_server import (
    StrangeServer,
    rss,
    rss_item,
    silent,
    strange_server,
    with_body,
    with_status,
)


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


def test_the_sample_feeds_are_harvested_and_tagged_with_evidence(runtime: Runtime) -> None:
    with serve_feeds(SAMPLE_FEEDS, today=runtime.clock()) as base:
        for path in feed_files(SAMPLE_FEEDS):
            add(runtime, path.stem, f"{base}/{path.name}")
        first = harvest_all(runtime, early=True)
        again = harvest_all(runtime, early=True)
    assert figures(first) == (5, 0, 0, 55, 55)
    assert first.tagged > 30
    assert figures(again) == (0, 5, 0, 0, 0)
    assert source(runtime, "ggd-voorbeeldregio").name == "GGD Voorbeeldregio"
    with reading(runtime.engine) as session:
        lachgas = session.exec(select(ItemTag).where(ItemTag.slug == "lachgas")).first()
        assert lachgas is not None
        item = session.get_one(Item, lachgas.item_id)
        evidence = lachgas.evidence[0]
        text = getattr(item, evidence["field"])
        assert text[evidence["start"] :].startswith(evidence["text"])
        assert evidence["rule"]
        fetches = session.exec(select(Fetch.outcome, func.count()).group_by(Fetch.outcome)).all()
        assert sorted(fetches) == [("ok", 5), ("unchanged", 5)]


def test_harvesting_again_without_validators_makes_no_doubles(
    runtime: Runtime, server: StrangeServer
) -> None:
    add(runtime, "bron", server.on("/feed", with_body(rss(rss_item(1), rss_item(2), rss_item(2)))))
    assert figures(harvest_all(runtime, early=True)) == (1, 0, 0, 3, 2)
    assert figures(harvest_all(runtime, early=True)) == (1, 0, 0, 3, 0)
    assert [item.identity for item in items(runtime)] == ["bericht-1", "bericht-2"]


def test_two_harvests_at_once_make_no_doubles(runtime: Runtime, server: StrangeServer) -> None:
    for number in range(4):
        url = server.on(f"/{number}", with_body(rss(*(rss_item(100 * number + item) for item in range(20)))))
        add(runtime, f"bron-{number}", url)
    reports: list[HarvestReport] = []
    threads = [
        threading.Thread(target=lambda: reports.append(harvest_all(runtime, early=True))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.failed for report in reports] == [0, 0, 0]
    assert sum(report.new for report in reports) == len(items(runtime)) == 80


def test_a_changed_text_changes_the_item_and_its_tags(
    runtime: Runtime, server: StrangeServer, clock: SetClock
) -> None:
    add(runtime, "bron", server.on("/feed", with_body(rss(rss_item(1)))))
    harvest_all(runtime, early=True)
    first_seen = clock()
    clock.advance(hours=1)
    server.on(
        "/feed", with_body(rss(rss_item(1, title="Preventie van GHB", summary="Over GHB op festivals.")))
    )
    report = harvest_all(runtime, early=True)
    (item,) = items(runtime)
    assert (report.new, report.visits[0].stored.changed) == (0, 1)
    assert (item.title, item.first_seen_at) == ("Preventie van GHB", first_seen)
    with reading(runtime.engine) as session:
        assert ("ghb", "rule") in tags(session, item)
        assert "lachgas" not in {slug for slug, _origin in tags(session, item)}


def test_a_changed_text_leaves_the_tags_of_an_editor_alone(runtime: Runtime, server: StrangeServer) -> None:
    add(runtime, "bron", server.on("/feed", with_body(rss(rss_item(1)))))
    harvest_all(runtime, early=True)
    with writing(runtime.engine) as session:
        item = session.exec(select(Item)).one()
        retag(session, item=item, slugs=["ketamine"], vocabulary=runtime.vocabulary, relevance=2)
    server.on("/feed", with_body(rss(rss_item(1, title="Preventie van GHB"))))
    harvest_all(runtime, early=True)
    with reading(runtime.engine) as session:
        item = session.exec(select(Item)).one()
        assert (item.title, item.relevance) == ("Preventie van GHB", 2)
        assert tags(session, item) == {("ketamine", "editor")}


def test_items_are_tagged_anew_when_the_vocabulary_changed(runtime: Runtime, server: StrangeServer) -> None:
    add(runtime, "bron", server.on("/feed", with_body(rss(rss_item(1)), ETag='"a"')))
    harvest_all(runtime, early=True)
    with writing(runtime.engine) as session:
        item = session.exec(select(Item)).one()
        item.vocabulary_version = "older"
        for row in session.exec(select(ItemTag)):
            session.delete(row)
    server.on("/feed", with_status(304))
    assert figures(harvest_all(runtime, early=True)) == (0, 1, 0, 0, 0)
    with reading(runtime.engine) as session:
        item = session.exec(select(Item)).one()
        assert item.vocabulary_version == runtime.vocabulary.version
        assert "lachgas" in {slug for slug, _origin in tags(session, item)}


def test_a_harvest_that_is_stopped_ends_at_once_and_keeps_what_it_had(
    runtime: Runtime, server: StrangeServer
) -> None:
    add(runtime, "goed", server.on("/goed", with_body(rss(rss_item(1)))))
    add(runtime, "stil", server.on("/stil", silent(server)))
    stop = threading.Event()
    threading.Timer(0.8, stop.set).start()
    begun = time.monotonic()
    report = harvest_all(runtime, stop=stop)
    assert time.monotonic() - begun < 4
    assert (report.new, report.fetched, report.failed) == (1, 1, 0)
    assert len(items(runtime)) == 1


def test_hostile_text_is_stored_as_plain_text(runtime: Runtime, server: StrangeServer) -> None:
    item = (
        "<title>&lt;script&gt;alert(1)&lt;/script&gt;Nieuws&#0;</title><link>javascript:alert(1)</link>"
        "<description>a&#xD800;b</description>"
    )
    add(runtime, "bron", server.on("/feed", with_body(rss(item))))
    assert harvest_all(runtime, early=True).new == 1
    (stored,) = items(runtime)
    assert (stored.title, stored.link, stored.summary) == ("Nieuws", "", "ab")


def test_a_date_in_the_future_does_not_pin_an_item_to_the_top(
    runtime: Runtime, server: StrangeServer
) -> None:
    future = "<title>x</title><guid>1</guid><pubDate>Fri, 01 Jan 2041 00:00:00 GMT</pubDate>"
    add(runtime, "bron", server.on("/feed", with_body(rss(future))))
    harvest_all(runtime, early=True)
    (item,) = items(runtime)
    assert item.sort_at == item.first_seen_at == runtime.clock()
    assert item.published_at == datetime(2041, 1, 1, tzinfo=UTC)
    assert sort_moment(None, runtime.clock()) == runtime.clock()


def test_identity_is_the_guid_else_the_link_else_the_text() -> None:
    assert identity_of(Entry("g", "t", link="https://a.example/1")) == "g"
    tracked = identity_of(Entry("", "t", link="https://a.example/1?utm_source=x#y"))
    assert tracked == identity_of(Entry("", "anders", link="https://A.example/1"))
    assert (
        identity_of(Entry("", "t", "s"))
        == identity_of(Entry("", "t", "s"))
        != identity_of(Entry("", "t", "r"))
    )
    assert len(identity_of(Entry("g" * 9000, "t"))) < 100


def test_the_dates_of_a_feed_move_by_whole_days() -> None:
    today = datetime(2027, 3, 9, 9, 0, tzinfo=UTC)
    moved = moved_dates(rss(rss_item(1), rss_item(2)), today=today)
    assert b"Mon, 08 Mar 2027 10:01:00 +0100" in moved
    assert b"Mon, 08 Mar 2027 10:02:00 +0100" in moved
    assert moved_dates(b"geen feed", today=today) == b"geen feed"


def test_the_feed_server_serves_its_feeds_and_nothing_else(runtime: Runtime, tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "a b.xml").write_bytes(rss(rss_item(1)))
    (tmp_path / "geheim.xml").write_bytes(rss(rss_item(2)))
    (tmp_path / "feeds" / "geheim.txt").write_text("geheim")
    with serve_feeds(tmp_path / "feeds") as base:
        add(runtime, "goed", f"{base}/a%20b.xml")
        for number, path in enumerate(("..%2fgeheim.xml", "geheim.txt", "")):
            add(runtime, f"fout-{number}", f"{base}/{path}")
        report = harvest_all(runtime, early=True)
    assert (report.fetched, report.failed) == (1, 3)
    assert all("404" in problem for problem in report.problems.values())
