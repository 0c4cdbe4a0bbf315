"""Visiting sources: many at once, each within its own time and size. Whatever goes wrong with one stays with that one."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import structlog

from content.answers import Fetched, Validators
from content.apart import ReadingProcess
from content.entries import Feed
from content.errors import FeedUnreadable, FetchFailed
from content.feeds import accepted
from content.fetching import FetchRules, fetch
from content.harvest import Visit
from content.links import host_of
from content.network import networks
from content.sources import FetchOutcome, Source
from service.clock import Clock
from service.settings import Settings

AT_ONCE = 16
AT_ONE_HOST = 4
BATCH = 50
LINGER = 0.05
"""Seconds that a visit waits for company before it is stored: a transaction for each would cost more than the visits."""
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


Visited = tuple[Target, Visit]
Store = Callable[[Sequence[Visited]], None]


def fetch_rules(settings: Settings) -> FetchRules:
    """What the settings let a fetch cost, and how we introduce ourselves."""
    contact = settings.fetch_contact or settings.base_url
    return FetchRules(
        user_agent=f"Kennispost/{version('kennispost')} (+{contact})",
        timeout=settings.fetch_timeout,
        limit=settings.fetch_limit,
        allow=networks(settings.fetch_allow),
        ports=settings.fetch_ports,
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
    store: Store,
    stop: threading.Event | None = None,
) -> None:
    """Visit a few at a time, of one host fewer. A host that says "too often" (429) is left alone for the rest of the round.

    Args:
        targets: the sources.
        rules: what a fetch may cost.
        clock: the time.
        store: gets what came in, in a thread, some visits at once: as many as came while it was busy with the last.
        stop: when it is set, visits under way are dropped; what was stored stays.
    """
    came: asyncio.Queue[Visited | None] = asyncio.Queue()
    gate, hosts = (
        asyncio.Semaphore(AT_ONCE),
        defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(AT_ONE_HOST)),
    )
    closed: set[str] = set()

    async def go(target: Target) -> None:
        host = host_of(target.url)
        async with hosts[host], gate:
            if host not in closed:
                visit = await visit_source(target, rules=rules, clock=clock, reader=reader)
                if visit.status == 429:
                    closed.add(host)
                came.put_nowait((target, visit))

    with ReadingProcess() as reader:
        writer = asyncio.create_task(_store_as_they_come(came, store))
        tasks = [asyncio.create_task(go(target)) for target in targets]
        await _all_of(tasks, stop)
        came.put_nowait(None)
        await writer
    for task in tasks:
        if not task.cancelled():
            task.result()


async def _all_of(tasks: Sequence[asyncio.Task[None]], stop: threading.Event | None) -> None:
    pending = set(tasks)
    while pending:
        _done, pending = await asyncio.wait(pending, timeout=STOP_AFTER)
        if stop is not None and stop.is_set():
            for task in pending:
                task.cancel()


async def _store_as_they_come(came: asyncio.Queue[Visited | None], store: Store) -> None:
    """Store all that is there, up to a batch, until the end of the round (None) was taken out."""
    more = True
    while more:
        batch = [await came.get()]
        if batch[0] is not None:
            await asyncio.sleep(LINGER)
        while not came.empty() and batch[-1] is not None and len(batch) < BATCH:
            batch.append(came.get_nowait())
        more = batch[-1] is not None
        visits = [visited for visited in batch if visited is not None]
        if visits:
            await asyncio.to_thread(store, visits)


async def visit_source(target: Target, *, rules: FetchRules, clock: Clock, reader: ReadingProcess) -> Visit:
    """Fetch and read one source. Whatever goes wrong ends up in the visit, as a text for people."""
    started = clock()
    try:
        fetched = await fetch(target.url, rules=rules, validators=target.validators, now=started)
    except FetchFailed as error:
        return Visit(
            started,
            clock(),
            FetchOutcome.FAILED,
            status=error.status,
            problem=str(error),
            trouble=error.trouble,
            stay_away=error.retry_after,
        )
    except (
        Exception
    ) as error:  # a defect of ours, met on what one source sent, is no reason to skip the others
        return _defect(target, error, Visit(started, clock(), FetchOutcome.FAILED))
    if fetched.unchanged:
        return _visit(Visit(started, clock(), FetchOutcome.UNCHANGED), fetched)
    try:
        feed = await asyncio.to_thread(_read, fetched, reader)
    except FeedUnreadable as error:
        failed = Visit(started, clock(), FetchOutcome.FAILED, problem=str(error), trouble=error.trouble)
        return _visit(failed, fetched)
    except Exception as error:  # as above
        return _defect(target, error, _visit(Visit(started, clock(), FetchOutcome.FAILED), fetched))
    return _visit(Visit(started, clock(), FetchOutcome.OK, feed=feed), fetched)


def _visit(visit: Visit, fetched: Fetched) -> Visit:
    return replace(
        visit,
        status=fetched.status,
        received=len(fetched.body),
        validators=fetched.validators,
        fresh_for=fetched.fresh_for,
        moved_to=fetched.moved_to,
    )


def _defect(target: Target, error: Exception, visit: Visit) -> Visit:
    log.exception("harvest.defect", source=target.key)
    return replace(visit, problem=f"Unexpected: {type(error).__name__}.", trouble="defect")


def _read(fetched: Fetched, reader: ReadingProcess) -> Feed:
    return accepted(reader.read(fetched.body, url=fetched.url, content_type=fetched.content_type))
