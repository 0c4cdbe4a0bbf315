"""Storing what a feed says: each entry is one item, however often it is harvested."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from content.feeds import Entry
from content.items import InboxState, Item, ItemTag
from content.links import canonical
from content.plaintext import folded
from content.tagging import Tagging, tag
from content.vocabulary import Vocabulary

IDENTITY_LIMIT = 400
EVIDENCE_LIMIT = 20


@dataclass(frozen=True)
class Stored:
    """What storing a feed did: items that are new, items whose text changed, and how many of those got a tag."""

    new: int = 0
    changed: int = 0
    tagged: int = 0


def store_entries(
    session: Session, *, source_id: int, entries: Sequence[Entry], vocabulary: Vocabulary, now: datetime
) -> Stored:
    """Make or change the items of a source, and tag what is new or changed.

    The caller holds the source (a lock on its row, or SQLite's write lock), so that no one else stores it meanwhile.
    """
    wanted = {
        identity_of(entry): entry for entry in reversed(entries)
    }  # of two with one identity the first counts
    known = _known(session, source_id, list(wanted))
    fresh = [
        _new_item(source_id, identity, wanted[identity], now)
        for identity in reversed(wanted)
        if identity not in known
    ]
    changed = [item for identity, item in known.items() if _change(item, wanted[identity])]
    session.add_all([*fresh, *changed])
    session.flush()
    tagged = _tag(session, [*fresh, *changed], vocabulary)
    return Stored(new=len(fresh), changed=len(changed), tagged=tagged)


def withdraw_entries(session: Session, *, source_id: int, guids: Sequence[str]) -> int:
    """Take items out of the inbox whose source took them back (a tombstone); how many. What an issue used stays."""
    identities = [identity_of(Entry(guid=guid, title="")) for guid in guids if guid]
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


def identity_of(entry: Entry) -> str:
    """What makes an entry the same one tomorrow: its guid, else its link without tracking, else a hash of its text."""
    identity = entry.guid or (canonical(entry.link) if entry.link else "")
    if identity and len(identity) <= IDENTITY_LIMIT:
        return identity
    return "sha256:" + hashlib.sha256((identity or f"{entry.title}\n{entry.summary}").encode()).hexdigest()


def content_hash(entry: Entry) -> str:
    """A hash of what readers would see of an entry."""
    return hashlib.sha256("\n".join((entry.title, entry.summary, entry.link)).encode()).hexdigest()


def sort_moment(published: datetime | None, first_seen: datetime) -> datetime:
    """The earlier of the two: a date in the future does not pin an item to the top."""
    return first_seen if published is None else min(published, first_seen)


def _known(session: Session, source_id: int, identities: list[str]) -> dict[str, Item]:
    found = select(Item).where(Item.source_id == source_id, col(Item.identity).in_(identities))
    return {item.identity: item for item in session.exec(found.with_for_update())}


def _new_item(source_id: int, identity: str, entry: Entry, now: datetime) -> Item:
    item = Item(
        source_id=source_id, identity=identity, title="", first_seen_at=now, sort_at=now, content_hash=""
    )
    _change(item, entry)
    return item


def _change(item: Item, entry: Entry) -> bool:
    """Take over what an entry says; whether anything that readers see is different."""
    fingerprint = content_hash(entry)
    if item.content_hash == fingerprint:
        return False
    item.title, item.summary, item.link = entry.title, entry.summary, entry.link
    item.content_hash = fingerprint
    item.search_text = folded(f"{entry.title} {entry.summary}")
    item.published_at = entry.published_at or item.published_at
    item.sort_at = sort_moment(item.published_at, item.first_seen_at)
    return True


def _tag(session: Session, items: Sequence[Item], vocabulary: Vocabulary) -> int:
    """Tag by rule, except where an editor did; how many of the items have tags now."""
    ours = [item for item in items if item.tagged_by == "rule"]
    session.exec(delete(ItemTag).where(col(ItemTag.item_id).in_([item.id for item in ours])))
    rows = [row for item in ours for row in _tags_of(item, vocabulary)]
    session.add_all([*ours, *rows])
    return len({row.item_id for row in rows}) + len(items) - len(ours)


def _tags_of(item: Item, vocabulary: Vocabulary) -> list[ItemTag]:
    """The tags that the rules give an item; its relevance is set along the way."""
    assert item.id is not None  # noqa: S101  the caller flushed
    tagging = tag(vocabulary, title=item.title, summary=item.summary)
    item.relevance, item.vocabulary_version = tagging.relevance, vocabulary.version
    return [
        ItemTag(item_id=item.id, facet=facet, slug=slug, evidence=_evidence(tagging, slug))
        for facet, slugs in tagging.tags.items()
        for slug in slugs
    ]


def _evidence(tagging: Tagging, slug: str) -> list[dict[str, Any]]:
    """Which words, where, by which rule."""
    matches = [match for match in tagging.matches if match.slug == slug][:EVIDENCE_LIMIT]
    names = ("text", "field", "start", "rule", "polarity")
    return [{name: getattr(match, name) for name in names} for match in matches]
