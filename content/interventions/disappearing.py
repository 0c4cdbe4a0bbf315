"""Disappearing: when a record that is no longer listed may be called withdrawn. All conditions at once, or not at all. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from content.interventions.changes import Change, Kind
from content.interventions.knowing import Known, RecordState

CRAWLS = 3
"""In how many trusted crawls in a row a record must be missing."""

SPAN = timedelta(days=7)
"""Over how long, from the start of the first of them to the start of the last."""

GONE = frozenset({404, 410, 0})
"""How the page of a withdrawn record answers: not found, gone, or 0 for "niet meer erkend" on the page itself."""


def not_listed(known: Known, *, started: datetime, answer: int | None) -> tuple[Known, Change | None]:
    """The record after a trusted crawl that did not list it, and what happened: missing, withdrawn, or nothing new.

    Args:
        known: the record before the crawl.
        started: when the crawl began; later than any crawl before it.
        answer: how its page answered in this crawl (see `GONE`); None where it was not asked.
    """
    if known.state is RecordState.WITHDRAWN:
        return known, None
    since = known.missing_since or started
    after = replace(
        known,
        state=RecordState.MISSING,
        missing_since=since,
        missing_crawls=known.missing_crawls + 1,
    )
    if after.missing_crawls >= CRAWLS and started - since >= SPAN and answer in GONE:
        return replace(after, state=RecordState.WITHDRAWN), Change(Kind.WITHDRAWN, known.key)
    if known.state is RecordState.PRESENT:
        return after, Change(Kind.MISSING, known.key)
    return after, None


def listed_again(known: Known) -> tuple[Known, Change | None]:
    """The record after a crawl that met it. Only one that was called withdrawn is called restored."""
    after = replace(known, state=RecordState.PRESENT, missing_since=None, missing_crawls=0)
    restored = known.state is RecordState.WITHDRAWN
    return after, Change(Kind.RESTORED, known.key) if restored else None
