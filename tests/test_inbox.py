"""The inbox: what editors see, find, decide and take back."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from content.entries import Entry
from content.errors import UnknownIssue, UnknownTerm
from content.inbox import InboxRow, decide, inbox, inbox_counts, inbox_size, retag
from content.items import Item, ItemTag, item_by_id
from content.sources import add_source
from content.storing import store_entries
from service.database import reading, writing
from service.runtime import Runtime

ENTRIES = {
    "ggd": (
        Entry("1", "Jongeren gebruiken minder lachgas", "Preventie op school helpt, zegt de GGD."),
        Entry("2", "Cocaïne in de horeca", "Een onderzoek naar gebruik tijdens het uitgaan."),
        Entry("3", "Brug over de Waterkant dicht", "Fietsers rijden om."),
    ),
    "regio": (
        Entry("1", "100% lachgas_vrij: ÉÉN jaar later", "De aanpak van overlast door lachgas in de wijk."),
    ),
}


@pytest.fixture
def filled(runtime: Runtime) -> Runtime:
    """Two sources, harvested an hour apart."""
    for hour, (key, entries) in enumerate(ENTRIES.items()):
        now = runtime.clock() + timedelta(hours=hour)
        with writing(runtime.engine) as session:
            source = add_source(
                session, key=key, url=f"https://{key}.example/", name=f"Bron {key.upper()}", now=now
            )
            store_entries(
                session, source_id=source.id or 0, entries=entries, vocabulary=runtime.vocabulary, now=now
            )
    return runtime


def titles(rows: list[InboxRow]) -> list[str]:
    return [row.item.title for row in rows]


def lachgas_on_school(session: Session) -> Item:
    return session.exec(select(Item).where(Item.title == ENTRIES["ggd"][0].title)).one()


def test_the_latest_comes_first_with_its_source_and_tags(filled: Runtime) -> None:
    with reading(filled.engine) as session:
        rows = inbox(session)
    assert rows[0].item.title.startswith("100%")
    assert rows[0].source_name == "Bron REGIO"
    assert "lachgas" in {tag.slug for tag in rows[0].tags}
    assert len(rows) == 4


def test_filters_add_up(filled: Runtime) -> None:
    with reading(filled.engine) as session:
        assert len(inbox(session, slug="lachgas")) == 2
        assert titles(inbox(session, slug="lachgas", source="ggd")) == ["Jongeren gebruiken minder lachgas"]
        assert titles(inbox(session, relevance=0)) == ["Brug over de Waterkant dicht"]
        assert inbox(session, state="kept") == []
        assert len(inbox(session, state="")) == 4
        assert inbox(session, slug="bestaat-niet") == []


def test_searching_forgives_case_and_accents_and_wants_all_words(filled: Runtime) -> None:
    expected = {
        "LACHGAS": 2,
        "cocaine": 1,
        "cocaïne": 1,
        "een jaar": 1,
        "lachgas school": 1,
        "school lachgas": 1,
        "lachgas horeca": 0,
        "100%": 1,
        "%": 1,
        "_": 1,
        "bron ggd": 3,
        "'; DROP TABLE item; --": 0,
        "   ": 4,
    }
    with reading(filled.engine) as session:
        assert {words: len(inbox(session, search=words)) for words in expected} == expected
        assert {words: inbox_size(session, search=words) for words in expected} == expected


def test_pages_are_whole_and_do_not_overlap(filled: Runtime) -> None:
    with reading(filled.engine) as session:
        pages = [row.item.id for offset in range(0, 6, 2) for row in inbox(session, limit=2, offset=offset)]
        assert len(pages) == len(set(pages)) == inbox_size(session) == 4


def test_counts_stand_beside_the_filters(filled: Runtime) -> None:
    with writing(filled.engine) as session:
        decide(session, item=session.exec(select(Item).where(Item.relevance == 0)).one(), state="dropped")
        counts = inbox_counts(session)
    assert counts.states == {"new": 3, "dropped": 1}
    assert sum(counts.relevances.values()) == 3
    assert counts.relevances.get(0, 0) == 0
    assert counts.slugs["lachgas"] == 2
    assert counts.sources == {"ggd": 2, "regio": 1}


def test_a_decision_can_be_taken_back(filled: Runtime) -> None:
    with writing(filled.engine) as session:
        item = lachgas_on_school(session)
        done = decide(session, item=item, state="kept", seen="new")
        assert done is not None
        assert (done.before, done.after, item.state) == ("new", "kept", "kept")
        undone = decide(session, item=item_by_id(session, done.item_id), state=done.before, seen=done.after)
        assert undone is not None
        assert item.state == "new"


def test_of_two_editors_the_second_hears_that_it_was_decided(filled: Runtime) -> None:
    with writing(filled.engine) as session:
        assert decide(session, item=lachgas_on_school(session), state="kept", seen="new")
    with writing(filled.engine) as session:
        item = lachgas_on_school(session)
        assert decide(session, item=item, state="dropped", seen="new") is None
        assert item.state == "kept"


def test_a_state_that_does_not_exist_is_refused(filled: Runtime) -> None:
    with writing(filled.engine) as session, pytest.raises(ValueError, match="weg"):
        decide(session, item=lachgas_on_school(session), state="weg")


def test_an_item_that_does_not_exist_is_said(filled: Runtime) -> None:
    with reading(filled.engine) as session, pytest.raises(UnknownIssue):
        item_by_id(session, 999)


def test_an_editor_sets_the_tags_and_found_evidence_stays(filled: Runtime) -> None:
    with writing(filled.engine) as session:
        item = lachgas_on_school(session)
        slugs = ["lachgas", "sport", "sport"]
        retag(session, item=item, slugs=slugs, vocabulary=filled.vocabulary, relevance=1)
    with reading(filled.engine) as session:
        item = lachgas_on_school(session)
        rows = {row.slug: row for row in session.exec(select(ItemTag).where(ItemTag.item_id == item.id))}
        assert set(rows) == {"lachgas", "sport"}
        assert rows["lachgas"].evidence
        assert (rows["sport"].facet, rows["sport"].origin, rows["sport"].evidence) == (
            "setting",
            "editor",
            [],
        )
        assert (item.tagged_by, item.relevance) == ("editor", 1)


def test_an_editor_can_take_away_all_tags(filled: Runtime) -> None:
    with writing(filled.engine) as session:
        item = lachgas_on_school(session)
        retag(session, item=item, slugs=[], vocabulary=filled.vocabulary)
        assert session.exec(select(ItemTag).where(ItemTag.item_id == item.id)).all() == []


def test_an_unknown_tag_changes_nothing(filled: Runtime) -> None:
    with writing(filled.engine) as session:
        item = lachgas_on_school(session)
        before = len(session.exec(select(ItemTag).where(ItemTag.item_id == item.id)).all())
        with pytest.raises(UnknownTerm):
            retag(session, item=item, slugs=["sport", "bestaat-niet"], vocabulary=filled.vocabulary)
        assert len(session.exec(select(ItemTag).where(ItemTag.item_id == item.id)).all()) == before
        assert item.tagged_by == "rule"
