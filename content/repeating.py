"""Repeating: what a digest or an alert brought is not brought again to who receives that stream.

Whether a stream brought something is a fact, as the readers' interests are, and no part of what a person approves: it may
come true after the approval, when a digest leaves while the monthly issue waits. It is reckoned anew as long as an issue is
open, and written into its blocks when the issue leaves, so that late-comers get what the others got.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from content.issues import Block, Issue, IssueKind, blocks_of
from content.items import Item

BRINGING = {IssueKind.DIGEST: "digest", IssueKind.ALERT: "alerts"}
"""Kinds of issues that spare their readers a repetition, and the stream that their readers receive."""


def brought(session: Session, issue: Issue, *, stopped: Collection[int] = ()) -> dict[int, frozenset[str]]:
    """Which streams brought a block's news before, by block; blocks that no stream brought are not in it.

    The same news is the same item, one of its cluster, or the same
    change to an intervention. An issue does not count as a repetition of
    its own kind: what editors put into two digests, they mean to say twice.

    Args:
        session: the database.
        issue: the one that would repeat.
        stopped: issues (ids) that left, but were stopped on their way: they brought nothing.
    """
    news = _news_of(session, issue)
    if not news or issue.kind == IssueKind.WELCOME:
        return {}
    before = _brought_before(session, issue, set(news.values()), stopped)
    found = {block: before[key] for block, key in news.items() if key in before}
    return {block: frozenset(streams) for block, streams in found.items()}


def note_brought(session: Session, issue: Issue, *, stopped: Collection[int] = ()) -> None:
    """Write into the blocks which streams brought them by now; for the moment that the issue leaves."""
    found = brought(session, issue, stopped=stopped)
    for block in blocks_of(session, issue):
        block.brought_by = " ".join(sorted(found.get(block.id or 0, ())))
        session.add(block)
    session.flush()


_NEWS: Any = func.coalesce(Item.cluster_id, Item.id)

Key = tuple[str, int]
"""What makes news the same: the cluster that an item is of, or the change to an intervention."""


def _news_of(session: Session, issue: Issue) -> Mapping[int, Key]:
    of_items = select(Block.id, _NEWS).join(Item, col(Item.id) == col(Block.item_id))
    of_changes = select(Block.id, Block.event_id).where(col(Block.event_id).is_not(None))
    items = session.exec(of_items.where(Block.issue_id == issue.id))
    changes = session.exec(of_changes.where(Block.issue_id == issue.id))
    found: dict[int, Key] = {block: ("item", key) for block, key in items if block}
    return found | {block: ("change", key) for block, key in changes if block and key}


def _brought_before(
    session: Session, issue: Issue, news: Collection[Key], stopped: Collection[int]
) -> Mapping[Key, set[str]]:
    kinds = [kind for kind in BRINGING if kind != issue.kind]
    left = (col(Issue.kind).in_(kinds), col(Issue.closed_at).is_not(None), col(Issue.id).not_in(stopped))
    of_issue = col(Issue.id) == col(Block.issue_id)
    items, changes = ([key for name, key in news if name == which] for which in ("item", "change"))
    told_items = select(_NEWS, Issue.kind).select_from(Block).join(Issue, of_issue)
    told_items = told_items.join(Item, col(Item.id) == col(Block.item_id)).where(*left, _NEWS.in_(items))
    told_changes = select(Block.event_id, Issue.kind).join(Issue, of_issue)
    told_changes = told_changes.where(*left, col(Block.event_id).in_(changes))
    found: defaultdict[Key, set[str]] = defaultdict(set)
    for name, told in (("item", told_items), ("change", told_changes)):
        for key, kind in session.exec(told):
            found[name, key or 0].add(BRINGING[IssueKind(kind)])
    return found
