"""Readers: which file reads which form of a database of interventions. A new form is a file and a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from content.connectors import csvlist, html, jsonpath, sitemap
from content.connectors.declaration import Declaration, Reads
from content.connectors.port import Answer, ListPage
from content.crawled import Listed, ParsedRecord


@dataclass(frozen=True)
class Reader:
    """How one form is read: a page of the list, a record, and all that a record's page says."""

    read_list: Callable[[Answer, Declaration], ListPage]
    read_record: Callable[[Answer, Listed, Declaration], ParsedRecord]
    page_text: Callable[[Answer, Declaration], str]


_HTML = Reader(html.read_list, html.read_record, html.page_text)
_BY_SITEMAP = Reader(sitemap.read_sitemap, html.read_record, html.page_text)
_JSON = Reader(jsonpath.read_list, jsonpath.read_record, jsonpath.page_text)
_CSV = Reader(csvlist.read_list, html.read_record, html.page_text)
_READERS: Mapping[Reads, Reader] = MappingProxyType({Reads.HTML: _HTML, Reads.JSON: _JSON, Reads.CSV: _CSV})


def reader_of(declaration: Declaration) -> Reader:
    """What reads this database."""
    return _BY_SITEMAP if declaration.list.sitemap else _READERS[declaration.reads]
