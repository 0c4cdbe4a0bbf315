"""The inbox of the desk: which items there are, and what the editors do with them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, delete, func, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, or_, select

from content.clusters import follow, members_of, one_a_cluster
from content.items import InboxState, Item, ItemTag
from content.plaintext import folded
from content.sources import Source
from content.vocabulary import Vocabulary


@dataclass(frozen=True)
class Folded:
    """The same news from another source, which stands under a row. `words` led to that; none where an editor said so."""

    item: Item
    source_name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class InboxRow:
    """A piece of news: an item with what is shown beside it, and what other sources brought of the same."""

    item: Item
    source_name: str
    tags: list[ItemTag]
    others: list[Folded] = field(default_factory=list)


@dataclass(frozen=True)
class InboxCounts:
    """How many items there are by state; and of the new ones how many by relevance, by tag and by source key."""

    states: dict[str, int]
    relevances: dict[int, int]
    slugs: dict[str, int]
    sources: dict[str, int]


@dataclass(frozen=True)
class Decision:
    """What changed, so that it can be undone: decide again with the state it had `before`."""

    item_id: int
    before: str
    after: str


def inbox(
    session: Session,
    *,
    state: str = InboxState.NEW,
    relevance: int | None = None,
    slug: str | None = None,
    search: str = "",
    source: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[InboxRow]:
    """Items that meet all that is asked, the latest first; of items that are the same news the first stands for all.

    Args:
        session: the database.
        state: an InboxState, or "" for all.
        relevance: exactly this one; None for all.
        slug: only items with this tag.
        search: words that all occur in title, summary or the source's name; case and accents do not matter.
        source: only items of the source with this key.
        limit: at most so many.
        offset: after so many.
    """
    chosen = select(Item, Source.name).join(Source, col(Source.id) == col(Item.source_id))
    wanted = _wanted(state=state, relevance=relevance, slug=slug, search=search, source=source)
    order = (col(Item.sort_at).desc(), col(Item.id).desc())
    rows = session.exec(
        chosen.where(one_a_cluster(*wanted)).order_by(*order).limit(limit).offset(offset)
    ).all()
    items = [item for item, _name in rows]
    tags, others = tags_of(session, items), _folded_under(session, items)
    return [
        InboxRow(item=item, source_name=name, tags=tags[item.id or 0], others=others.get(item.id or 0, []))
        for item, name in rows
    ]


def inbox_size(
    session: Session,
    *,
    state: str = InboxState.NEW,
    relevance: int | None = None,
    slug: str | None = None,
    search: str = "",
    source: str | None = None,
) -> int:
    """How many items `inbox` would give without a limit."""
    wanted = _wanted(state=state, relevance=relevance, slug=slug, search=search, source=source)
    return session.exec(select(func.count(col(Item.id))).where(one_a_cluster(*wanted))).one()


def inbox_counts(session: Session) -> InboxCounts:
    """The figures beside the filters of the inbox."""
    new = col(Item.state) == InboxState.NEW
    number = func.count(func.coalesce(Item.cluster_id, Item.id).distinct())
    of_item = col(ItemTag.item_id) == col(Item.id)
    of_source = col(Source.id) == col(Item.source_id)
    return InboxCounts(
        states=_counted(session, select_columns(col(Item.state), number).group_by(col(Item.state))),
        relevances=_counted(
            session, select_columns(col(Item.relevance), number).where(new).group_by(col(Item.relevance))
        ),
        slugs=_counted(
            session,
            select_columns(col(ItemTag.slug), number)
            .join(Item, of_item)
            .where(new)
            .group_by(col(ItemTag.slug)),
        ),
        sources=_counted(
            session,
            select_columns(col(Source.key), number)
            .join(Item, of_source)
            .where(new)
            .group_by(col(Source.key)),
        ),
    )


def tags_of(session: Session, items: Sequence[Item]) -> defaultdict[int, list[ItemTag]]:
    """The tags of items by the item's number, in the order in which they were given."""
    tags: defaultdict[int, list[ItemTag]] = defaultdict(list)
    found = (
        select(ItemTag).where(col(ItemTag.item_id).in_([item.id for item in items])).order_by(col(ItemTag.id))
    )
    for row in session.exec(found):
        tags[row.item_id].append(row)
    return tags


def states_of(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    """In which state these items are, by number."""
    found = select(Item.id, Item.state).where(col(Item.id).in_(numbers))
    return {number or 0: state for number, state in session.exec(found)}


def decide(session: Session, *, item: Item, state: str, seen: str | None = None) -> Decision | None:
    """Keep an item, drop it, or take that back. What is the same news, and in the same state, goes with it.

    Args:
        session: the database.
        item: what is decided on.
        state: an InboxState.
        seen: the state that the editor saw; None for whatever it is now.

    Returns:
        What changed; None when a colleague was first, and the item is no longer in the state that was seen, or was taken back.

    Raises:
        ValueError: `state` is no InboxState.
    """
    after, before = InboxState(state), item.state if seen is None else seen
    unchanged = (col(Item.id) == item.id, col(Item.state) == before, col(Item.withdrawn_at).is_(None))
    done: Any = session.exec(update(Item).where(*unchanged).values(state=after))
    session.refresh(item)
    if done.rowcount != 1:
        return None
    follow(session, item=item, before=(before,), after=after)
    return Decision(item_id=item.id or 0, before=before, after=after)


def retag(
    session: Session,
    *,
    item: Item,
    slugs: Sequence[str],
    vocabulary: Vocabulary,
    relevance: int | None = None,
) -> None:
    """Give an item exactly these tags, by an editor's hand: from now on no harvest changes them.

    Tags that the rules had found keep their evidence.

    Raises:
        UnknownTerm: a slug is not in the vocabulary; nothing was changed.
    """
    terms = [vocabulary.term(slug) for slug in dict.fromkeys(slugs)]
    kept = {row.slug: row for row in tags_of(session, [item])[item.id or 0]}
    gone = [row.id for slug, row in kept.items() if slug not in {term.slug for term in terms}]
    session.exec(delete(ItemTag).where(col(ItemTag.id).in_(gone)))
    fresh = [term for term in terms if term.slug not in kept]
    session.add_all(
        ItemTag(item_id=item.id or 0, facet=term.facet, slug=term.slug, origin="editor") for term in fresh
    )
    item.tagged_by = "editor"
    item.relevance = item.relevance if relevance is None else relevance
    session.add(item)
    session.flush()


def _wanted(
    *, state: str, relevance: int | None, slug: str | None, search: str, source: str | None
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [_holds(word) for word in folded(search[:200]).split()]
    if state:
        wanted.append(col(Item.state) == state)
    if relevance is not None:
        wanted.append(col(Item.relevance) == relevance)
    if slug:
        wanted.append(col(Item.id).in_(select(ItemTag.item_id).where(ItemTag.slug == slug)))
    if source:
        wanted.append(col(Source.key) == source)
    return wanted


def _folded_under(session: Session, items: Sequence[Item]) -> dict[int, list[Folded]]:
    members = members_of(session, items)
    names = dict(session.exec(select(Source.id, Source.name)).all()) if members else {}
    return {
        shown: [
            Folded(one, names.get(one.source_id, ""), tuple((one.cluster_evidence or {}).get("words", ())))
            for one in others
        ]
        for shown, others in members.items()
    }


def _holds(word: str) -> ColumnElement[bool]:
    return or_(
        col(Item.search_text).contains(word, autoescape=True),
        func.lower(Source.name).contains(word, autoescape=True),
    )


def _counted(session: Session, statement: Any) -> dict[Any, int]:
    return {row[0]: row[1] for row in session.execute(statement)}
