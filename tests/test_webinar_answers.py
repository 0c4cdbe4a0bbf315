"""What was asked and answered: on the page of the webinar, and as one item for good, without whoever asked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from conftest import SetClock
from sqlmodel import Session, select
from webinars import VOCABULARY, a_webinar

from content.composing import add_item, open_issue
from content.errors import ItemWithdrawn, WebinarOver, WebinarRefused
from content.inbox import decide, inbox, retag, tags_of
from content.issues import Block, Issue
from content.items import VERSION_LIMIT, InboxState, Item
from content.sharing import share, withdraw
from content.sources import list_sources
from content.versions import edits_of
from content.webinars.answering import discard_answered, put_answered, shown_of
from content.webinars.tables import AnsweredQuestion, Webinar
from service.database import reading, writing
from service.harvesting import harvest_all
from service.runtime import Runtime
from subscribers.registrations.seats import lock_webinar

ADDRESS = "https://kennispost.example/webinars/lachgas"
ANNA = "anna@example.org"


@pytest.fixture
def held(runtime: Runtime, clock: SetClock) -> Webinar:
    """A webinar that was held an hour ago."""
    with writing(runtime.engine) as session:
        made = a_webinar(session, clock(), tags=("lachgas", "horeca"))
    clock.advance(days=7, hours=2)
    return made


def a_pair(
    session: Session, clock: SetClock, webinar: Webinar, question: str = "Mag een gemeente lachgas verbieden?"
) -> AnsweredQuestion:
    return put_answered(
        session, webinar, None, question=question, answer="Ja, **met de APV**. Zie [de VNG](https://vng.example/).",
        by=ANNA, now=clock(), key=f"key-{question}"[:60],
    )  # fmt: skip


def shared(session: Session, clock: SetClock, webinar: Webinar, answered: AnsweredQuestion) -> Item:
    return share(
        session, webinar=webinar, answered=answered, address=ADDRESS, site="https://kennispost.example/webinars",
        vocabulary=VOCABULARY, now=clock(),
    )  # fmt: skip


def changed(session: Session, clock: SetClock, answered: AnsweredQuestion, **words: str) -> None:
    webinar = session.get_one(Webinar, answered.webinar_id)
    texts = {"question": answered.question, "answer": answered.answer} | words
    put_answered(session, webinar, answered, **texts, by=ANNA, now=clock())
    shared(session, clock, webinar, answered)


def test_an_answer_on_the_page_is_an_item_with_the_tags_of_the_webinar(
    runtime: Runtime, clock: SetClock, held: Webinar
) -> None:
    with writing(runtime.engine) as session:
        answered = a_pair(session, clock, held)
        shared(session, clock, held, answered)
    with reading(runtime.engine) as session:
        (row,) = inbox(session, relevance=2)
        assert row.source_name == "Webinars"
        assert sorted(tag.slug for tag in row.tags) == ["horeca", "lachgas"]
        assert row.item.title == "Mag een gemeente lachgas verbieden?"
        assert row.item.summary == "Ja, met de APV. Zie de VNG (https://vng.example/)."
        assert row.item.link == f"{ADDRESS}#antwoord-{answered.id}"
        assert [one.id for one in shown_of(session, held)] == [answered.id]


def test_without_tags_on_the_webinar_the_rules_find_those_of_the_item(
    runtime: Runtime, clock: SetClock, held: Webinar
) -> None:
    with writing(runtime.engine) as session:
        session.get_one(Webinar, held.id).tags = []
        session.flush()
        item = shared(session, clock, session.get_one(Webinar, held.id), a_pair(session, clock, held))
        assert "lachgas" in {tag.slug for tag in tags_of(session, [item])[item.id or 0]}
        assert item.relevance == 2


def test_the_same_form_twice_and_the_same_button_twice_make_one(
    runtime: Runtime, clock: SetClock, held: Webinar
) -> None:
    def press(_turn: int) -> None:
        with writing(runtime.engine) as session:
            webinar = lock_webinar(session, held.id or 0)
            shared(session, clock, webinar, a_pair(session, clock, webinar))

    with ThreadPoolExecutor(8) as presses:
        list(presses.map(press, range(8)))
    with reading(runtime.engine) as session:
        assert len(session.exec(select(AnsweredQuestion)).all()) == 1
        (item,) = session.exec(select(Item)).all()
        assert item.versions == 0


def test_two_webinars_at_once_have_one_source(runtime: Runtime, clock: SetClock, held: Webinar) -> None:
    with writing(runtime.engine) as session:
        clock.advance(days=-7, hours=-2)
        other = a_webinar(session, clock(), title="Alcohol", tags=("alcohol",))
        clock.advance(days=7, hours=2)

    def press(webinar: Webinar) -> None:
        with writing(runtime.engine) as session:
            mine = lock_webinar(session, webinar.id or 0)
            shared(session, clock, mine, a_pair(session, clock, mine, f"Wat werkt bij {mine.title}?"))

    with ThreadPoolExecutor(2) as presses:
        list(presses.map(press, [held, other]))
    with reading(runtime.engine) as session:
        assert len({one.source_id for one in session.exec(select(Item))}) == 1
        assert len(session.exec(select(Item)).all()) == 2


def test_our_own_source_is_never_visited_nor_listed(runtime: Runtime, clock: SetClock, held: Webinar) -> None:
    with writing(runtime.engine) as session:
        shared(session, clock, held, a_pair(session, clock, held))
        assert list_sources(session) == []
    assert harvest_all(runtime, early=True).sources == 0


def test_a_changed_answer_is_a_version_of_the_same_item(
    runtime: Runtime, clock: SetClock, held: Webinar
) -> None:
    with writing(runtime.engine) as session:
        answered = a_pair(session, clock, held)
        item = shared(session, clock, held, answered)
        retag(session, item=item, slugs=["alcohol"], vocabulary=VOCABULARY)
        clock.advance(days=1)
        changed(session, clock, answered, answer="Ja, sinds 2023 landelijk.")
        shared(session, clock, held, answered)
        assert session.exec(select(Item)).all() == [item]
        (edit,) = edits_of(session, item)
        assert set(edit.fields) == {"summary"}
        assert item.summary == "Ja, sinds 2023 landelijk."
        assert [tag.slug for tag in tags_of(session, [item])[item.id or 0]] == ["alcohol"]  # the editor's


def test_after_all_versions_that_are_kept_the_item_goes_on_saying_what_the_page_says(
    runtime: Runtime, clock: SetClock, held: Webinar
) -> None:
    with writing(runtime.engine) as session:
        answered = a_pair(session, clock, held)
        item = shared(session, clock, held, answered)
        for turn in range(VERSION_LIMIT + 2):
            changed(session, clock, answered, answer=f"Antwoord {turn}.")
        assert item.versions == VERSION_LIMIT
        assert item.summary == f"Antwoord {VERSION_LIMIT + 1}."


def issue_with(session: Session, clock: SetClock, item: Item, title: str, *, sent: bool = False) -> Issue:
    issue = open_issue(session, title=title, by=ANNA, now=clock())
    add_item(session, issue=issue, item=item, section_key=None, vocabulary=VOCABULARY, by=ANNA, now=clock())
    issue.closed_at = clock() if sent else None
    session.add(issue)
    session.flush()
    return issue


def test_a_withdrawn_answer_leaves_the_page_and_what_was_not_sent_and_its_item_says_so(
    runtime: Runtime, clock: SetClock, held: Webinar
) -> None:
    with writing(runtime.engine) as session:
        answered = a_pair(session, clock, held)
        item = shared(session, clock, held, answered)
        waiting = issue_with(session, clock, item, "December")
        (block,) = session.exec(select(Block))
        assert (block.title, block.source_name, block.tags) == (item.title, "Webinars", ["lachgas", "horeca"])
        assert withdraw(session, answered=answered, by=ANNA, now=clock()) == [waiting]
        assert withdraw(session, answered=answered, by=ANNA, now=clock()) == []
        assert shown_of(session, held) == []
        assert session.exec(select(Block)).all() == []
        assert (item.state, item.withdrawn_at) == (InboxState.DROPPED, clock())
        assert decide(session, item=item, state=InboxState.KEPT) is None
        with pytest.raises(ItemWithdrawn):
            issue_with(session, clock, item, "Januari")
        clock.advance(days=1)
        assert shared(session, clock, held, answered) is item  # shown again: the same
        assert (item.state, item.withdrawn_at, item.versions) == (InboxState.NEW, None, 0)


def test_what_was_sent_stays_in_the_issue_that_had_it(
    runtime: Runtime, clock: SetClock, held: Webinar
) -> None:
    with writing(runtime.engine) as session:
        answered = a_pair(session, clock, held)
        item = shared(session, clock, held, answered)
        issue_with(session, clock, item, "November", sent=True)
        assert withdraw(session, answered=answered, by=ANNA, now=clock()) == []
        assert item.state == InboxState.USED
        assert len(session.exec(select(Block)).all()) == 1


def test_nothing_is_shown_before_the_webinar_nor_without_an_answer(
    runtime: Runtime, clock: SetClock, held: Webinar
) -> None:
    with writing(runtime.engine) as session:
        answered = a_pair(session, clock, held)
        answered.answer = " "
        with pytest.raises(WebinarRefused):
            shared(session, clock, held, answered)
        answered.answer = "Ja."
        clock.advance(hours=-3)
        with pytest.raises(WebinarOver):
            shared(session, clock, held, answered)
        clock.advance(hours=3)
        shared(session, clock, held, answered)
        with pytest.raises(WebinarRefused):
            put_answered(session, held, answered, question="Wat nu?", answer="", by=ANNA, now=clock())
        with pytest.raises(WebinarOver):
            discard_answered(session, answered)


def test_a_key_makes_one_and_belongs_to_its_webinar(runtime: Runtime, clock: SetClock, held: Webinar) -> None:
    with writing(runtime.engine) as session:
        a_pair(session, clock, held)
        other = a_webinar(session, clock() - timedelta(days=7), title="Alcohol")
        with pytest.raises(WebinarRefused):
            a_pair(session, clock, other)
        with pytest.raises(WebinarRefused):
            put_answered(session, held, None, question="Wat?", answer="", by=ANNA, now=clock(), key="kort")
