"""Guards: whether a crawl may say that something is gone. Once a truncated answer with status 200 marked every record so."""

from enum import StrEnum
from fractions import Fraction

from content.crawled import CrawlResult
from content.interventions.knowing import Memory, RecordState

SHARE = Fraction(9, 10)
"""The part of what was there that a list must still have."""


class Guard(StrEnum):
    """Why a crawl is not believed about what it does not list."""

    INCOMPLETE = "incomplete"
    EMPTY = "empty"
    SHRUNKEN = "shrunken"
    BELOW_DECLARED = "below_declared"
    OTHER_KEYS = "other_keys"


ACCEPTABLE = frozenset({Guard.SHRUNKEN, Guard.BELOW_DECLARED, Guard.OTHER_KEYS})
"""What an editor may overrule. A list that was not read to its end, or an empty one, proves nothing whoever says so."""


def seen_keys(result: CrawlResult) -> frozenset[str]:
    """The keys that a crawl met: listed, or read."""
    return frozenset(one.key for one in result.listed) | frozenset(one.key for one in result.parsed)


def listed_count(result: CrawlResult) -> int:
    """How many different records the list named."""
    return len({one.key for one in result.listed})


def tripped(memory: Memory, result: CrawlResult) -> Guard | None:
    """The guard that this crawl trips, the most serious first; None for a crawl that is believed.

    Three figures are held against `SHARE`: the last good count, what the database says it has, and how many of the records that
    were present are listed (a database that gives all its records new keys keeps its count).
    """
    count = listed_count(result)
    if not result.complete or "" in result.errors:
        return Guard.INCOMPLETE
    if count == 0:
        return Guard.EMPTY
    if memory.good_count is not None and count < SHARE * memory.good_count:
        return Guard.SHRUNKEN
    if result.declared_total is not None and count < SHARE * result.declared_total:
        return Guard.BELOW_DECLARED
    present = [key for key, known in memory.records.items() if known.state is RecordState.PRESENT]
    if memory.good_count is not None and len(seen_keys(result).intersection(present)) < SHARE * len(present):
        return Guard.OTHER_KEYS
    return None
