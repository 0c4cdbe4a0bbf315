"""Discovering: from the address of a site to its feeds. What the page names is tried, and else where feeds usually are."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin

from content.apart import ReadingProcess
from content.entries import Feed
from content.errors import FeedUnreadable, FetchFailed
from content.feeds import accepted
from content.fetching import FetchRules, fetch
from content.webpage import read_page

USUAL = ("/feed/", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/index.xml")
CANDIDATES = 8


@dataclass(frozen=True)
class Candidate:
    """A feed that was found and read. `newest` is the moment of its newest entry, where one has a date."""

    url: str
    title: str
    home_url: str
    format: str
    entries: int
    newest: datetime | None
    titles: tuple[str, ...]


def discover(address: str, *, rules: FetchRules) -> tuple[Candidate, ...]:
    """The feeds at an address: itself, or what its page names, or what stands where feeds usually do. None is harvested.

    Everything together takes at most twice the time of one fetch.

    Raises:
        FetchFailed: the address gives no answer that can be used.
        FeedUnreadable: it is neither a feed nor a page, or a page of which no feed was found.
    """
    text = address.strip()
    if text and "://" not in text:
        text = f"https://{text}"
    with ReadingProcess() as reader:
        return asyncio.run(_discover(text, rules=rules, reader=reader))


async def _discover(address: str, *, rules: FetchRules, reader: ReadingProcess) -> tuple[Candidate, ...]:
    fetched = await fetch(address, rules=replace(rules, accept=f"text/html;q=0.9, {rules.accept}"))
    reading = await asyncio.to_thread(
        reader.read, fetched.body, url=fetched.url, content_type=fetched.content_type
    )
    try:
        return (_candidate(fetched.url, accepted(reading)),)
    except FeedUnreadable as error:
        if error.trouble not in {"page", "no-feed"}:
            raise
        named = read_page(fetched.body, url=fetched.url, content_type=fetched.content_type).feeds[:CANDIDATES]
        found = await _tried(
            named or [urljoin(fetched.url, path) for path in USUAL], rules=rules, reader=reader
        )
        if not found:
            raise
        return found


async def _tried(urls: Sequence[str], *, rules: FetchRules, reader: ReadingProcess) -> tuple[Candidate, ...]:
    """Those of the addresses that are feeds, in their order; each once, however many addresses lead to it."""
    results = await asyncio.gather(*(_try(url, rules=rules, reader=reader) for url in urls))
    return tuple({candidate.url: candidate for candidate in results if candidate is not None}.values())


async def _try(url: str, *, rules: FetchRules, reader: ReadingProcess) -> Candidate | None:
    try:
        fetched = await fetch(url, rules=rules)
        reading = await asyncio.to_thread(
            reader.read, fetched.body, url=fetched.url, content_type=fetched.content_type
        )
        return _candidate(fetched.url, accepted(reading))
    except (FetchFailed, FeedUnreadable):
        return None


def _candidate(url: str, feed: Feed) -> Candidate:
    dates = [entry.published_at for entry in feed.entries if entry.published_at is not None]
    return Candidate(
        url=url,
        title=feed.title,
        home_url=feed.home_url,
        format=feed.format,
        entries=len(feed.entries),
        newest=max(dates, default=None),
        titles=tuple(entry.title for entry in feed.entries[:3]),
    )
