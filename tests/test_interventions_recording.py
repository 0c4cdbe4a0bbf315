"""Crawls in the database: one intervention with a record for each database, events once, conflicts in sight."""

from datetime import timedelta

import pytest
from crawls import WITHDRAWAL, a_crawl, a_page, day, pages
from knowledge import record, unity_crawls
from sqlmodel import Session, col, select

from content.errors import CrawlRefused, PlacingRefused
from content.interventions.accepting import accept_crawl, may_accept
from content.interventions.cards import card_of
from content.interventions.labelling import tags_of
from content.interventions.merging import merge, split, undo
from content.interventions.remembering import known_links
from content.interventions.starter import load_starter_interventions
from content.interventions.tables import (
    ChangeEvent,
    Intervention,
    Pair,
    Snapshot,
    SourceRecord,
    intervention_by_slug,
)
from service.database import reading, writing
from service.runtime import Runtime

EDITOR = "noor@kennispost.example"


def kinds(session: Session) -> list[str]:
    return list(session.exec(select(ChangeEvent.kind).order_by(col(ChangeEvent.id))))


def test_the_unity_case(runtime: Runtime) -> None:
    record(runtime, *unity_crawls())
    with reading(runtime.engine) as session:
        unity = session.exec(select(Intervention)).one()
        assert kinds(session) == ["re_recognised"]
        records = session.exec(select(SourceRecord).order_by(col(SourceRecord.id))).all()
        assert [(one.source_key, one.intervention_id) for one in records] == [
            ("loketgezondleven", unity.id), ("nji", unity.id)
        ]  # fmt: skip
        assert records[1].matched_by == ["same_name", "no_other_owner"]
        (conflict,) = card_of(session, unity).conflicts
        assert conflict.field == "age"
        assert [(said.text, said.source.name, said.source.within) for said in conflict.statements] == [
            ("18-35", "Loketgezondleven (RIVM)", ""),
            ("19-35", "Databank Effectieve Jeugdinterventies (NJi)", ""),
            ("18-36", "Databank Effectieve Jeugdinterventies (NJi)", "target_group"),
        ]
        assert {tag.slug for tag in tags_of(session, unity)} >= {"drugs"}


def test_the_unity_case_beside_the_starter_knowledge(runtime: Runtime) -> None:
    with writing(runtime.engine) as session:
        load_starter_interventions(session, vocabulary=runtime.vocabulary, now=runtime.clock())
        before = len(session.exec(select(Intervention)).all())
    record(runtime, *unity_crawls())
    with reading(runtime.engine) as session:
        assert len(session.exec(select(Intervention)).all()) == before
        unity = intervention_by_slug(session, "unity")
        assert [listing.present for listing in card_of(session, unity).listings] == [True, True]
        found = session.exec(select(SourceRecord).where(SourceRecord.source_key == "loketgezondleven")).one()
        assert "known_id" in found.matched_by
        assert [one.field for one in card_of(session, unity).conflicts] == ["age"]


def test_recording_a_crawl_again_or_too_late_changes_nothing(runtime: Runtime) -> None:
    crawl = a_crawl(day(5), pages(5))
    first, again, late = record(runtime, crawl, crawl, a_crawl(day(1), []))
    assert (first.new_records, first.again) == (5, False)
    assert (again.again, again.crawl.id) == (True, first.crawl.id)
    assert late.crawl.stale
    with reading(runtime.engine) as session:
        assert kinds(session) == []
        assert len(session.exec(select(Snapshot)).all()) == 5


def test_a_crawl_says_in_a_line_what_it_did_and_which_pages_to_look_up(runtime: Runtime) -> None:
    crawls = [*WITHDRAWAL, a_crawl(day(9), pages(3)), a_crawl(day(2), pages(9)), WITHDRAWAL[0]]
    assert [one.note for one in record(runtime, *crawls)] == [
        "10 new records",
        "1 missing",
        "nothing changed",
        "1 withdrawn",
        "held by a guard: shrunken, 6 not listed",
        "older than a crawl that was judged: not counted",
        "recorded before",
    ]
    with reading(runtime.engine) as session:
        links = known_links(session, "nji")
        assert sorted(links) == [str(number) for number in range(9)]
        assert links["3"] == "https://databank.example/3"
        assert known_links(session, "movisie") == {}


def test_a_snapshot_is_kept_where_something_differs_and_only_there(runtime: Runtime) -> None:
    same = [a_crawl(day(number), pages(10)) for number in range(3)]
    changed = a_crawl(day(3), [a_page("0", summary="anders"), *pages(10, without=["0"])])
    record(runtime, *same, changed)
    with reading(runtime.engine) as session:
        assert len(session.exec(select(Snapshot)).all()) == 11
        assert kinds(session) == ["content_changed"]


def test_a_withdrawal_takes_all_its_conditions_in_the_database_too(runtime: Runtime) -> None:
    record(runtime, *WITHDRAWAL[:3])
    with reading(runtime.engine) as session:
        assert kinds(session) == ["missing"]
    record(runtime, WITHDRAWAL[3])
    with reading(runtime.engine) as session:
        assert kinds(session) == ["missing", "withdrawn"]
        gone = session.exec(select(Intervention).where(col(Intervention.withdrawn))).one()
        assert gone.name == "Interventie 9"


