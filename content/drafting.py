"""Drafting: fill a new issue with the best of what came in since the last one. Editors take it from there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, true
from sqlmodel import Session, col, select

from content.clusters import one_a_cluster
from content.composing import SECTION_OF_THEME, STANDARD_SECTIONS, add_item
from content.featuring import add_change
from content.interventions.changes import Kind
from content.interventions.tables import ChangeEvent, EventState
from content.issues import Block, Issue, IssueKind
from content.items import InboxState, Item, ItemTag
from content.vocabulary import Vocabulary

PER_SECTION = 6
"""How many items a section of a draft gets at most: enough to choose from, few enough to read."""

BRIEFLY = 4
"""The same for a digest, which is read in a minute."""


NEWS = (
    Kind.WITHDRAWN,
    Kind.LEVEL_LOWERED,
    Kind.LEVEL_RAISED,
    Kind.EXPIRED,
    Kind.RE_RECOGNISED,
    Kind.RESTORED,
    Kind.ADDED,
    Kind.IN_REASSESSMENT,
)
"""Changes to interventions that are news of themselves, the weightiest first; the others are for an editor to choose."""


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


def told_changes(session: Session, *, kind: str, since: datetime) -> list[ChangeEvent]:
    """The changes that issues of other kinds brought since then, and that stand in no issue of this kind.

    An alert brought something when it left; of the others a draft since then counts, as it does for items.
    """
    alerted = _in_issues().where(Issue.kind == IssueKind.ALERT, col(Issue.closed_at) > since)
    others = [other for other in (IssueKind.MONTHLY, IssueKind.DIGEST) if other != kind]
    drafted = _in_issues().where(col(Issue.kind).in_(others), Issue.created_at > since)
    here = _in_issues().where(Issue.kind == kind)
    told = col(ChangeEvent.id).in_(alerted) | col(ChangeEvent.id).in_(drafted)
    wanted = select(ChangeEvent).where(told, col(ChangeEvent.id).not_in(here))
    return list(session.exec(wanted.order_by(col(ChangeEvent.id))))


def new_changes(session: Session, *, kind: str, since: datetime) -> list[ChangeEvent]:
    """Changes since then that nobody decided on yet and that are news, the weightiest first, as many as a section takes.

    What we reckoned ourselves, and what came with a crawl that a guard stopped, is left to a person.
    """
    weight = case({str(one): place for place, one in enumerate(NEWS)}, value=col(ChangeEvent.kind))
    wanted = select(ChangeEvent).where(
        col(ChangeEvent.kind).in_(NEWS),
        ChangeEvent.state == EventState.NEW,
        col(ChangeEvent.flagged).is_(False),
        col(ChangeEvent.derived).is_(False),
        ChangeEvent.at > since,
    )
    most = BRIEFLY if kind == IssueKind.DIGEST else PER_SECTION
    return list(session.exec(wanted.order_by(weight, col(ChangeEvent.id).desc()).limit(most)))


def changes_to_tell(session: Session, *, kind: str, since: datetime) -> list[ChangeEvent]:
    """What an issue of this kind has to tell of interventions: what others brought, and what is new."""
    return [*told_changes(session, kind=kind, since=since), *new_changes(session, kind=kind, since=since)]


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
    """Put the changes to interventions since then into the issue; give how many. See `changes_to_tell`.

    Raises:
        IssueClosed: the issue has been sent.
    """
    events = changes_to_tell(session, kind=issue.kind, since=since)
    for event in events:
        add_change(session, issue=issue, event=event, vocabulary=vocabulary, address=address, by=by, now=now)
    return len(events)


def _in_issues() -> Any:
    """The changes that stand in issues."""
    joined = select(Block.event_id).join(Issue, col(Issue.id) == col(Block.issue_id))
    return joined.where(col(Block.event_id).is_not(None))


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
