"""Drafting: fill a new issue with the best of what came in since the last one. Editors take it from there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import true
from sqlmodel import Session, col, select

from content.clusters import one_a_cluster
from content.composing import SECTION_OF_THEME, STANDARD_SECTIONS, add_item
from content.featuring import add_change
from content.interventions.tables import ChangeEvent
from content.issues import Block, Issue, IssueKind
from content.items import InboxState, Item, ItemTag
from content.vocabulary import Vocabulary

PER_SECTION = 6
"""How many items a section of a draft gets at most: enough to choose from, few enough to read."""

BRIEFLY = 4
"""The same for a digest, which is read in a minute."""


@dataclass(frozen=True)
class Ranked:
    """What ranking needs of an item."""

    item_id: int
    kept: bool
    relevance: int
    slugs: tuple[str, ...]
    sort_at: datetime


def section_for(slugs: Iterable[str]) -> str:
    """The section of an item by its theme; news when it has none."""
    return next((SECTION_OF_THEME[slug] for slug in slugs if slug in SECTION_OF_THEME), "news")


def best_by_section(items: Sequence[Ranked], *, per_section: int = PER_SECTION) -> dict[str, list[int]]:
    """The best items of each section, in the order of the standard sections.

    Better is: kept by an editor, then more relevant, then about something nothing better in its section is about, then newer.
    """
    ranked = sorted(items, key=lambda item: (item.kept, item.relevance, item.sort_at), reverse=True)
    chosen: dict[str, list[int]] = {key: [] for key, _title in STANDARD_SECTIONS}
    spoken: dict[str, set[str]] = {key: set() for key in chosen}
    repeats: dict[str, list[int]] = {key: [] for key in chosen}
    for item in ranked:
        section = section_for(item.slugs)
        topics = {slug for slug in item.slugs if slug not in SECTION_OF_THEME}
        (repeats if topics and topics <= spoken[section] and not item.kept else chosen)[section].append(
            item.item_id
        )
        spoken[section] |= topics
    return {key: (chosen[key] + repeats[key])[:per_section] for key in chosen}


def draftable(session: Session, *, kind: str, since: datetime | None = None) -> list[Item]:
    """What an issue of this kind has to tell, one item for each piece of news.

    That is what an editor kept; what is new and fit for a newsletter (relevance 2); and what stands in an issue of another
    kind, but in none of this one: each stream brings the news to its own readers, and `choose` spares those who receive both.

    Args:
        session: the database.
        kind: an IssueKind.
        since: only items first seen after it, or put into another kind of issue that was opened after it; kept
            ones excepted. None for all.
    """
    state, standing = col(Item.state), col(Block.item_id).is_not(None)
    in_issues = select(Block.item_id).join(Issue, col(Issue.id) == col(Block.issue_id)).where(standing)
    elsewhere = in_issues.where(col(Issue.kind).not_in([kind, IssueKind.WELCOME]))
    seen = col(Item.first_seen_at) > since if since else true()
    lately = elsewhere.where(Issue.created_at > since) if since else elsewhere
    here = in_issues.where(Issue.kind == kind)
    kept = state == InboxState.KEPT
    fresh = (state == InboxState.NEW) & (col(Item.relevance) == 2) & seen
    used = (state == InboxState.USED) & col(Item.id).not_in(here)
    told = used & ((col(Item.id).in_(elsewhere) & seen) | col(Item.id).in_(lately))
    return list(session.exec(select(Item).where(one_a_cluster(kept | fresh | told))))


def alerted_changes(session: Session, *, kind: str, since: datetime) -> list[ChangeEvent]:
    """The changes that alerts brought since then, and that stand in no issue of this kind."""
    in_issues = select(Block.event_id).join(Issue, col(Issue.id) == col(Block.issue_id))
    in_issues = in_issues.where(col(Block.event_id).is_not(None))
    alerted = in_issues.where(Issue.kind == IssueKind.ALERT, col(Issue.closed_at) > since)
    here = in_issues.where(Issue.kind == kind)
    wanted = select(ChangeEvent).where(col(ChangeEvent.id).in_(alerted), col(ChangeEvent.id).not_in(here))
    return list(session.exec(wanted.order_by(col(ChangeEvent.id))))


def carry_changes(
    session: Session,
    *,
    issue: Issue,
    vocabulary: Vocabulary,
    address: str,
    by: str,
    now: datetime,
    since: datetime,
) -> int:
    """Put the changes that alerts brought since then into the issue, for who receives no alerts; give how many.

    Raises:
        IssueClosed: the issue has been sent.
    """
    events = alerted_changes(session, kind=issue.kind, since=since)
    for event in events:
        add_change(session, issue=issue, event=event, vocabulary=vocabulary, address=address, by=by, now=now)
    return len(events)


def fill_draft(
    session: Session,
    *,
    issue: Issue,
    vocabulary: Vocabulary,
    by: str,
    now: datetime,
    since: datetime | None = None,
) -> int:
    """Put the best of what is there to tell into the issue, by section; give how many. See `draftable`.

    Raises:
        IssueClosed: the issue has been sent.
    """
    items = {item.id: item for item in draftable(session, kind=issue.kind, since=since)}
    slugs: dict[int, list[str]] = {}
    for tag in session.exec(select(ItemTag).where(col(ItemTag.item_id).in_(items)).order_by(col(ItemTag.id))):
        slugs.setdefault(tag.item_id, []).append(tag.slug)
    ranked = [
        Ranked(
            item_id=item.id or 0,
            kept=item.state == InboxState.KEPT,
            relevance=item.relevance,
            slugs=tuple(slugs.get(item.id or 0, ())),
            sort_at=item.sort_at,
        )
        for item in items.values()
    ]
    added = 0
    per_section = BRIEFLY if issue.kind == IssueKind.DIGEST else PER_SECTION
    for section, item_ids in best_by_section(ranked, per_section=per_section).items():
        for item_id in item_ids:
            add_item(
                session,
                issue=issue,
                item=items[item_id],
                section_key=section,
                vocabulary=vocabulary,
                by=by,
                now=now,
            )
            added += 1
    return added
