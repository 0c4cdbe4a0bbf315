"""Deciding: what a crawl means, from what was known, what it brought, and the time. A pure function."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from content.crawled import CrawlResult, Value
from content.interventions.canonical import Fields, as_text, canonical
from content.interventions.changes import Change, Kind, compare
from content.interventions.disappearing import listed_again, not_listed
from content.interventions.guards import SHARE, Guard, listed_count, seen_keys, tripped
from content.interventions.knowing import Known, Memory, RecordState
from content.interventions.validity import crossings
from content.links import web_address


@dataclass(frozen=True)
class Decision:
    """What a crawl means. `held` are the keys that it did not list and about which a guard lets nothing be said.

    `stale` says that a crawl that began later, or this very one, was judged before: then nothing happened.
    `lost_fields` are fields that so many records lack at once that the pages must be made otherwise, and not the records.
    """

    memory: Memory
    changes: tuple[Change, ...] = ()
    guard: Guard | None = None
    held: tuple[str, ...] = ()
    lost_fields: tuple[str, ...] = ()
    stale: bool = False

    @property
    def trusted(self) -> bool:
        """Whether the crawl counts: it becomes the measure for the next."""
        return self.guard is None and not self.stale


def decide(memory: Memory, result: CrawlResult, *, now: datetime) -> Decision:
    """Judge a crawl.

    The first trusted crawl of a database is the base line: what it brings is not news. Crawls are judged in the order in which
    they began; one that comes too late changes nothing, so that no order of arrival can make a record disappear.
    """
    if memory.last_started is not None and result.started <= memory.last_started:
        return Decision(memory=memory, stale=True)
    guard = tripped(memory, result)
    seen = seen_keys(result)
    records = dict(memory.records)
    lost = lost_fields(memory.records, result)
    changes = [
        *_read(records, memory, result, lost=lost, flagged=guard is not None),
        *_met(records, seen),
    ]
    absent = tuple(sorted(key for key, known in records.items() if key not in seen and _may_go(known)))
    if guard is None:
        changes += _gone(records, absent, started=result.started, gone=result.gone)
    changes += _run_out(records, seen, since=memory.last_looked, now=now)
    after = Memory(
        records=records,
        good_count=listed_count(result) if guard is None else memory.good_count,
        last_started=result.started,
        last_looked=max(now, memory.last_looked or now),
    )
    return Decision(after, tuple(changes), guard, absent if guard is not None else (), tuple(sorted(lost)))


def accept(
    memory: Memory, *, held: Collection[str], count: int, started: datetime, gone: Mapping[str, int]
) -> Decision:
    """What the newest crawl means once an editor vouches for its list: it counts as a trusted one, from its own start."""
    records = dict(memory.records)
    keys = sorted(key for key in held if key in records and _may_go(records[key]))
    changes = _gone(records, keys, started=started, gone=gone)
    return Decision(replace(memory, records=records, good_count=count), tuple(changes))


def lost_fields(records: Mapping[str, Known], result: CrawlResult) -> frozenset[str]:
    """Fields that more than a tenth of the records that had them were read without: the layout changed, or our reading."""
    had: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for one in result.parsed:
        known = records.get(one.key)
        if known is None or known.parser_version != result.parser_version:
            continue
        found = canonical(one.fields)
        had.update(known.fields.keys())
        lost.update(name for name in known.fields if name not in found and name not in _MAY_END)
    return frozenset(name for name, number in lost.items() if number > (1 - SHARE) * had[name])


_MAY_END = frozenset({"in_reassessment"})
"""What a page says only while it lasts: that it is gone means something."""


def _read(
    records: dict[str, Known], memory: Memory, result: CrawlResult, *, lost: Collection[str], flagged: bool
) -> list[Change]:
    """Take in the pages that were read: new records, and what changed in those that were known.

    With another parser version everything is taken as it is now read, in silence.
    """
    changes: list[Change] = []
    for one in {one.key: one for one in result.parsed}.values():
        known = records.get(one.key, Known(one.key))
        found = canonical(one.fields)
        if one.key not in records and memory.good_count is not None:
            changes.append(Change(Kind.ADDED, one.key, flagged=flagged, new=as_text(found.get("name", ""))))
        if known.parser_version == result.parser_version:
            found = _with_lost(known.fields, found, lost)
            changes += compare(one.key, known.fields, found)
        records[one.key] = replace(
            known, link=web_address(one.link), fields=found, parser_version=result.parser_version
        )
    return changes


def _with_lost(old: Fields, new: Fields, lost: Collection[str]) -> dict[str, Value]:
    """The new fields, and the old value of those that the whole crawl lost."""
    return canonical({**{name: old[name] for name in lost if name in old}, **new})


def _met(records: dict[str, Known], seen: Collection[str]) -> list[Change]:
    changes = []
    for key in sorted(records.keys() & set(seen)):
        records[key], change = listed_again(records[key])
        changes += [change] if change else []
    return changes


def _gone(
    records: dict[str, Known], absent: Collection[str], *, started: datetime, gone: Mapping[str, int]
) -> list[Change]:
    changes = []
    for key in absent:
        records[key], change = not_listed(records[key], started=started, answer=gone.get(key))
        changes += [change] if change else []
    return changes


def _may_go(known: Known) -> bool:
    return known.state is not RecordState.WITHDRAWN


def _run_out(
    records: Mapping[str, Known], seen: Collection[str], *, since: datetime | None, now: datetime
) -> list[Change]:
    return [
        change
        for key in sorted(records.keys() & set(seen))
        for change in crossings(key, as_text(records[key].fields.get("level_date", "")), since=since, now=now)
    ]
