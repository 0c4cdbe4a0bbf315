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

    The same news is the same item, or one of its cluster. An issue does not count as a repetition of
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


def _news_of(session: Session, issue: Issue) -> Mapping[int, int]:
    """By block: the number of the cluster that its item is of."""
    of_items = select(Block.id, _NEWS).join(Item, col(Item.id) == col(Block.item_id))
    return {block: key for block, key in session.exec(of_items.where(Block.issue_id == issue.id)) if block}


def _brought_before(
    session: Session, issue: Issue, news: Collection[int], stopped: Collection[int]
) -> Mapping[int, set[str]]:
    kinds = [kind for kind in BRINGING if kind != issue.kind]
    wanted = (
        select(_NEWS, Issue.kind)
        .select_from(Block)
        .join(Issue, col(Issue.id) == col(Block.issue_id))
        .join(Item, col(Item.id) == col(Block.item_id))
        .where(col(Issue.kind).in_(kinds), col(Issue.closed_at).is_not(None), _NEWS.in_(news))
        .where(col(Issue.id).not_in(stopped), Issue.id != issue.id)
    )
    found: defaultdict[int, set[str]] = defaultdict(set)
    for key, kind in session.exec(wanted):
        found[key].add(BRINGING[IssueKind(kind)])
    return found
