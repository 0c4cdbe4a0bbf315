"""The same news from several sources is one row for the editors, and what they decide holds for all of it."""

from datetime import timedelta

import pytest
from harvested import items
from sqlmodel import Session, col, select

from content.arranging import remove_block
from content.clusters import follow, group_new, members_of, put_together, set_apart
from content.composing import add_item, open_issue
from content.drafting import fill_draft
from content.entries import Entry
from content.inbox import decide, inbox, inbox_counts, inbox_size
from content.issues import Block
from content.items import InboxState, Item, item_by_id
from content.sources import Source, add_source
from content.storing import store_entries
from service.database import reading, writing
from service.runtime import Runtime

FIND = Entry(
    "1",
    "GGD waarschuwt voor xtc-pillen uit tas in Waterkant",
    "Kinderen vonden maandag bij de Lindebrug in Waterkant een tas met 4000 xtc-pillen. De GGD waarschuwt jongeren.",
)
FIND_TOO = Entry(
    "1",
    "Waarschuwing van GGD na vondst tas vol xtc-pillen in Waterkant",
    "Onder de Lindebrug in Waterkant vonden kinderen 4000 xtc-pillen in een tas. Jongeren moeten oppassen, zegt de GGD.",
)
FIND_THREE = Entry(
    "1",
    "Tas met xtc-pillen in Waterkant: GGD waarschuwt jongeren",
    "De tas met 4000 xtc-pillen lag onder de Lindebrug in Waterkant en werd door kinderen gevonden.",
)
OTHER = Entry(
    "2", "Gemeente Dorpstad verbiedt lachgas op straat", "De raad wil minder overlast van jongeren."
)


def brought(runtime: Runtime, key: str, *entries: Entry, hours: int = 0, grouped: bool = True) -> None:
    now = runtime.clock() + timedelta(hours=hours)
    with writing(runtime.engine) as session:
        source = session.exec(select(Source).where(Source.key == key)).first() or add_source(
            session, key=key, url=f"https://{key}.example/", name=f"Bron {key.upper()}", now=now
        )
        store_entries(
            session, source_id=source.id or 0, entries=entries, vocabulary=runtime.vocabulary, now=now
        )
    if grouped:
        with writing(runtime.engine) as session:
            group_new(session)


@pytest.fixture
def three(runtime: Runtime) -> Runtime:
    """Three sources with the same news, an hour apart, and other news of the first."""
    brought(runtime, "een", FIND, OTHER)
    brought(runtime, "twee", FIND_TOO, hours=1)
    brought(runtime, "drie", FIND_THREE, hours=2)
    return runtime


def by_title(session: Session, entry: Entry) -> Item:
    return session.exec(select(Item).where(Item.title == entry.title)).one()


def states(runtime: Runtime) -> list[str]:
    """Of the three that are the same news, then of the other."""
    with reading(runtime.engine) as session:
        return [by_title(session, entry).state for entry in (FIND, FIND_TOO, FIND_THREE, OTHER)]


def test_three_sources_with_the_same_news_are_one_row(three: Runtime) -> None:
    with reading(three.engine) as session:
        rows = inbox(session)
        assert [row.item.title for row in rows] == [OTHER.title, FIND.title]
        assert [other.source_name for other in rows[1].others] == ["Bron TWEE", "Bron DRIE"]
        assert all({"waterkant", "pillen"} <= set(other.words) for other in rows[1].others)
        assert rows[0].others == []
        assert inbox_size(session) == inbox_counts(session).states["new"] == 2
        assert inbox_size(session, source="drie") == 1
        assert [row.item.title for row in inbox(session, source="drie")] == [FIND_THREE.title]
        assert inbox_counts(session).slugs["xtc"] == 1


def test_pages_hold_rows_and_not_items(three: Runtime) -> None:
    with reading(three.engine) as session:
        pages = [inbox(session, limit=1, offset=offset) for offset in range(3)]
    assert [len(page) for page in pages] == [1, 1, 0]


def test_items_that_come_in_together_are_grouped_too(runtime: Runtime) -> None:
    for key, entry in (("een", FIND), ("twee", FIND_TOO), ("drie", FIND_THREE)):
        brought(runtime, key, entry, grouped=False)
    with writing(runtime.engine) as session:
        assert group_new(session) == 3
        assert group_new(session) == 0
    assert len({item.cluster_id for item in items(runtime)}) == 1


