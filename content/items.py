"""Items: what a source published, as the inbox of the desk shows it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Session

from content.columns import Instant, Record
from content.errors import UnknownIssue


class InboxState(StrEnum):
    """What the editors did with an item."""

    NEW = "new"
    KEPT = "kept"
    DROPPED = "dropped"
    USED = "used"


VERSION_LIMIT = 24
"""Changes of one item that are taken over. A feed that puts the time into each entry would else fill the database."""


class Item(Record, table=True):
    """A message out of a source. `identity` is its guid, else its canonical link, else a hash.

    "New" means first seen, not published; `sort_at` is the earlier of the two, so that a date in the future
    does not pin an item to the top. `published_estimated` says that the date is a guess (a day without a time, no zone, or only
    the last change). `relevance` is 2 (for a newsletter), 1 (about substances) or 0.
    `cluster_id` is the first item that is the same news, this item's own number where there is none, None before they were
    compared; `cluster_evidence` says which item this one is like, and by which words. `versions` counts the changes that were
    taken over, at most `VERSION_LIMIT`. `withdrawn_at` is when we took back an item of our own: what it leads to is gone.
    `search_text` is title and summary, folded. `tagged_by` is `rule` until an editor sets the tags; then a harvest leaves
    them alone.
    """

    __table_args__ = (UniqueConstraint("source_id", "identity"),)

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    identity: str
    title: str
    summary: str = ""
    link: str = ""
    published_at: datetime | None = Field(default=None, sa_type=Instant)
    published_estimated: bool = False
    first_seen_at: datetime = Field(sa_type=Instant)
    sort_at: datetime = Field(sa_type=Instant, index=True)
    content_hash: str
    relevance: int = 0
    vocabulary_version: str = ""
    tagged_by: str = "rule"
    search_text: str = ""
    state: str = Field(default=InboxState.NEW, index=True)
    cluster_id: int | None = Field(default=None, index=True)
    cluster_evidence: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    versions: int = 0
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)


class ItemVersion(Record, table=True):
    """What an item said before a change. `number` counts from 1; `until` is when the change was seen."""

    __tablename__ = "item_version"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="item.id")
    number: int
    until: datetime = Field(sa_type=Instant)
    title: str
    summary: str = ""
    link: str = ""


class ItemTag(Record, table=True):
    """A term that an item got. `origin` is `rule` or `editor`; `evidence` lists the matches: text, field, start, rule."""

    __tablename__ = "item_tag"
    __table_args__ = (UniqueConstraint("item_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="item.id", index=True)
    facet: str
    slug: str = Field(index=True)
    origin: str = "rule"
    evidence: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


def item_by_id(session: Session, item_id: int) -> Item:
    """The item with this number.

    Raises:
        UnknownIssue: there is none.
    """
    item = session.get(Item, item_id)
    if item is None:
        raise UnknownIssue(f"There is no item {item_id}.")
    return item
