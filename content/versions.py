"""Versions: what a source changed in an item, and when we saw that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlmodel import Session, col, select

from content.differing import Piece, difference
from content.items import Item, ItemVersion

FIELDS = ("title", "summary", "link")


@dataclass(frozen=True)
class Edit:
    """One change: when it was seen, and the fields that are different, each as one text in pieces."""

    seen_at: datetime
    fields: Mapping[str, tuple[Piece, ...]]


def edits_of(session: Session, item: Item) -> list[Edit]:
    """The changes of an item, the latest first; at most `content.items.VERSION_LIMIT`."""
    found = select(ItemVersion).where(ItemVersion.item_id == item.id).order_by(col(ItemVersion.number))
    said: list[ItemVersion | Item] = [*session.exec(found), item]
    return [_edit(before, after) for before, after in pairwise(said)][::-1]


def _edit(before: ItemVersion | Item, after: ItemVersion | Item) -> Edit:
    assert isinstance(before, ItemVersion)  # noqa: S101  the item itself comes last
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in FIELDS}
    return Edit(
        before.until, {name: difference(old, new) for name, (old, new) in pairs.items() if old != new}
    )
