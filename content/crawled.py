"""Crawled: what one visit to a database of interventions or documents brought, as plain values.

Connectors make it; what it means (added, changed, withdrawn …) is decided elsewhere, from these values alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

FIELDS = (
    "name",
    "owner",
    "summary",
    "target_group",
    "age",
    "setting",
    "goal",
    "approach",
    "prevention_type",
    "materials",
    "level",
    "level_date",
    "level_note",
    "committee",
    "in_reassessment",
    "feasibility",
    "conditions",
    "costs",
    "organisation_kinds",
    "contact",
    "theme",
    "published",
)
"""The fields of a record, whatever a database calls them: `level` is its recognition, `level_date` the day of that."""

Value = str | tuple[str, ...]
"""A text in one line, or several values of which the order means nothing. Days are ISO 8601 (2018-06-07)."""


@dataclass(frozen=True)
class Listed:
    """A record as a database's list names it. `key` is the database's own, stable from crawl to crawl."""

    key: str
    link: str
    title: str = ""


@dataclass(frozen=True)
class ParsedRecord:
    """A record's page, read. `fields` holds those of `FIELDS` that were found; `missing` those that were looked for in vain.

    `raw_hash` is the SHA-256 (hex) of the bytes that were read. `extra` keeps labels that no field stands for.
    """

    key: str
    link: str
    fields: Mapping[str, Value]
    raw_hash: str
    missing: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CrawlResult:
    """One crawl of one database. `complete` says that the whole list was read to its end, without an error.

    `declared_total` is how many the database itself says it has, None where it says nothing. `gone` maps the key of a
    record that is known from before to how its page answered now (404, 410), or to 0 where the page says that
    it is no longer recognised. `errors` maps a key, or "" for the list, to what went wrong, in English.
    """

    source_key: str
    started: datetime
    finished: datetime
    complete: bool
    listed: tuple[Listed, ...]
    declared_total: int | None
    parsed: tuple[ParsedRecord, ...]
    parser_version: str
    gone: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
