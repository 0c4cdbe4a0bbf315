"""A declaration: what a file in `content/starter/databases` says of a database. docs/databases.md explains it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from content.sources import Rights, SourceKind, UrlConfidence


class Reads(StrEnum):
    """The form in which a database gives what it has."""

    HTML = "html"
    JSON = "json"
    CSV = "csv"
    SRU = "sru"
    ATOM = "atom"
    RSS = "rss"


@dataclass(frozen=True)
class FieldRule:
    """Where a field is found: under one of its labels, in order of preference, or `at` a CSS selector or JSON path.

    `split` cuts the text into several values; `gather` puts the texts of all its labels behind each other instead of
    taking the first; `pattern` keeps what its groups match, with a hyphen between them; a field that is `optional` is not
    reported as missing.
    """

    labels: tuple[str, ...] = ()
    at: str = ""
    split: str = ""
    pattern: str = ""
    gather: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Total:
    """Where a list says how many records there are: the first number that `pattern` matches in the text `at` a place."""

    at: str
    pattern: str = r"(\d[\d.]*)"


@dataclass(frozen=True)
class ListRules:
    """How a list is read. Addresses that are no record's are told apart by `key`, a pattern of which group 1 is the key.

    A next page is named by `next` (a link), counted by `parameter` (from `first`, by `step`), or a sitemap names all.
    `end` is what shows that a page is the one after the last.
    """

    record: str = ""
    key: str = ""
    link: str = ""
    title: str = ""
    total: Total | None = None
    next: str = ""
    parameter: str = ""
    first: int = 1
    step: int = 1
    end: str = ""
    sitemap: bool = False


@dataclass(frozen=True)
class Pairs:
    """Labels and values that stand in elements of their own: CSS selectors, the last two within `each`."""

    each: str
    label: str
    value: str


@dataclass(frozen=True)
class DetailRules:
    """How a record is read. `gone` are phrases by which a page says that its record is no longer recognised."""

    fields: Mapping[str, FieldRule]
    within: str = "body"
    pairs: tuple[str | Pairs, ...] = ()
    gone: tuple[str, ...] = ()
    on_list: bool = False


@dataclass(frozen=True)
class DocumentRules:
    """How documents are asked for and read.

    `parameters` are those of the address; `{since}` and `{until}` in them become moments. `fields` names, for title,
    summary, link, published and id, the elements that may hold it. A document in which none of `words` occurs is passed over.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    link: str = ""
    words: tuple[str, ...] = ()
    days: int = 30
    page_size: int = 50
    most: int = 20


@dataclass(frozen=True)
class Declaration:
    """A database of interventions (with `list` and `detail`) or a source of documents (with `documents`).

    `delay` is how many seconds lie between two requests to its host, at least. `parser_version` changes whenever the
    same page would be read differently. `scale` names the levels of recognition, see `scales`.
    """

    key: str
    name: str
    kind: SourceKind
    reads: Reads
    url: str
    home_url: str
    url_confidence: UrlConfidence
    parser_version: str
    delay: float = 2.0
    rights: Rights = Rights.OPEN
    attribution: str = ""
    scale: str = ""
    list: ListRules = field(default_factory=ListRules)
    detail: DetailRules = field(default_factory=lambda: DetailRules(fields={}))
    documents: DocumentRules = field(default_factory=DocumentRules)
