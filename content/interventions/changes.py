"""Changes: what differs between two readings of the same record, field by field. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from content.crawled import FIELDS
from content.interventions.canonical import UNTRUSTED, YES, Fields, as_text
from content.scales import level_of, stronger


class Kind(StrEnum):
    """What can happen to an intervention in a database."""

    ADDED = "added"
    CONTENT_CHANGED = "content_changed"
    LEVEL_RAISED = "level_raised"
    LEVEL_LOWERED = "level_lowered"
    RE_RECOGNISED = "re_recognised"
    IN_REASSESSMENT = "in_reassessment"
    EXPIRING_SOON = "expiring_soon"
    EXPIRED = "expired"
    MISSING = "missing"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    MERGED = "merged"


UNPUBLISHED = frozenset({Kind.MISSING})
"""Never shown to readers: a record that is not listed may be a fault of the list, or of ours."""


@dataclass(frozen=True)
class Change:
    """Something that happened to the record with this key. `derived` says that no page states it: we reckoned it.

    `flagged` says that it came with a crawl that a guard stopped, so that a person should look first.
    """

    kind: Kind
    key: str
    field: str = ""
    old: str = ""
    new: str = ""
    flagged: bool = False
    derived: bool = False


_OF_RECOGNITION = frozenset({"level", "level_date", "in_reassessment"})


def compare(key: str, old: Fields, new: Fields) -> tuple[Change, ...]:
    """What changed between two sets of canonical fields; the recognition first, then the other fields in their order."""
    return (*_recognition(key, old, new), *_content(key, old, new))


def _recognition(key: str, old: Fields, new: Fields) -> Iterator[Change]:
    before, after = as_text(old.get("level", "")), as_text(new.get("level", ""))
    if before != after:
        yield Change(_level_kind(before, after), key, "level", before, after)
    else:
        yield from _same_level(key, old, new)
    if new.get("in_reassessment") == YES and old.get("in_reassessment") != YES:
        yield Change(Kind.IN_REASSESSMENT, key, "in_reassessment", "", YES)


def _level_kind(before: str, after: str) -> Kind:
    """Raised or lowered where a scale says so; a first recognition raises, one that is gone lowers."""
    old, new = level_of(before), level_of(after)
    if not before and new is not None:
        return Kind.LEVEL_RAISED if new.rank else Kind.CONTENT_CHANGED
    if not after and old is not None:
        return Kind.LEVEL_LOWERED
    raised = stronger(new, old) if old is not None and new is not None else None
    if raised is None:
        return Kind.CONTENT_CHANGED
    return Kind.LEVEL_RAISED if raised else Kind.LEVEL_LOWERED


def _same_level(key: str, old: Fields, new: Fields) -> Iterator[Change]:
    before, after = as_text(old.get("level_date", "")), as_text(new.get("level_date", ""))
    if before == after:
        return
    # An earlier day, or the first that we see, is a correction of the page and no new judgement.
    kind = Kind.RE_RECOGNISED if before and after > before else Kind.CONTENT_CHANGED
    yield Change(kind, key, "level_date", before, after)


def _content(key: str, old: Fields, new: Fields) -> Iterator[Change]:
    for name in FIELDS:
        if name in UNTRUSTED or name in _OF_RECOGNITION or old.get(name, "") == new.get(name, ""):
            continue
        before, after = as_text(old.get(name, "")), as_text(new.get(name, ""))
        yield Change(Kind.CONTENT_CHANGED, key, name, before, after)
