"""Looking: visit a source once, a few records of it, and say field by field what was found. Nothing is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from content.connectors.declaration import Declaration
from content.connectors.documents import gather
from content.connectors.listing import Listing, read_whole_list
from content.connectors.port import Fetch
from content.connectors.readers import reader_of
from content.crawled import Listed, ParsedRecord, Value
from content.entries import Entry
from content.errors import FetchFailed, PageUnreadable, RobotsRefused
from content.plaintext import shortened
from content.sources import SourceKind

RECORDS = 3
_FIRST_PAGES = 1
_FIRST_SITEMAPS = 3
_DOCUMENT_FIELDS = ("guid", "title", "link", "published_at", "summary")


@dataclass(frozen=True)
class FieldSeen:
    """In how many records a field was found, with its value in the first of them. `optional` ones may be missing."""

    name: str
    found: int
    sample: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Look:
    """What a look at a source brought.

    `answers` says that it can be read: its list has records, and the records that were looked at could all be read, with a
    level where it has a scale. `trouble` is a word for what went wrong with a feed.
    `unknown` are labels that no field stands for, with the beginning of their texts.
    """

    key: str
    answers: bool
    listed: int = 0
    declared_total: int | None = None
    records: int = 0
    fields: tuple[FieldSeen, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    title: str = ""
    status: int | None = None
    trouble: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that were found in none of the records, and should have been."""
        return tuple(one.name for one in self.fields if not one.found and not one.optional)


def look(declaration: Declaration, *, fetch: Fetch, now: datetime, records: int = RECORDS) -> Look:
    """Visit a source as its declaration says. Whatever goes wrong is a text in `problems`.

    Args:
        declaration: of a database (its first page and a few records are read) or of documents (one answer is).
        fetch: asks for an address, with manners.
        now: for documents: what the last days brought.
        records: how many records to read.
    """
    if declaration.kind is SourceKind.DOCUMENTS:
        return _look_at_documents(declaration, fetch, now)
    return _look_at_database(declaration, fetch, records)


def _look_at_database(declaration: Declaration, fetch: Fetch, records: int) -> Look:
    pages = _FIRST_SITEMAPS if declaration.list.sitemap else _FIRST_PAGES
    listing = read_whole_list(declaration, fetch=fetch, most_pages=pages)
    wanted = list(listing.listed.values())[:records]
    read: list[ParsedRecord] = []
    problems = [listing.problem] if listing.problem and not (listing.limited and wanted) else []
    for one in wanted:
        try:
            read.append(_record(declaration, listing, one, fetch))
        except (FetchFailed, PageUnreadable, RobotsRefused) as error:
            problems.append(f"{one.link}: {error}")
    fields = tuple(
        _field_seen(name, [one.fields[name] for one in read if name in one.fields], optional=rule.optional)
        for name, rule in declaration.detail.fields.items()
    )
    levels = [one for one in fields if one.name == "level"]
    if read and any(not one.found for one in levels):
        problems.append("No level was found that is on the scale.")
    return Look(
        key=declaration.key,
        answers=bool(read) and not problems,
        listed=len(listing.listed),
        declared_total=listing.declared_total,
        records=len(read),
        fields=fields,
        unknown={label: shortened(text, 80) for one in reversed(read) for label, text in one.extra.items()},
        problems=tuple(problems),
    )


def _record(declaration: Declaration, listing: Listing, listed: Listed, fetch: Fetch) -> ParsedRecord:
    if listed.key in listing.records:
        return listing.records[listed.key]
    answer = fetch(listed.link)
    if answer.status != 200:
        raise PageUnreadable(f"The page answered {answer.status}.")
    return reader_of(declaration).read_record(answer, listed, declaration)


def _look_at_documents(declaration: Declaration, fetch: Fetch, now: datetime) -> Look:
    once = replace(declaration, documents=replace(declaration.documents, most=1, words=()))
    since = now - timedelta(days=declaration.documents.days)
    # A feed of changes begins years ago: what it gives first is as good a sample as what it gives last.
    epoch = datetime(1990, 1, 1, tzinfo=now.tzinfo)
    gathered = gather(once, fetch=fetch, since=epoch if "{since}" not in _asked(once) else since, until=now)
    entries: Sequence[Entry] = gathered.entries
    problems = [] if entries else [gathered.problem or "The answer holds no documents."]
    return Look(
        key=declaration.key,
        answers=not problems,
        listed=len(entries),
        declared_total=gathered.declared_total,
        records=len(entries),
        fields=seen_in(entries),
        problems=tuple(problems),
        status=gathered.status,
    )


def seen_in(entries: Sequence[Entry]) -> tuple[FieldSeen, ...]:
    """Field by field what entries have."""
    return tuple(
        _field_seen(
            name,
            [str(value) for one in entries if (value := getattr(one, name))],
            optional=name in ("summary", "guid"),
        )
        for name in _DOCUMENT_FIELDS
    )


def _asked(declaration: Declaration) -> str:
    return " ".join(declaration.documents.parameters.values())


def _field_seen(name: str, values: Sequence[Value], *, optional: bool) -> FieldSeen:
    first = values[0] if values else ""
    sample = first if isinstance(first, str) else " | ".join(first)
    return FieldSeen(name=name, found=len(values), sample=shortened(sample, 100), optional=optional)
