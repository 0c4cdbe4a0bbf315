"""Harvest: real feeds over real HTTP into both databases, once each, whatever the sources do."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from content.errors import SourceExists, SourceRefused, UnknownSource
from content.feeds import Entry
from content.inbox import retag
from content.items import Item, ItemTag
from content.sources import (
    Fetch,
    Source,
    UrlConfidence,
    add_source,
    free_key,
    list_sources,
    load_starter_sources,
    set_enabled,
    source_by_key,
)
from content.storing import identity_of, sort_moment
from service.database import reading, writing
from service.feed_server import SAMPLE_FEEDS, feed_files, moved_dates, serve_feeds
from service.harvesting import HarvestReport, harvest_all
from service.runtime import Runtime
from tests.conftest import SetClock
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


def add(runtime: Runtime, key: str, url: str, **more: object) -> None:
    with writing(runtime.engine) as session:
        add_source(session, key=key, url=url, now=runtime.clock(), **more)


def source(runtime: Runtime, key: str) -> Source:
    with reading(runtime.engine) as session:
        return source_by_key(session, key)


def items(runtime: Runtime) -> list[Item]:
    with reading(runtime.engine) as session:
        return list(session.exec(select(Item).order_by(col(Item.id))))


def tags(session: Session, item: Item) -> set[tuple[str, str]]:
    return {(tag.slug, tag.origin) for tag in session.exec(select(ItemTag).where(ItemTag.item_id == item.id))}


def figures(report: HarvestReport) -> tuple[int, int, int, int, int]:
    return report.fetched, report.unchanged, report.failed, report.items, report.new


def test_the_sample_feeds_are_harvested_and_tagged_with_evidence(runtime: Runtime) -> None:
    with serve_feeds(SAMPLE_FEEDS, today=runtime.clock()) as base:
        for path in feed_files(SAMPLE_FEEDS):
            add(runtime, path.stem, f"{base}/{path.name}")
        first = harvest_all(runtime)
        again = harvest_all(runtime)
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
    assert figures(harvest_all(runtime)) == (1, 0, 0, 3, 2)
    assert figures(harvest_all(runtime)) == (1, 0, 0, 3, 0)
    assert [item.identity for item in items(runtime)] == ["bericht-1", "bericht-2"]


def test_two_harvests_at_once_make_no_doubles(runtime: Runtime, server: StrangeServer) -> None:
    for number in range(4):
        url = server.on(f"/{number}", with_body(rss(*(rss_item(100 * number + item) for item in range(20)))))
        add(runtime, f"bron-{number}", url)
    reports: list[HarvestReport] = []
    threads = [threading.Thread(target=lambda: reports.append(harvest_all(runtime))) for _ in range(3)]
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
    harvest_all(runtime)
    first_seen = clock()
    clock.advance(hours=1)
    server.on(
        "/feed", with_body(rss(rss_item(1, title="Preventie van GHB", summary="Over GHB op festivals.")))
    )
    report = harvest_all(runtime)
    (item,) = items(runtime)
    assert (report.new, report.visits[0].stored.changed) == (0, 1)
    assert (item.title, item.first_seen_at) == ("Preventie van GHB", first_seen)
    with reading(runtime.engine) as session:
        assert ("ghb", "rule") in tags(session, item)
        assert "lachgas" not in {slug for slug, _origin in tags(session, item)}


def test_a_changed_text_leaves_the_tags_of_an_editor_alone(runtime: Runtime, server: StrangeServer) -> None:
    add(runtime, "bron", server.on("/feed", with_body(rss(rss_item(1)))))
    harvest_all(runtime)
    with writing(runtime.engine) as session:
        item = session.exec(select(Item)).one()
        retag(session, item=item, slugs=["ketamine"], vocabulary=runtime.vocabulary, relevance=2)
    server.on("/feed", with_body(rss(rss_item(1, title="Preventie van GHB"))))
    harvest_all(runtime)
    with reading(runtime.engine) as session:
        item = session.exec(select(Item)).one()
        assert (item.title, item.relevance) == ("Preventie van GHB", 2)
        assert tags(session, item) == {("ketamine", "editor")}


def test_items_are_tagged_anew_when_the_vocabulary_changed(runtime: Runtime, server: StrangeServer) -> None:
    add(runtime, "bron", server.on("/feed", with_body(rss(rss_item(1)), ETag='"a"')))
    harvest_all(runtime)
    with writing(runtime.engine) as session:
        item = session.exec(select(Item)).one()
        item.vocabulary_version = "older"
        for row in session.exec(select(ItemTag)):
            session.delete(row)
    server.on("/feed", with_status(304))
    assert figures(harvest_all(runtime)) == (0, 1, 0, 0, 0)
    with reading(runtime.engine) as session:
        item = session.exec(select(Item)).one()
        assert item.vocabulary_version == runtime.vocabulary.version
        assert "lachgas" in {slug for slug, _origin in tags(session, item)}


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
    report = harvest_all(runtime)
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
    harvest_all(runtime)
    harvest_all(runtime)
    assert source(runtime, "bron").failures == 2
    server.on("/feed", with_body(rss(rss_item(1))))
    harvest_all(runtime)
    recovered = source(runtime, "bron")
    assert (recovered.failures, recovered.last_problem, recovered.last_ok_at) == (0, "", runtime.clock())


def test_a_feed_that_fails_keeps_the_validators_of_the_last_good_answer(
    runtime: Runtime, server: StrangeServer
) -> None:
    add(runtime, "bron", server.on("/feed", with_body(rss(rss_item(1)), ETag='"goed"')))
    harvest_all(runtime)
    server.on("/feed", with_body(b"<html></html>", ETag='"fout"'))
    harvest_all(runtime)
    assert source(runtime, "bron").etag == '"goed"'


def test_unchanged_for_ever_is_not_believed_after_a_week(
    runtime: Runtime, server: StrangeServer, clock: SetClock
) -> None:
    add(
        runtime,
        "bron",
        server.on("/feed", with_body(rss(rss_item(1)), Last_Modified="Fri, 01 Jan 2041 00:00:00 GMT")),
    )
    harvest_all(runtime)
    server.on("/feed", with_status(304))
    clock.advance(days=6)
    assert harvest_all(runtime).unchanged == 1
    server.on("/feed", with_body(rss(rss_item(1), rss_item(2))))
    clock.advance(days=2)
    assert harvest_all(runtime).new == 1
    asked = [headers.get("if-modified-since", "") for _path, headers in server.requests]
    assert asked == ["", "Fri, 01 Jan 2041 00:00:00 GMT", ""]


def test_a_source_that_says_too_often_is_left_alone_for_that_time(
    runtime: Runtime, server: StrangeServer, clock: SetClock
) -> None:
    add(runtime, "bron", server.on("/feed", with_status(429, Retry_After="7200")))
    assert harvest_all(runtime).failed == 1
    clock.advance(hours=1)
    assert harvest_all(runtime).sources == 0
    clock.advance(hours=1)
    server.on("/feed", with_body(rss(rss_item(1))))
    assert harvest_all(runtime).new == 1


def test_only_enabled_sources_are_visited_unless_one_is_named(
    runtime: Runtime, server: StrangeServer
) -> None:
    url = server.on("/feed", with_body(rss(rss_item(1))))
    add(runtime, "uit", url, enabled=False)
    assert harvest_all(runtime).sources == 0
    assert harvest_all(runtime, only=["uit"]).new == 1
    with pytest.raises(UnknownSource):
        harvest_all(runtime, only=["bestaat-niet"])


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
    assert harvest_all(runtime).new == 1
    (stored,) = items(runtime)
    assert (stored.title, stored.link, stored.summary) == ("Nieuws", "", "ab")


def test_a_date_in_the_future_does_not_pin_an_item_to_the_top(
    runtime: Runtime, server: StrangeServer
) -> None:
    future = "<title>x</title><guid>1</guid><pubDate>Fri, 01 Jan 2041 00:00:00 GMT</pubDate>"
    add(runtime, "bron", server.on("/feed", with_body(rss(future))))
    harvest_all(runtime)
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
        report = harvest_all(runtime)
    assert (report.fetched, report.failed) == (1, 3)
    assert all("404" in problem for problem in report.problems.values())
