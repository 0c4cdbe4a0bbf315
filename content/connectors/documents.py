"""Documents: ask a source for what is new, page by page or period by period, within a number of requests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from content.connectors import atom, rss, sru
from content.connectors.declaration import Declaration, Reads
from content.connectors.port import Answer, DocumentPage, Fetch
from content.entries import Entry
from content.errors import FetchFailed, PageUnreadable, RobotsRefused
from content.links import with_parameters

SHORTEST = timedelta(hours=1)
"""A period that is not cut in two any further."""

_PAGES: Mapping[Reads, Callable[[Answer, Declaration], DocumentPage]] = MappingProxyType(
    {Reads.SRU: sru.read_page, Reads.ATOM: atom.read_page, Reads.RSS: rss.read_page}
)


@dataclass
class Gathered:
    """What a visit to a source of documents brought, in the source's order.

    `position` is where the next visit goes on; `complete` says that nothing of the period was left out; `requests` counts
    what was asked; `problem` says in English what went wrong, and then `entries` holds what came before that.
    """

    entries: list[Entry] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    position: str = ""
    complete: bool = True
    declared_total: int | None = None
    requests: int = 0
    problem: str = ""
    status: int | None = None
    retry_after: int = 0


def gather(
    declaration: Declaration, *, fetch: Fetch, since: datetime, until: datetime, position: str = ""
) -> Gathered:
    """Ask for the documents of a period, or for what changed since a position.

    Args:
        declaration: of a source of documents.
        fetch: asks for an address.
        since: documents from before this moment are passed over.
        until: the end of the period.
        position: where an earlier visit ended, "" for the first one.
    """
    gathered = Gathered(position=position)
    walk = {Reads.SRU: _by_number, Reads.ATOM: _by_token, Reads.RSS: _by_period}[declaration.reads]
    try:
        walk(gathered, declaration, fetch, since, until)
    except FetchFailed as error:
        gathered.status, gathered.retry_after = error.status, error.retry_after
        gathered.problem, gathered.complete = str(error), False
    except (PageUnreadable, RobotsRefused) as error:
        gathered.problem, gathered.complete = str(error), False
    taken_back = set(gathered.removed)
    gathered.entries = [
        one for one in _once(gathered.entries) if _is_of_period(one, since) and one.guid not in taken_back
    ]
    return gathered


def _by_number(
    gathered: Gathered, declaration: Declaration, fetch: Fetch, since: datetime, until: datetime
) -> None:
    """SRU: from a record's number to the next, until the declared total."""
    start, seen = "1", 0
    while start and gathered.requests < declaration.documents.most:
        extra = {"startRecord": start, "maximumRecords": str(declaration.documents.page_size)}
        page = _ask(gathered, declaration, fetch, _address(declaration, since, until, extra))
        gathered.declared_total, seen = page.declared_total, seen + page.seen
        further = page.following if page.following.isdecimal() and int(page.following) > int(start) else ""
        start = further or (str(seen + 1) if page.seen and seen < (page.declared_total or 0) else "")
    if seen != gathered.declared_total:
        gathered.complete = False
        gathered.problem = f"{seen} of {gathered.declared_total} records were read."


def _by_token(
    gathered: Gathered, declaration: Declaration, fetch: Fetch, since: datetime, until: datetime
) -> None:
    """SyncFeed: from one skiptoken to the next, for as many pages as one visit may cost; the next visit goes on there."""
    extra = {atom.TOKEN: gathered.position} if gathered.position else {}
    address, asked = _address(declaration, since, until, extra), set[str]()
    while address and gathered.requests < declaration.documents.most:
        if address in asked:
            raise PageUnreadable("The feed names a page as its next one that was read already.")
        asked.add(address)
        page = _ask(gathered, declaration, fetch, address)
        gathered.position = page.position or gathered.position
        gathered.removed += page.removed
        address = page.following
    gathered.complete = not address


def _by_period(
    gathered: Gathered, declaration: Declaration, fetch: Fetch, since: datetime, until: datetime
) -> None:
    """Rijksoverheid: a full answer was cut off, so its period is asked again in two halves."""
    waiting = [(since, until)]
    while waiting:
        begin, end = waiting.pop()
        if gathered.requests >= declaration.documents.most:
            gathered.complete = False
            gathered.problem = f"More than {declaration.documents.most} requests would be needed."
            return
        page = _ask(gathered, declaration, fetch, _address(declaration, begin, end, {}))
        if page.seen < declaration.documents.page_size:
            continue
        if end - begin < 2 * SHORTEST:
            gathered.complete, gathered.problem = False, "More came within an hour than one answer holds."
            continue
        middle = begin + (end - begin) / 2
        waiting += [(begin, middle), (middle, end)]


def _ask(gathered: Gathered, declaration: Declaration, fetch: Fetch, address: str) -> DocumentPage:
    gathered.requests += 1
    answer = fetch(address)
    gathered.status = answer.status
    if answer.status != 200:
        retry = answer.headers.get("retry-after", "")
        gathered.retry_after = int(retry) if retry.isdecimal() else 0
        raise PageUnreadable(f"The source answered with an error ({answer.status}).")
    page = _PAGES[declaration.reads](answer, declaration)
    gathered.entries += page.entries
    return page


def _address(declaration: Declaration, since: datetime, until: datetime, extra: Mapping[str, str]) -> str:
    """The address of a request. Moments have a time: dates alone make Rijksoverheid answer 500."""
    moments = {"{since}": since, "{until}": until}
    filled = dict(declaration.documents.parameters)
    for name, text in filled.items():
        for hole, moment in moments.items():
            text = text.replace(hole, f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")  # noqa: PLW2901  each hole is filled in turn
            text = text.replace(hole.replace("}", ":day}"), f"{moment.astimezone(UTC):%Y-%m-%d}")  # noqa: PLW2901  each hole is filled in turn
        filled[name] = text
    return with_parameters(declaration.url, {**filled, **extra})


def _once(entries: list[Entry]) -> list[Entry]:
    """Each document once, as it was said last, where it was said first."""
    return list({one.guid or one.link: one for one in entries}.values())


def _is_of_period(entry: Entry, since: datetime) -> bool:
    return entry.published_at is None or entry.published_at >= since
