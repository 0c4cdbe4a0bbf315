"""Drafting: fill a new issue with the best of what came in since the last one. Editors take it from there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from content.clusters import one_a_cluster
from content.composing import SECTION_OF_THEME, STANDARD_SECTIONS, add_item
from content.issues import Issue
from content.items import InboxState, Item, ItemTag
from content.vocabulary import Vocabulary

PER_SECTION = 6
"""How many items a section of a draft gets at most: enough to choose from, few enough to read."""


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


def fill_draft(
    session: Session,
    *,
    issue: Issue,
    vocabulary: Vocabulary,
    by: str,
    now: datetime,
    since: datetime | None = None,
) -> int:
    """Put the best new and kept items into the issue, by section; give how many.

    Only items that are fit for a newsletter (relevance 2), or that an editor kept; with `since` only those first seen after it,
    kept ones excepted.

    Raises:
        IssueClosed: the issue has been sent.
    """
    wanted = [
        (col(Item.state) == InboxState.KEPT)
        | ((col(Item.state) == InboxState.NEW) & (col(Item.relevance) == 2))
    ]
    items = {
        item.id: item
        for item in session.exec(select(Item).where(one_a_cluster(*wanted)))
        if since is None or item.state == InboxState.KEPT or item.first_seen_at > since
    }
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
    for section, item_ids in best_by_section(ranked).items():
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
