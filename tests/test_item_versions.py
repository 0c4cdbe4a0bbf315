"""What an item said before, and by what it is known when a source changes its ways."""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from content.entries import Entry
from content.identity import IdentityPolicy
from content.items import VERSION_LIMIT, Item, ItemVersion
from content.sources import add_source, change_source, source_by_key
from content.storing import store_entries, withdraw_entries
from service.database import reading, writing
from service.harvesting import harvest_all
from service.runtime import Runtime
from tests.conftest import SetClock
from tests.harvested import add, items
from tests.strange_server import StrangeServer, rss, rss_item, strange_server, with_body


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


def test_a_changed_entry_keeps_what_it_said_at_most_24_times(
    runtime: Runtime, server: StrangeServer, clock: SetClock
) -> None:
    add(runtime, "bron", "http://127.0.0.1:9/")
    with writing(runtime.engine) as session:
        found = source_by_key(session, "bron")
        change_source(
            session, source=found, name="x", url=server.url + "/feed", home_url="", identity_policy="guid"
        )
    for number in range(VERSION_LIMIT + 4):
        server.on("/feed", with_body(rss(rss_item(1, title=f"Stand {number}"))))
        harvest_all(runtime, early=True)
    (item,) = items(runtime)
    assert (item.title, item.versions) == (f"Stand {VERSION_LIMIT}", VERSION_LIMIT)
    with reading(runtime.engine) as session:
        versions = session.exec(select(ItemVersion).order_by(ItemVersion.number)).all()
        assert [version.title for version in versions] == [
            f"Stand {number}" for number in range(VERSION_LIMIT)
        ]


def test_new_guids_overnight_do_not_bring_old_news_again(runtime: Runtime, server: StrangeServer) -> None:
    add(runtime, "bron", server.on("/feed", with_body(rss(rss_item(1), rss_item(2)))))
    harvest_all(runtime)
    renamed = rss(rss_item(1), rss_item(2), rss_item(3)).replace(b"<guid>bericht", b"<guid>anders")
    server.on("/feed", with_body(renamed))
    assert harvest_all(runtime, early=True).new == 1
    assert [item.identity for item in items(runtime)] == ["anders-1", "anders-2", "anders-3"]


def test_a_source_with_unstable_guids_is_known_by_its_links(runtime: Runtime, server: StrangeServer) -> None:
    def entry(guid: str, title: str) -> str:
        return f"<title>{title}</title><guid isPermaLink='false'>{guid}</guid><link>https://b.example/1?utm_source=x</link>"

    add(runtime, "bron", server.on("/feed", with_body(rss(entry("a", "Een")))))
    with writing(runtime.engine) as session:
        found = source_by_key(session, "bron")
        policy = IdentityPolicy.LINK
        change_source(session, source=found, name="x", url=found.url, home_url="", identity_policy=policy)
    harvest_all(runtime)
    server.on("/feed", with_body(rss(entry("b", "Twee"))))
    report = harvest_all(runtime, early=True)
    assert (report.new, report.visits[0].stored.changed) == (0, 1)
    assert [item.title for item in items(runtime)] == ["Twee"]


def test_an_estimated_date_is_flagged(runtime: Runtime, server: StrangeServer) -> None:
    add(
        runtime,
        "bron",
        server.on("/feed", with_body(rss("<title>a</title><pubDate>3 maart 2025</pubDate>", rss_item(2)))),
    )
    harvest_all(runtime)
    flags: list[Item] = items(runtime)
    assert [item.published_estimated for item in flags] == [True, False]


@pytest.mark.parametrize(("policy", "withdrawn"), [("guid", {"a"}), ("link", {"b"}), ("title", set[str]())])
def test_what_a_source_takes_back_is_found_by_what_its_items_are_known_by(
    runtime: Runtime, policy: str, withdrawn: set[str]
) -> None:
    entries = [
        Entry("nummer-1", "a", link="https://bron.example/1"),
        Entry("nummer-2", "b", link="https://bron.example/2"),
    ]
    with writing(runtime.engine) as session:
        bron = add_source(session, key="bron", url="https://bron.example/", now=runtime.clock())
        at = {"source_id": bron.id or 0, "policy": policy}
        store_entries(session, entries=entries, vocabulary=runtime.vocabulary, now=runtime.clock(), **at)
        withdraw_entries(session, guids=["nummer-1", "https://bron.example/2?utm_source=x", "", "weg"], **at)
        dropped = session.exec(select(Item.title).where(Item.state == "dropped")).all()
        assert set(dropped) == withdrawn
