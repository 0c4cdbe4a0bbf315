"""Documents in the inbox: they come in with the harvest, and leave it when their source takes them back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from content.composing import add_item, open_issue
from content.connectors.shelf import SHELF, declaration_of
from content.items import Item
from content.sources import UrlConfidence, add_source
from service.database import writing
from service.harvesting import harvest_all
from service.runtime import Runtime
from tests.conftest import SetClock
from tests.databases import NOW, fixture, moved
from tests.harvested import items, source
from tests.strange_server import StrangeServer, strange_server, with_body, with_status

XML = "application/xml"
TK = "/SyncFeed/2.0/Feed?category=Document"


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


def own_shelf(runtime: Runtime, folder: Path, server: StrangeServer, key: str) -> None:
    """A source of documents as an operator would declare it, at an address on loopback."""
    text = (SHELF / f"{key}.yaml").read_text(encoding="utf-8")
    url = moved(declaration_of(key), server).url
    (folder / f"{key}.yaml").write_text(
        re.sub(r"(?m)^url: .*$", f"url: {url}\ndelay: 0", text), encoding="utf-8"
    )
    runtime.settings.declarations_dir = folder
    declaration = declaration_of(key, folder)
    with writing(runtime.engine) as session:
        add_source(
            session,
            key=key,
            url=url,
            name=declaration.name,
            kind=declaration.kind,
            attribution=declaration.attribution,
            url_confidence=UrlConfidence.VERIFIED,
            now=runtime.clock(),
        )


def test_documents_come_into_the_inbox_and_leave_it_when_they_are_taken_back(
    runtime: Runtime, server: StrangeServer, tmp_path: Path, clock: SetClock
) -> None:
    own_shelf(runtime, tmp_path, server, "tweede-kamer")
    clock.moment = NOW
    for path, name in ((TK, "page-1.xml"), (f"{TK}&skiptoken=102", "page-2.xml")):
        server.on(path, with_body(fixture("tweede-kamer", name, origin=server.url), kind=XML))
    report = harvest_all(runtime)
    assert (report.sources, report.fetched, report.new, report.tagged) == (1, 1, 2, 2)
    assert [(one.title, one.state) for one in items(runtime)] == [
        ("Voorbeeldbrief over lachgas", "new"),
        ("Voorbeeldbrief over drugs in de stad", "new"),
    ]
    assert source(runtime, "tweede-kamer").position == "105"
    server.on(
        f"{TK}&skiptoken=105", with_body(fixture("tweede-kamer", "page-3.xml", origin=server.url), kind=XML)
    )
    clock.advance(hours=1)
    again = harvest_all(runtime)
    assert (again.unchanged, again.new, again.problems) == (1, 0, {})
    assert [one.state for one in items(runtime)] == ["dropped", "new"]
    server.on(f"{TK}&skiptoken=106", with_status(500))
    clock.advance(hours=1)
    assert harvest_all(runtime).sources == 0  # nothing was new: it is asked less often, as a quiet feed is
    clock.advance(hours=1)
    assert harvest_all(runtime).failed == 1
    troubled = source(runtime, "tweede-kamer")
    assert (troubled.position, troubled.failures, "500" in troubled.last_problem) == ("106", 1, True)


def test_readers_are_told_the_source_in_the_words_that_it_asks_for(
    runtime: Runtime, server: StrangeServer, tmp_path: Path, clock: SetClock
) -> None:
    own_shelf(runtime, tmp_path, server, "tweede-kamer")
    clock.moment = NOW
    server.on(TK, with_body(fixture("tweede-kamer", "page-2.xml", origin=server.url), kind=XML))
    assert harvest_all(runtime).new == 1
    with writing(runtime.engine) as session:
        issue = open_issue(session, title="Editie", by="redactie", now=NOW)
        item = session.exec(select(Item)).one()
        block = add_item(
            session,
            issue=issue,
            item=item,
            section_key=None,
            vocabulary=runtime.vocabulary,
            by="redactie",
            now=NOW,
        )
        assert block.source_name == "Tweede Kamer der Staten-Generaal"
