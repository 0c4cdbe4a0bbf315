"""Crawls for tests: what a visit to a database could have brought, in a few words."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from content.crawled import CrawlResult, Listed, ParsedRecord
from content.interventions.deciding import Decision, decide
from content.interventions.knowing import Memory

START = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)


def day(number: int) -> datetime:
    """The night of a day, counted from the first."""
    return START + timedelta(days=number)


def a_page(key: str, **fields: str | tuple[str, ...]) -> ParsedRecord:
    """A record's page as a connector read it."""
    return ParsedRecord(
        key=key, link=f"https://databank.example/{key}", fields={"name": f"Interventie {key}", **fields}, raw_hash="0" * 64
    )  # fmt: skip


def a_crawl(
    started: datetime,
    pages: Iterable[ParsedRecord] = (),
    *,
    source: str = "nji",
    listed: Iterable[str] | None = None,
    complete: bool = True,
    declared: int | None = None,
    gone: Mapping[str, int] | None = None,
    version: str = "1",
    errors: Mapping[str, str] | None = None,
) -> CrawlResult:
    """One visit. Without `listed` the list names just what was read."""
    pages = tuple(pages)
    keys = [page.key for page in pages] if listed is None else list(listed)
    return CrawlResult(
        source_key=source, started=started, finished=started + timedelta(minutes=5), complete=complete,
        listed=tuple(Listed(key, f"https://databank.example/{key}") for key in keys), declared_total=declared,
        parsed=pages, parser_version=version, gone=gone or {}, errors=errors or {},
    )  # fmt: skip


def pages(count: int, *, without: Iterable[str] = (), **fields: str) -> list[ParsedRecord]:
    """So many records, numbered from 0, but those `without`."""
    return [a_page(str(number), **fields) for number in range(count) if str(number) not in set(without)]


def run(*crawls: CrawlResult, memory: Memory | None = None) -> tuple[Memory, list[Decision]]:
    """Judge crawls one after the other, each at the moment it ended."""
    memory, decisions = memory or Memory(), []
    for crawl in crawls:
        decisions.append(decide(memory, crawl, now=crawl.finished))
        memory = decisions[-1].memory
    return memory, decisions


WITHDRAWAL = [a_crawl(day(0), pages(10))] + [
    a_crawl(day(number), pages(9), gone={"9": 404}) for number in (1, 4, 8)
]
"""All conditions: complete, nine tenths, three crawls over seven days, and the page answers 404."""
