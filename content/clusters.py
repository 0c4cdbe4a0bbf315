"""Clusters: items of several sources that are the same news. Editors see one row, and what they decide holds for all of it.

A cluster has the number of its first item; an item on its own has its own number, and None was not compared yet. Only items
about substances are compared: the rest is hardly read.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, func, update
from sqlmodel import Session, col, select

from content.issues import Block
from content.items import InboxState, Item
from content.nearness import APART, Index, Likeness, News
from content.sources import Source

LIMIT = 5000  # items at a time, and of each side in time: what fits in memory with ease


def group_new(session: Session, *, limit: int = LIMIT) -> int:
    """Compare items that were not yet, with those of some days around them; give how many there were.

    An item that joins a cluster and is still new takes the state of its first item: what an editor laid aside does not come
    back because another source brings it too.
    """
    fresh = _fresh(session, limit)
    if not fresh:
        return 0
    around = {item.id or 0: item for item in [*_around(session, fresh), *fresh]}
    index = Index(News(key, item.title, item.summary, item.sort_at) for key, item in around.items())
    for item in fresh:
        _place(item, index.nearest(item.id or 0), around)
    session.add_all(fresh)
    session.flush()
    return len(fresh)


def follow(session: Session, *, item: Item, before: Iterable[str], after: str) -> list[int]:
    """Bring the rest of an item's cluster, as far as it is in one of the states before, into the state after; give which.

    An item that stands in an issue itself stays used.
    """
    if item.cluster_id is None:
        return []
    others = (
        col(Item.cluster_id) == item.cluster_id,
        col(Item.id) != item.id,
        col(Item.state).in_(list(before)),
    )
    in_issue = exists().where(col(Block.item_id) == col(Item.id))
    moved: Any = session.exec(
        update(Item).where(*others, ~in_issue).values(state=InboxState(after)).returning(col(Item.id))
    )
    return sorted(moved.scalars())


def members_of(session: Session, items: Sequence[Item]) -> dict[int, list[Item]]:
    """The other items of the clusters that these stand for, by the number of the item, the earliest first."""
    clusters = {item.cluster_id: item.id or 0 for item in items if item.cluster_id is not None}
    members: dict[int, list[Item]] = defaultdict(list)
    found = select(Item).where(col(Item.cluster_id).in_(clusters)).order_by(col(Item.sort_at), col(Item.id))
    for one in session.exec(found):
        shown = clusters[one.cluster_id or 0]
        if one.id != shown:
            members[shown].append(one)
    return members


def one_a_cluster(*wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition: of the items that meet what is wanted (of the item or its source), the first of each cluster."""
    sourced = select(func.min(col(Item.id))).join(Source, col(Source.id) == col(Item.source_id))
    first = sourced.where(*wanted).group_by(func.coalesce(Item.cluster_id, Item.id))
    return col(Item.id).in_(first.correlate(None))


def set_apart(session: Session, *, item: Item) -> int | None:
    """Take an item out of its cluster, since an editor sees that it is other news. Gives where it was, to undo it.

    The rest keeps together, under the number of its earliest item where this one gave its own.
    """
    was = item.cluster_id
    rest = select(func.min(Item.id)).where(col(Item.cluster_id) == was, col(Item.id) != item.id)
    first = session.exec(rest).one()
    if was is None or first is None:
        return None
    if was == item.id:
        others = (col(Item.cluster_id) == was, col(Item.id) != item.id)
        session.exec(update(Item).where(*others).values(cluster_id=first))
        was = first
    item.cluster_id, item.cluster_evidence = item.id, None
    session.add(item)
    session.flush()
    return was


def put_together(session: Session, *, item: Item, cluster_id: int) -> bool:
    """Put an item into a cluster by hand; False where there is no such cluster."""
    if session.exec(select(Item.id).where(col(Item.cluster_id) == cluster_id).limit(1)).first() is None:
        return False
    item.cluster_id, item.cluster_evidence = cluster_id, None
    session.add(item)
    session.flush()
    return True


def _fresh(session: Session, limit: int) -> list[Item]:
    new = select(Item).where(col(Item.cluster_id).is_(None), col(Item.relevance) > 0)
    latest = new.order_by(col(Item.sort_at).desc(), col(Item.id).desc()).limit(limit)
    items = session.exec(latest.with_for_update(skip_locked=True))
    return sorted(items, key=lambda item: (item.sort_at, item.id or 0))


def _around(session: Session, fresh: Sequence[Item]) -> Sequence[Item]:
    begin, end = fresh[0].sort_at - APART, fresh[-1].sort_at + APART
    known = select(Item).where(
        col(Item.cluster_id).is_not(None), col(Item.sort_at) >= begin, col(Item.sort_at) <= end
    )
    return session.exec(known.order_by(col(Item.sort_at).desc(), col(Item.id).desc()).limit(LIMIT)).all()


def _place(item: Item, near: Sequence[Likeness], around: dict[int, Item]) -> None:
    """Into the cluster of the item that is most alike and was placed already, else into one of its own."""
    for one in near:
        cluster = around[one.key].cluster_id
        first = around.get(cluster) if cluster is not None else None
        if first is not None and abs(first.sort_at - item.sort_at) <= APART:
            item.cluster_id = cluster
            item.cluster_evidence = {"item": one.key, "score": one.score, "words": list(one.words)}
            item.state = first.state if item.state == InboxState.NEW else item.state
            return
    item.cluster_id = item.id
