"""Visiting sources: many at once, each within its own time and size. Whatever goes wrong with one stays with that one."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import structlog

from content.answers import Fetched, Validators
from content.errors import FeedUnreadable, FetchFailed
from content.feeds import Feed, read_feed
from content.fetching import FetchRules, fetch
from content.harvest import Visit
from content.network import networks
from content.sources import FetchOutcome, Source
from service.clock import Clock
from service.settings import Settings

AT_ONCE = 16
STOP_AFTER = 0.2
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Target:
    """A source to visit, apart from its session."""

    source_id: int
    key: str
    name: str
    url: str
    validators: Validators


def fetch_rules(settings: Settings) -> FetchRules:
    """What the settings let a fetch cost, and how we introduce ourselves."""
    contact = settings.fetch_contact or settings.base_url
    return FetchRules(
        user_agent=f"Kennispost/{version('kennispost')} (+{contact})",
        timeout=settings.fetch_timeout,
        limit=settings.fetch_limit,
        allow=networks(settings.fetch_allow),
    )


def target_of(source: Source, *, validators: Validators | None = None) -> Target:
    """A source as something to visit."""
    assert source.id is not None  # noqa: S101  a source that was read has a number
    return Target(source.id, source.key, source.name, source.url, validators or Validators())


async def visit_all(
    targets: Sequence[Target],
    *,
    rules: FetchRules,
    clock: Clock,
    store: Callable[[Target, Visit], None],
    stop: threading.Event | None = None,
) -> None:
    """Visit a few at a time; `store` gets them one by one, in a thread, as they come in."""
    gate, one = asyncio.Semaphore(AT_ONCE), asyncio.Lock()

    async def go(target: Target) -> None:
        async with gate:
            visit = await visit_source(target, rules=rules, clock=clock)
            async with one:
                await asyncio.to_thread(store, target, visit)

    tasks = [asyncio.create_task(go(target)) for target in targets]
    pending = set(tasks)
    while pending:
        _done, pending = await asyncio.wait(pending, timeout=STOP_AFTER)
        if stop is not None and stop.is_set():
            for task in pending:
                task.cancel()
    for task in tasks:
        if not task.cancelled():
            task.result()


async def visit_source(target: Target, *, rules: FetchRules, clock: Clock) -> Visit:
    """Fetch and read one source. Whatever goes wrong ends up in the visit, as a text for people."""
    started, status, received = clock(), None, 0
    try:
        fetched = await fetch(target.url, rules=rules, validators=target.validators)
        status, received = fetched.status, len(fetched.body)
        feed = None if fetched.unchanged else await asyncio.to_thread(_read, fetched)
    except FetchFailed as error:
        return Visit(
            started,
            clock(),
            FetchOutcome.FAILED,
            status=error.status,
            problem=str(error),
            stay_away=error.retry_after,
        )
    except FeedUnreadable as error:
        return Visit(
            started, clock(), FetchOutcome.FAILED, status=status, received=received, problem=str(error)
        )
    except (
        Exception
    ) as error:  # a defect of ours, met on what one source sent, is no reason to skip the others
        log.exception("harvest.defect", source=target.key)
        return Visit(
            started,
            clock(),
            FetchOutcome.FAILED,
            status=status,
            problem=f"Unexpected: {type(error).__name__}.",
        )
    outcome = FetchOutcome.OK if feed is not None else FetchOutcome.UNCHANGED
    return Visit(
        started, clock(), outcome, status=status, received=received, feed=feed, validators=fetched.validators
    )


def _read(fetched: Fetched) -> Feed:
    return read_feed(fetched.body, url=fetched.url, content_type=fetched.content_type)
