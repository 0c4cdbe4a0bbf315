"""Knowing: what we know of a database and of each of its records before a crawl, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from content.interventions.canonical import Fields


class RecordState(StrEnum):
    """Whether a record is in its database's list."""

    PRESENT = "present"
    MISSING = "missing"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Known:
    """A record as we know it. `fields` are canonical; a record that was listed but never read has none.

    `missing_since` is the start of the first of the `missing_crawls` trusted crawls in a row that did not list it.
    """

    key: str
    link: str = ""
    fields: Fields = field(default_factory=dict)
    parser_version: str = ""
    state: RecordState = RecordState.PRESENT
    missing_since: datetime | None = None
    missing_crawls: int = 0


@dataclass(frozen=True)
class Memory:
    """A database as we know it: its records by key, and its earlier crawls in three values.

    `good_count` is how many the last trusted crawl listed; None before the first, which is the base line.
    `last_started` and `last_looked` are the start of the newest crawl, and the moment at which it was judged.
    """

    records: Mapping[str, Known] = field(default_factory=dict)
    good_count: int | None = None
    last_started: datetime | None = None
    last_looked: datetime | None = None