def test_what_is_not_about_substances_is_not_compared(runtime: Runtime) -> None:
    brought(runtime, "een", Entry("1", "Zwembad in Waterkant weer open", "Bezoekers stonden in de rij."))
    assert [item.cluster_id for item in items(runtime)] == [None]


@pytest.mark.parametrize("state", ["kept", "dropped"])
def test_deciding_on_a_row_decides_on_all_of_it_and_can_be_taken_back(three: Runtime, state: str) -> None:
    with writing(three.engine) as session:
        assert decide(session, item=by_title(session, FIND), state=state, seen="new")
    assert states(three) == [state, state, state, "new"]
    with writing(three.engine) as session:
        decide(session, item=by_title(session, FIND), state="new", seen=state)
    assert states(three) == ["new", "new", "new", "new"]


def test_using_one_takes_the_rest_out_of_the_inbox_and_taking_it_out_brings_them_back(three: Runtime) -> None:
    now = three.clock()
    with writing(three.engine) as session:
        issue = open_issue(session, title="December", by="anna@example.org", now=now)
        add_item(
            session, issue=issue, item=by_title(session, FIND_TOO), section_key=None, vocabulary=three.vocabulary,
            by="anna@example.org", now=now,
        )  # fmt: skip
    assert states(three) == ["used", "used", "used", "new"]
    with writing(three.engine) as session:
        remove_block(session, block=session.exec(select(Block)).one(), by="anna@example.org", now=now)
    assert states(three) == ["kept", "kept", "kept", "new"]


def test_an_item_that_stands_in_an_issue_itself_stays_used(three: Runtime) -> None:
    now = three.clock()
    with writing(three.engine) as session:
        issue = open_issue(session, title="December", by="anna@example.org", now=now)
        for entry in (FIND, FIND_TOO):
            add_item(
                session, issue=issue, item=by_title(session, entry), section_key=None, vocabulary=three.vocabulary,
                by="anna@example.org", now=now,
            )  # fmt: skip
        first = session.exec(select(Block).order_by(col(Block.id))).first()
        assert first is not None
        remove_block(session, block=first, by="anna@example.org", now=now)
    assert states(three) == ["kept", "used", "kept", "new"]


def test_a_draft_takes_one_of_the_same_news(three: Runtime) -> None:
    now = three.clock()
    with writing(three.engine) as session:
        issue = open_issue(session, title="December", by="anna@example.org", now=now)
        assert (
            fill_draft(session, issue=issue, vocabulary=three.vocabulary, by="anna@example.org", now=now) == 2
        )
    assert states(three) == ["used"] * 4


def test_what_was_laid_aside_does_not_come_back_by_another_source(runtime: Runtime) -> None:
    brought(runtime, "een", FIND)
    with writing(runtime.engine) as session:
        decide(session, item=by_title(session, FIND), state="dropped")
    brought(runtime, "twee", FIND_TOO, hours=5)
    with reading(runtime.engine) as session:
        assert by_title(session, FIND_TOO).state == InboxState.DROPPED
        assert inbox(session) == []
        assert len(inbox(session, state="dropped")[0].others) == 1


def test_an_editor_sets_an_item_apart_and_together_again(three: Runtime) -> None:
    with writing(three.engine) as session:
        was = set_apart(session, item=by_title(session, FIND_TOO))
        assert was == by_title(session, FIND).id
        assert len(inbox(session)) == 3
        assert set_apart(session, item=by_title(session, FIND_TOO)) is None
        assert put_together(session, item=by_title(session, FIND_TOO), cluster_id=was or 0)
        assert len(inbox(session)) == 2
        assert not put_together(session, item=by_title(session, FIND_TOO), cluster_id=9999)


def test_the_rest_keeps_together_when_the_first_is_set_apart(three: Runtime) -> None:
    with writing(three.engine) as session:
        first = by_title(session, FIND)
        was = set_apart(session, item=first)
        assert was == by_title(session, FIND_TOO).id
        assert [one.title for one in members_of(session, [by_title(session, FIND_TOO)])[was]] == [
            FIND_THREE.title
        ]
        assert put_together(session, item=first, cluster_id=was)
        assert follow(session, item=first, before=("new",), after="kept") == [
            was,
            by_title(session, FIND_THREE).id,
        ]
        assert item_by_id(session, was).state == "kept"


def test_a_set_apart_item_is_not_put_back_by_the_next_harvest(three: Runtime) -> None:
    with writing(three.engine) as session:
        set_apart(session, item=by_title(session, FIND_TOO))
        assert group_new(session) == 0
        assert len(inbox(session)) == 3
