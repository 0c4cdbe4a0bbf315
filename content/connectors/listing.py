"""Listing: read the list of a database to its end, or say why that could not be done."""

from dataclasses import dataclass, field

from content.connectors.declaration import Declaration
from content.connectors.port import Fetch, ListPage
from content.connectors.readers import reader_of
from content.crawled import Listed, ParsedRecord
from content.errors import FetchFailed, PageUnreadable, RobotsRefused
from content.links import with_parameters

MOST_PAGES = 500


@dataclass
class Listing:
    """What a list holds. `problem` says in English why it is not complete; it is "" exactly when it is. `limited`
    says that there are further pages, and no more were to be read.
    """

    listed: dict[str, Listed] = field(default_factory=dict)
    records: dict[str, ParsedRecord] = field(default_factory=dict)
    declared_total: int | None = None
    pages: int = 0
    problem: str = ""
    limited: bool = False


def read_whole_list(declaration: Declaration, *, fetch: Fetch, most_pages: int = MOST_PAGES) -> Listing:
    """The list of a database, page by page. Whatever goes wrong ends up in `problem`, with what was read before.

    An empty list is never complete: no database that we follow is empty, but captchas and pages of errors are.
    """
    listing = Listing()
    try:
        _walk(listing, declaration, fetch, most_pages)
    except (FetchFailed, PageUnreadable, RobotsRefused) as error:
        listing.problem = str(error)
    listing.problem = listing.problem or _shortfall(listing)
    if declaration.detail.on_list and not listing.records:
        listing.problem = listing.problem or "The list holds no record that can be read."
    return listing


def _walk(listing: Listing, declaration: Declaration, fetch: Fetch, most_pages: int) -> None:
    reader, waiting, asked = reader_of(declaration), [_first(declaration)], set[str]()
    while waiting:
        address = waiting.pop(0)
        if address in asked:
            raise PageUnreadable("The list names a page as its next one that was read already.")
        if listing.pages >= most_pages:
            listing.limited = True
            raise PageUnreadable(f"The list was not read further than {most_pages} pages.")
        asked.add(address)
        answer = fetch(address)
        if answer.status != 200:
            raise PageUnreadable(f"Page {listing.pages + 1} of the list answered {answer.status}.")
        page = reader.read_list(answer, declaration)
        fresh = _take(listing, page)
        waiting += page.following or _counted(listing, declaration, page, fresh=fresh)


def _counted(listing: Listing, declaration: Declaration, page: ListPage, *, fresh: int) -> list[str]:
    """The next page of a list that counts its pages, or none at its end. A page that brought nothing new is a fault:
    a captcha among the pages would else pass for the end.
    """
    reached = listing.declared_total is not None and len(listing.listed) >= listing.declared_total
    if page.at_end or declaration.list.sitemap:
        return []
    if not fresh:
        raise PageUnreadable(f"Page {listing.pages} of the list holds no record that was not seen before.")
    return [] if reached or not declaration.list.parameter else [_numbered(declaration, listing.pages)]


def _take(listing: Listing, page: ListPage) -> int:
    """Add a page to the list; how many of its records were not on it yet."""
    before = len(listing.listed)
    for one in page.listed:
        listing.listed.setdefault(one.key, one)
    for record in page.records:
        listing.records.setdefault(record.key, record)
    if page.declared_total is not None:
        listing.declared_total = page.declared_total
    listing.pages += 1
    return len(listing.listed) - before


def _shortfall(listing: Listing) -> str:
    if not listing.listed:
        return "The list is empty."
    total = listing.declared_total
    if total is not None and total != len(listing.listed):
        return f"The list says that it has {total} records; {len(listing.listed)} were found."
    return ""


def _first(declaration: Declaration) -> str:
    return _numbered(declaration, 0) if declaration.list.parameter else declaration.url


def _numbered(declaration: Declaration, page: int) -> str:
    """The address of a page, the first being 0."""
    rules = declaration.list
    return with_parameters(declaration.url, {rules.parameter: str(rules.first + page * rules.step)})
