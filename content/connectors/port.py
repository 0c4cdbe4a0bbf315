"""The port of every connector: how an address is asked for, and what a page says once it is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from content.crawled import Listed, ParsedRecord
from content.entries import Entry


@dataclass(frozen=True)
class Answer:
    """What a server answered, whatever its status. `url` is where it came from in the end; header names are in lower case."""

    status: int
    url: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content_type(self) -> str:
        """The header, for its charset."""
        return self.headers.get("content-type", "")


Fetch = Callable[[str], Answer]
"""Asks for an address. It raises FetchFailed where no answer came at all, or none that may be read."""


@dataclass(frozen=True)
class ListPage:
    """One page of a database's list, or one of its sitemaps.

    `following` are the addresses of further pages that this one names; `declared_total` is how many records the database
    says it has, None where it is silent; `records` holds whole records where the list itself has them; `at_end`
    says that the page calls itself the end of the list. A record that is listed and could not be read is not in `records`.
    """

    listed: tuple[Listed, ...]
    following: tuple[str, ...] = ()
    declared_total: int | None = None
    records: tuple[ParsedRecord, ...] = ()
    at_end: bool = False


@dataclass(frozen=True)
class DocumentPage:
    """One page of documents. `removed` are the guids of documents that were taken back (tombstones).

    `seen` counts everything on the page, also what is no entry for us. `following` is the next page's address, ""
    at the end; `position` is where a next visit goes on, "" where a source has no such thing.
    """

    entries: tuple[Entry, ...]
    seen: int
    removed: tuple[str, ...] = ()
    following: str = ""
    declared_total: int | None = None
    position: str = ""
