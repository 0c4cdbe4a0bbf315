"""Issues are built, changed and approved under four eyes, on both engines."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from content.approval import approve, content_hash, current_approval, voided_approval
from content.arranging import change_block, move_block, remove_block
from content.composing import add_item, add_link, add_text, change_issue, escape_markdown, open_issue
from content.drafting import Ranked, best_by_section, fill_draft
from content.errors import ApprovalRefused, BlockRefused, IssueClosed
from content.issues import Issue, blocks_of, makers_of
from content.items import InboxState, Item, ItemTag
from content.prose import markdown_to_html, plain_text
from content.sources import Source
from service.database import writing
from service.runtime import Runtime


def an_issue(session: Session, now) -> Issue:
    return open_issue(session, title="December 2026", by="anna@example.org", now=now)


def an_item(
    session: Session,
    now,
    *,
    title: str = "Nieuwe cijfers over lachgas",
    tags=("lachgas",),
    relevance: int = 2,
) -> Item:
    source = session.get(Source, 1) or Source(
        id=1, key="rivm", name="RIVM", url="https://rivm.example/rss", created_at=now
    )
    session.add(source)
    session.flush()
    item = Item(
        source_id=1, identity=title, title=title, summary="Een *korte* samenvatting.", link="https://rivm.example/a",
        first_seen_at=now, sort_at=now, content_hash="x", relevance=relevance,
    )  # fmt: skip
    session.add(item)
    session.flush()
    for slug in tags:
        session.add(ItemTag(item_id=item.id, facet="substance", slug=slug))
    session.flush()
    return item


def test_a_second_person_approves_exactly_what_they_saw(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        issue = an_issue(session, clock())
        add_text(
            session,
            issue=issue,
            section_key="news",
            title="Welkom",
            body="Hallo",
            by="anna@example.org",
            now=clock(),
        )
        seen = content_hash(session, issue)
        with pytest.raises(ApprovalRefused, match="somebody else"):
            approve(session, issue=issue, approver="anna@example.org", seen_hash=seen, now=clock())
        approve(session, issue=issue, approver="bert@example.org", seen_hash=seen, now=clock())
        assert current_approval(session, issue) is not None
        assert voided_approval(session, issue) is None


def test_any_change_voids_the_approval_and_changing_back_restores_it(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        issue = an_issue(session, clock())
        block = add_text(
            session, issue=issue, section_key="news", title="Welkom", body="Hallo", by="anna", now=clock()
        )
        approve(session, issue=issue, approver="bert", seen_hash=content_hash(session, issue), now=clock())
        values = {
            "section_key": "news",
            "title": "Welkom",
            "body": "Hallo",
            "link": "",
            "weight": 0,
            "by": "anna",
            "now": clock(),
        }
        for change in (
            {"tags": ["ghb"]},
            {"everyone": True},
            {"title": "Dag"},
            {"body": "Anders"},
            {"weight": 1},
            {"section_key": "agenda"},
        ):
            change_block(session, block=block, **{"tags": [], "everyone": False, **values, **change})
            assert current_approval(session, issue) is None, change
            assert voided_approval(session, issue) is not None
            change_block(session, block=block, tags=[], everyone=False, **values)
            assert current_approval(session, issue) is not None


def test_what_changed_after_it_was_shown_is_not_approved(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        issue = an_issue(session, clock())
        add_text(
            session, issue=issue, section_key="news", title="Welkom", body="Hallo", by="anna", now=clock()
        )
        seen = content_hash(session, issue)
        change_issue(
            session,
            issue=issue,
            title="Anders",
            introduction="",
            minimum=3,
            maximum=12,
            allow_nothing=False,
            by="anna",
            now=clock(),
        )
        with pytest.raises(ApprovalRefused, match="read it again"):
            approve(session, issue=issue, approver="bert", seen_hash=seen, now=clock())


def test_an_empty_issue_is_not_approved(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        issue = an_issue(session, clock())
        with pytest.raises(ApprovalRefused, match="nothing in this issue"):
            approve(
                session, issue=issue, approver="bert", seen_hash=content_hash(session, issue), now=clock()
            )


def test_a_block_keeps_the_text_of_its_item_when_the_item_changes(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        issue = an_issue(session, clock())
        item = an_item(session, clock())
        block = add_item(
            session,
            issue=issue,
            item=item,
            section_key=None,
            vocabulary=runtime.vocabulary,
            by="anna",
            now=clock(),
        )
        before = content_hash(session, issue)
        item.title = "Heel anders"
        session.flush()
        assert (block.title, block.tags, block.source_name) == (
            "Nieuwe cijfers over lachgas",
            ["lachgas"],
            "RIVM",
        )
        assert content_hash(session, issue) == before
        assert plain_text(block.body) == "Een *korte* samenvatting."


def test_an_item_stands_in_an_issue_once_and_goes_back_when_removed(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        issue = an_issue(session, clock())
        item = an_item(session, clock())
        block = add_item(
            session,
            issue=issue,
            item=item,
            section_key="news",
            vocabulary=runtime.vocabulary,
            by="anna",
            now=clock(),
        )
        assert item.state == InboxState.USED
        with pytest.raises(BlockRefused, match="already"):
            add_item(
                session,
                issue=issue,
                item=item,
                section_key="news",
                vocabulary=runtime.vocabulary,
                by="anna",
                now=clock(),
            )
        remove_block(session, block=block, by="carla", now=clock())
        assert item.state == InboxState.KEPT
        assert blocks_of(session, issue) == []
        assert makers_of(session, issue) == {"anna@example.org", "anna", "carla"}


def test_a_closed_issue_refuses_every_change(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        issue = an_issue(session, clock())
        block = add_text(
            session, issue=issue, section_key="news", title="Welkom", body="Hallo", by="anna", now=clock()
        )
        issue.closed_at = clock()
        with pytest.raises(IssueClosed):
            add_text(
                session, issue=issue, section_key="news", title="Nog een", body="x", by="anna", now=clock()
            )
        with pytest.raises(IssueClosed):
            remove_block(session, block=block, by="anna", now=clock())
        with pytest.raises(IssueClosed):
            approve(
                session, issue=issue, approver="bert", seen_hash=content_hash(session, issue), now=clock()
            )


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "rivm.nl", "https://", "https://a b.nl/"])
def test_a_link_block_needs_a_web_address(runtime: Runtime, clock, link: str) -> None:
    with writing(runtime.engine) as session:
        issue = an_issue(session, clock())
        with pytest.raises(BlockRefused):
            add_link(
                session,
                issue=issue,
                section_key="news",
                title="T",
                body="",
                link=link,
                source_name="",
                by="anna",
                now=clock(),
            )


def test_blocks_move_within_their_section_and_stop_at_its_ends(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        issue = an_issue(session, clock())
        first, second, third = (
            add_text(session, issue=issue, section_key="news", title=title, body="x", by="anna", now=clock())
            for title in "abc"
        )
        move_block(session, block=third, steps=-1, by="anna", now=clock())
        assert [block.title for block in blocks_of(session, issue)] == ["a", "c", "b"]
        move_block(session, block=first, steps=-5, by="anna", now=clock())
        move_block(session, block=second, steps=9, by="anna", now=clock())
        assert [block.title for block in blocks_of(session, issue)] == ["a", "c", "b"]
        assert [block.position for block in blocks_of(session, issue)] == [0, 1, 2]


def test_a_draft_takes_what_is_fit_for_a_newsletter_or_was_kept(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        fit = an_item(session, clock(), title="Fit")
        kept = an_item(session, clock(), title="Kept", relevance=1, tags=("ghb", "wet-en-beleid"))
        kept.state = InboxState.KEPT
        an_item(session, clock(), title="One incident", relevance=1)
        dropped = an_item(session, clock(), title="Dropped")
        dropped.state = InboxState.DROPPED
        old = an_item(session, clock() - timedelta(days=60), title="Old")
        issue = an_issue(session, clock())
        since = clock() - timedelta(days=31)
        assert (
            fill_draft(
                session, issue=issue, vocabulary=runtime.vocabulary, by="schedule", now=clock(), since=since
            )
            == 2
        )
        assert [block.title for block in blocks_of(session, issue)] == ["Fit", "Kept"]
        assert (fit.state, kept.state, old.state) == (InboxState.USED, InboxState.USED, InboxState.NEW)


def test_a_section_of_a_draft_prefers_topics_it_does_not_have_yet(clock) -> None:
    def ranked(number: int, *slugs: str, kept: bool = False) -> Ranked:
        moment = clock() - timedelta(hours=number)
        return Ranked(item_id=number, kept=kept, relevance=2, slugs=slugs, sort_at=moment)

    items = [
        ranked(1, "lachgas"),
        ranked(2, "lachgas"),
        ranked(3, "ghb"),
        ranked(4, "xtc", "onderzoek-en-cijfers"),
        ranked(5, "lachgas", kept=True),
    ]
    best = best_by_section(items, per_section=2)
    assert best["news"] == [5, 3]
    assert best["research"] == [4]


@pytest.mark.parametrize(
    ("markdown", "never"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("[x](javascript:alert(1))", 'href="javascript'),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("# Kop", "<h1"),
    ],
)
def test_markdown_never_becomes_dangerous(markdown: str, never: str) -> None:
    html = markdown_to_html(markdown)
    assert never not in html


def test_plain_text_keeps_every_link_and_escaped_text_stays_as_it_was() -> None:
    assert plain_text("Lees [de factsheet](https://a.example/x?y=1&z=2).\n\n- een\n- twee") == (
        "Lees de factsheet (https://a.example/x?y=1&z=2).\n\n- een\n- twee"
    )
    foreign = "5 * 3 > 2 _en_ [haken](x) <b> & `code` #kop"
    assert plain_text(escape_markdown(foreign)) == foreign
