"""Storing what a feed says: each entry is one item, however often it is harvested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from content.entries import Entry
from content.identity import IdentityPolicy, content_hash, identity_of
from content.items import VERSION_LIMIT, InboxState, Item, ItemTag, ItemVersion
from content.links import web_address
from content.plaintext import folded
from content.tagging import Tagging, tag
from content.vocabulary import Vocabulary

EVIDENCE_LIMIT = 20


@dataclass(frozen=True)
class Stored:
    """What storing a feed did: items that are new, items whose text changed, and how many of those got a tag."""

    new: int = 0
    changed: int = 0
    tagged: int = 0


def store_entries(
    session: Session,
    *,
    source_id: int,
    entries: Sequence[Entry],
    vocabulary: Vocabulary,
    now: datetime,
    policy: str = IdentityPolicy.GUID,
) -> Stored:
    """Make or change the items of a source, and tag what is new or changed.

    The caller holds the source (a lock on its row, or SQLite's write lock), so that no one else stores it meanwhile.

    Args:
        session: the transaction.
        source_id: whose entries these are.
        entries: as the feed has them; of two with one identity the first counts.
        vocabulary: what to tag with.
        now: when they were seen.
        policy: by what entries are known.
    """
    wanted = {identity_of(entry, policy=policy): entry for entry in reversed(entries)}
    known = _known(session, source_id, wanted)
    fresh = {identity: wanted[identity] for identity in reversed(wanted) if identity not in known}
    versions = [
        version
        for identity, item in known.items()
        if (version := _changed(item, wanted[identity], now)) is not None
    ]
    ids = {version.item_id for version in versions}
    changed = [item for item in known.values() if item.id in ids]
    session.add_all(versions)
    session.flush()
    tagged = _insert(session, source_id, fresh, vocabulary, now) + _tag(session, changed, vocabulary)
    return Stored(new=len(fresh), changed=len(changed), tagged=tagged)


def withdraw_entries(
    session: Session, *, source_id: int, guids: Sequence[str], policy: str = IdentityPolicy.GUID
) -> int:
    """Take items out of the inbox whose source took them back (a tombstone); how many. What an issue used stays.

    A tombstone names a guid and nothing more: items that are known by their links are found where the guid is that link,
    and those that are known by their titles are not found.
    """
    if policy == IdentityPolicy.TITLE:
        return 0
    taken_back = [Entry(guid=guid, title="", link=web_address(guid)) for guid in guids if guid]
    named = [entry for entry in taken_back if policy == IdentityPolicy.GUID or entry.link]
    identities = [identity_of(entry, policy=policy) for entry in named]
    undecided = [InboxState.NEW, InboxState.KEPT]
    found = select(Item).where(
        Item.source_id == source_id, col(Item.identity).in_(identities), col(Item.state).in_(undecided)
    )
    items = list(session.exec(found.with_for_update())) if identities else []
    for item in items:
        item.state = InboxState.DROPPED
    session.add_all(items)
    return len(items)


def retag_outdated(session: Session, *, vocabulary: Vocabulary, limit: int = 500) -> int:
    """Tag again, by the present vocabulary, items that nobody decided on or tagged by hand; how many there were."""
    outdated = select(Item).where(
        Item.vocabulary_version != vocabulary.version, Item.state == "new", Item.tagged_by == "rule"
    )
    latest = outdated.order_by(col(Item.id).desc()).limit(limit).with_for_update(skip_locked=True)
    items = list(session.exec(latest))
    _tag(session, items, vocabulary)
    return len(items)


def sort_moment(published: datetime | None, first_seen: datetime) -> datetime:
    """The earlier of the two: a date in the future does not pin an item to the top."""
    return first_seen if published is None else min(published, first_seen)


def _known(session: Session, source_id: int, wanted: Mapping[str, Entry]) -> dict[str, Item]:
    of_source = select(Item).where(Item.source_id == source_id).with_for_update()
    found = session.exec(of_source.where(col(Item.identity).in_(list(wanted))))
    known = {item.identity: item for item in found}
    unknown = {
        (entry.link, entry.title): identity
        for identity, entry in wanted.items()
        if identity not in known and entry.link and entry.title
    }
    if unknown:
        links = {link for link, _title in unknown}
        for item in session.exec(of_source.where(col(Item.link).in_(links))):
            identity = unknown.get((item.link, item.title))
            # A site that gives its pages other guids overnight does not bring all its old news again.
            if identity and item.identity not in wanted and identity not in known:
                item.identity = identity
                known[identity] = item
    return known


def _insert(
    session: Session, source_id: int, fresh: Mapping[str, Entry], vocabulary: Vocabulary, now: datetime
) -> int:
    """Insert items with their tags, in two statements however many there are; how many have tags.

    By way of objects it costs three times as much, and this is most of what a first harvest does.
    """
    if not fresh:
        return 0
    taggings = [tag(vocabulary, title=entry.title, summary=entry.summary) for entry in fresh.values()]
    rows = [
        {
            "source_id": source_id,
            "identity": identity,
            "first_seen_at": now,
            "state": InboxState.NEW,
            "versions": 0,
        }
        | {"relevance": tagging.relevance, "vocabulary_version": vocabulary.version, "tagged_by": "rule"}
        | _said(entry)
        | {"published_at": entry.published_at, "published_estimated": entry.estimated}
        | {"sort_at": sort_moment(entry.published_at, now)}
        for (identity, entry), tagging in zip(fresh.items(), taggings, strict=True)
    ]
    made = insert(Item).returning(col(Item.id), sort_by_parameter_order=True)
    numbers: Sequence[Any] = session.connection().execute(made, rows).scalars().all()
    tags = [
        row for number, tagging in zip(numbers, taggings, strict=True) for row in _tag_rows(number, tagging)
    ]
    if tags:
        session.connection().execute(insert(ItemTag), tags)
    return len({row["item_id"] for row in tags})


def _said(entry: Entry) -> dict[str, str]:
    """The columns that hold what an entry says."""
    return {
        "title": entry.title,
        "summary": entry.summary,
        "link": entry.link,
        "content_hash": content_hash(entry),
        "search_text": folded(f"{entry.title} {entry.summary}"),
    }


def _changed(item: Item, entry: Entry, now: datetime) -> ItemVersion | None:
    """Take over what an entry says; what the item said before, or None where nothing that readers see is different."""
    if item.content_hash == content_hash(entry) or item.versions >= VERSION_LIMIT:
        return None
    assert item.id is not None  # noqa: S101  it was read
    item.versions += 1
    before = ItemVersion(
        item_id=item.id,
        number=item.versions,
        until=now,
        title=item.title,
        summary=item.summary,
        link=item.link,
    )
    take_over(item, entry)
    return before


def take_over(item: Item, entry: Entry) -> None:
    """Let an item say what an entry says; what it said before is for the caller to keep."""
    for name, value in _said(entry).items():
        setattr(item, name, value)
    if entry.published_at is not None:
        item.published_at, item.published_estimated = entry.published_at, entry.estimated
    item.sort_at = sort_moment(item.published_at, item.first_seen_at)


def _tag(session: Session, items: Sequence[Item], vocabulary: Vocabulary) -> int:
    """Tag anew by rule, except where an editor did; how many of the items have tags now."""
    ours = [item for item in items if item.tagged_by == "rule"]
    if ours:
        session.exec(delete(ItemTag).where(col(ItemTag.item_id).in_([item.id for item in ours])))
    rows: list[dict[str, Any]] = []
    for item in ours:
        tagging = tag(vocabulary, title=item.title, summary=item.summary)
        item.relevance, item.vocabulary_version = tagging.relevance, vocabulary.version
        rows += _tag_rows(item.id or 0, tagging)
    session.add_all(items)
    session.flush()
    if rows:
        session.connection().execute(insert(ItemTag), rows)
    return len({row["item_id"] for row in rows}) + len(items) - len(ours)


def _tag_rows(item_id: int, tagging: Tagging) -> list[dict[str, Any]]:
    """The tags that the rules give an item."""
    return [
        {
            "item_id": item_id,
            "facet": facet,
            "slug": slug,
            "origin": "rule",
            "evidence": _evidence(tagging, slug),
        }
        for facet, slugs in tagging.tags.items()
        for slug in slugs
    ]


def _evidence(tagging: Tagging, slug: str) -> list[dict[str, Any]]:
    """Which words, where, by which rule."""
    matches = [match for match in tagging.matches if match.slug == slug][:EVIDENCE_LIMIT]
    names = ("text", "field", "start", "rule", "polarity")
    return [{name: getattr(match, name) for name in names} for match in matches]
