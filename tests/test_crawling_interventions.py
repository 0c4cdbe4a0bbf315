"""From the wire to the knowledge base: the night's crawls, over real HTTP, become interventions and what changed there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from content.interventions.cards import card_of
from content.interventions.starter import load_starter_interventions
from content.interventions.tables import (
    ChangeEvent,
    Crawl,
    Intervention,
    SourceRecord,
    intervention_by_slug,
)
from service.crawling import crawl_all
from service.database import reading, writing
from service.runtime import Runtime
from tests.conftest import SetClock
from tests.databases import LOKET, fixture, put_database
from tests.moments import utc
from tests.strange_server import StrangeServer, strange_server, with_body, with_status

UNITY = f"{LOKET}/1400610"


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


@pytest.fixture
def databases(runtime: Runtime, server: StrangeServer, tmp_path: Path, clock: SetClock) -> StrangeServer:
    """Loketgezondleven as it was in 2017, and NJi; in the night."""
    clock.moment = utc("2026-12-01T02:00")
    for key in ("loketgezondleven", "nji"):
        put_database(runtime, tmp_path, server, key)
    unity_is(server, "2017")
    return server


def unity_is(server: StrangeServer, layout: str) -> None:
    """What Loketgezondleven says of Unity from now on."""
    body = fixture("loketgezondleven", f"1400610-{layout}.html", origin=server.url)
    server.on(UNITY, with_body(body, kind="text/html"))


def night(runtime: Runtime, clock: SetClock) -> dict[str, str]:
    """The crawls of a night: by database what the ledger did."""
    crawls = crawl_all(runtime)
    assert [one.problem for one in crawls] == ["", ""]
    clock.advance(hours=24)
    return {one.key: one.note for one in crawls}


def events(session: Session) -> list[tuple[str, str, str]]:
    found = session.exec(select(ChangeEvent).order_by(col(ChangeEvent.id)))
    return [(event.kind, event.old, event.new) for event in found]


def test_the_unity_case_from_the_wire(runtime: Runtime, databases: StrangeServer, clock: SetClock) -> None:
    assert night(runtime, clock) == {"loketgezondleven": "3 new records", "nji": "3 new records"}
    assert set(night(runtime, clock).values()) == {"nothing changed"}
    with reading(runtime.engine) as session:
        assert events(session) == []
        assert len(session.exec(select(Crawl)).all()) == 4
        assert [bool(one.guard) for one in session.exec(select(Crawl))] == [False] * 4
    unity_is(databases, "2018")
    assert night(runtime, clock)["loketgezondleven"] == "1 re_recognised"
    unity_is(databases, "relabelled")  # another layout, the same words: no news
    assert set(night(runtime, clock).values()) == {"nothing changed"}
    with reading(runtime.engine) as session:
        assert events(session) == [("re_recognised", "2011-06-28", "2018-06-07")]
        unity = intervention_by_slug(session, "unity")
        records = session.exec(select(SourceRecord).where(SourceRecord.intervention_id == unity.id)).all()
        assert {(one.source_key, one.key) for one in records} == {
            ("loketgezondleven", "1400610"),
            ("nji", "unity"),
        }
        card = card_of(session, unity)
        ages = next(conflict for conflict in card.conflicts if conflict.field == "age")
        assert [(said.text, said.source.within) for said in ages.statements] == [
            ("18-35", ""),
            ("19-35", ""),
            ("18-36", "target_group"),
        ]
        assert [one.level.slug for one in card.recognitions if one.level] == ["goed-onderbouwd"]


def test_crawls_find_the_interventions_that_are_known_already(
    runtime: Runtime, databases: StrangeServer, clock: SetClock
) -> None:
    with writing(runtime.engine) as session:
        load_starter_interventions(session, vocabulary=runtime.vocabulary, now=clock())
        before = len(session.exec(select(Intervention)).all())
    night(runtime, clock)
    with reading(runtime.engine) as session:
        added = len(session.exec(select(Intervention)).all()) - before
        assert added <= 4  # of six records two are of Unity, which was there
        unity = intervention_by_slug(session, "unity")
        assert [one.present for one in card_of(session, unity).listings] == [True, True]


def test_what_a_list_no_longer_names_is_looked_up_and_a_guard_holds_a_short_list(
    runtime: Runtime, databases: StrangeServer, clock: SetClock
) -> None:
    night(runtime, clock)
    whole = fixture("nji", "list.html", origin=databases.url)
    (line,) = [each for each in whole.splitlines(keepends=True) if b"/interventies/unity" in each]
    short = whole.replace(line, b"").replace(b"3 interventies", b"2 interventies")
    databases.on("/interventies", with_body(short, kind="text/html"))
    databases.on("/interventies/unity", with_status(404))
    assert night(runtime, clock)["nji"] == "held by a guard: shrunken, 1 not listed"
    with reading(runtime.engine) as session:
        assert events(session) == []
        last = session.exec(select(Crawl).order_by(col(Crawl.id).desc())).first()
        assert last is not None
        assert (last.source_key, last.held, last.gone) == ("nji", ["unity"], {"unity": 404})