def test_an_editor_accepts_a_shrunken_crawl_and_only_the_newest(runtime: Runtime) -> None:
    gone = {str(key): 410 for key in range(5, 10)}
    first, second = record(runtime, a_crawl(day(0), pages(10)), a_crawl(day(1), pages(5), gone=gone))
    assert (first.crawl.guard, second.crawl.guard) == ("", "shrunken")
    assert second.crawl.held == ["5", "6", "7", "8", "9"]
    with writing(runtime.engine) as session:
        crawl = session.merge(second.crawl)
        events = accept_crawl(session, crawl=crawl, by=EDITOR, now=day(2))
        assert [event.kind for event in events] == ["missing"] * 5
        assert not may_accept(session, crawl)
        with pytest.raises(CrawlRefused):
            accept_crawl(session, crawl=crawl, by=EDITOR, now=day(2))
    third, fourth, incomplete = record(
        runtime, a_crawl(day(4), pages(5), gone=gone), a_crawl(day(9), pages(5), gone=gone),
        a_crawl(day(10), pages(2), complete=False),
    )  # fmt: skip
    assert [one.kind for one in third.events] == []
    assert [one.kind for one in fourth.events] == ["withdrawn"] * 5
    with writing(runtime.engine) as session, pytest.raises(CrawlRefused):
        accept_crawl(session, crawl=session.merge(incomplete.crawl), by=EDITOR, now=day(11))


def test_names_that_are_alike_are_a_question_and_a_refusal_is_remembered(runtime: Runtime) -> None:
    record(runtime, a_crawl(day(0), [a_page("1", name="Unity", owner="Jellinek")], source="loketgezondleven"))
    record(runtime, a_crawl(day(0), [a_page("u", name="Unity", owner="Tactus")]))
    with writing(runtime.engine) as session:
        pair = session.exec(select(Pair)).one()
        assert (pair.evidence, pair.state) == (["same_name"], "proposed")
        assert len(session.exec(select(Intervention)).all()) == 2


def test_merging_is_kept_by_later_crawls_and_can_be_undone(runtime: Runtime) -> None:
    loket = a_crawl(day(0), [a_page("1", name="Unity", owner="Jellinek")], source="loketgezondleven")
    record(runtime, loket, a_crawl(day(0), [a_page("u", name="Unity Nederland", owner="Tactus")]))
    with writing(runtime.engine) as session:
        unity, other = session.exec(select(Intervention).order_by(col(Intervention.id))).all()
        placing = merge(
            session, source=other, target=unity, vocabulary=runtime.vocabulary, by=EDITOR, now=day(1)
        )
        assert intervention_by_slug(session, other.slug).id == unity.id
        assert kinds(session) == ["merged"]
        with pytest.raises(PlacingRefused):
            merge(session, source=other, target=unity, vocabulary=runtime.vocabulary, by=EDITOR, now=day(1))
    record(runtime, a_crawl(day(2), [a_page("u", name="Unity Nederland", owner="Tactus")]))
    with writing(runtime.engine) as session:
        assert {one.intervention_id for one in session.exec(select(SourceRecord))} == {unity.id}
        undo(session, placing=session.merge(placing), vocabulary=runtime.vocabulary, now=day(3))
    with reading(runtime.engine) as session:
        assert len({one.intervention_id for one in session.exec(select(SourceRecord))}) == 2
        assert intervention_by_slug(session, other.slug).id == other.id
        assert card_of(session, session.get_one(Intervention, unity.id)).last_change is None


def test_splitting_keeps_them_apart_and_can_be_undone(runtime: Runtime) -> None:
    record(runtime, *unity_crawls())
    with writing(runtime.engine) as session:
        nji = session.exec(select(SourceRecord).where(SourceRecord.source_key == "nji")).one()
        unity_id = nji.intervention_id
        made, placing = split(session, record=nji, vocabulary=runtime.vocabulary, by=EDITOR, now=day(5))
        assert made.slug == "unity-2"
        loket = session.exec(select(SourceRecord).where(SourceRecord.source_key == "loketgezondleven")).one()
        with pytest.raises(PlacingRefused):
            split(session, record=loket, vocabulary=runtime.vocabulary, by=EDITOR, now=day(5))
    last = unity_crawls()[-1]
    later = a_crawl(last.started + timedelta(days=9), last.parsed)
    record(runtime, later)
    with writing(runtime.engine) as session:
        assert (
            session.exec(select(SourceRecord).where(SourceRecord.source_key == "nji")).one().intervention_id
            == made.id
        )
        assert session.exec(select(Pair)).one().state == "refused"
        undo(session, placing=session.merge(placing), vocabulary=runtime.vocabulary, now=day(20))
    with reading(runtime.engine) as session:
        assert {one.intervention_id for one in session.exec(select(SourceRecord))} == {unity_id}
        assert intervention_by_slug(session, "unity-2").id == unity_id
