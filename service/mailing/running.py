"""Running: what is due is claimed, composed, noted as handed over, sent, and settled; all of it at once, in small steps.

The commits lie between the steps on purpose. Stopped at any point, nothing is lost and nothing is sent twice: what was
claimed goes back, what may have left is uncertain and waits for a person; that is never more than `WINDOW` messages.

    claim ──> draft ──> build, sign ──> [queue] ──> hand over ──> [feed] ──> connections ──> settle
    └──────── `_compose`, ahead of ────────┘        └──────────────── `_feed` ────────────────┘
"""

import asyncio
import os
import secrets
import socket
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TypeVar

import structlog

from service.database import reading, writing
from service.mailing.allowances import Limits
from service.mailing.claims import Claimed, Settlement, claim, release
from service.mailing.closing import finish_mailings
from service.mailing.dkim import Signer
from service.mailing.drafts import Kept, draft_all
from service.mailing.envelopes import Draft, build
from service.mailing.noting import Noted, Noter, Outcomes, note
from service.mailing.sending import Feed
from service.mailing.transport import Envelope, Transport
from service.mailing.windows import is_open
from service.runtime import Runtime

log = structlog.get_logger()

T = TypeVar("T")

WINDOW = 50
"""Messages that may be handed over and not settled: what a kill makes uncertain at most."""

CHUNK = 25
"""Messages that are written down, or handed over, at a time."""

AHEAD = 4
"""Chunks that are composed and signed ahead of the connections."""

LOOK_SECONDS = 0.1
"""How often it is looked whether to stop, when nothing else happens."""

GRACE_SECONDS = 2.5
"""How long a message that is under way may take after that; `serve` stops within 5 seconds in all."""

SIGNERS = 2
"""Threads that compose and sign. Signing lets go of the interpreter; the rest does not, so more would be in each other's way."""

Composed = Envelope | Settlement


@dataclass
class DeliveryReport:
    """What one run came to. `unreachable` is the relay's reply when it did not do its work; the rest waits for it."""

    sent: int = 0
    failed: int = 0
    deferred: int = 0
    uncertain: int = 0
    suppressed: int = 0
    cancelled: int = 0
    released: int = 0
    unreachable: str = ""

    def count(self, settlements: Sequence[Settlement]) -> None:
        """Add what was settled."""
        for state, number in Counter(one.state for one in settlements).items():
            setattr(self, state, getattr(self, state) + number)


@dataclass
class Run:
    """One run of one worker. `held` is what it has claimed and not settled; `over` says that it claims no more."""

    runtime: Runtime
    transport: Transport
    stop: threading.Event
    batch: int
    signer: Signer | None
    worker: str = field(
        default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    )
    kept: Kept = field(default_factory=Kept)
    held: dict[int, Claimed] = field(default_factory=dict)
    report: DeliveryReport = field(default_factory=DeliveryReport)
    over: bool = False
    ledger: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "kennispost-ledger"))
    composers: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(SIGNERS, "kennispost-composer")
    )

    @property
    def lease(self) -> timedelta:
        """How long this worker's word is waited for."""
        return timedelta(seconds=self.runtime.settings.lease_seconds)

    @property
    def noter(self) -> Noter:
        """Who writes down what became of messages."""
        settings = self.runtime.settings
        limits = Limits(settings.send_per_hour, settings.send_per_hour_and_domain)
        return Noter(worker=self.worker, lease=self.lease, limits=limits, held=self.held)


async def run_through(run: Run) -> None:
    """Send what is due, and leave nothing held."""
    feed = Feed(enough=CHUNK)
    composed: asyncio.Queue[list[Composed]] = asyncio.Queue(maxsize=AHEAD)
    async with run.transport:
        connections = [
            asyncio.create_task(feed.work(run.transport)) for _ in range(run.transport.connections)
        ]
        composing = asyncio.create_task(_compose(run, composed, feed.news))
        pending: deque[Composed] = deque()
        try:
            await _feed(run, feed, composed, composing, pending)
        finally:
            run.over = True
            await _end(run, feed, connections, composing, composed, pending)


async def _feed(
    run: Run,
    feed: Feed,
    composed: asyncio.Queue[list[Composed]],
    composing: asyncio.Task[None],
    pending: deque[Composed],
) -> None:
    """Write down what is done and hand over what comes next, until nothing is left, or nothing can go on."""
    while not run.stop.is_set() and not feed.dead and not run.over:
        while len(pending) < CHUNK and not composed.empty():
            pending.extend(composed.get_nowait())
        room = WINDOW - feed.under_way + len(feed.outcomes)
        if len(feed.outcomes) >= CHUNK or (feed.idle and (feed.outcomes or (pending and room > 0))):
            chunk = [pending.popleft() for _ in range(min(CHUNK, room, len(pending)))]
            await _write_down(run, feed, chunk)
        elif composing.done() and composed.empty() and not pending and not feed.under_way:
            composing.result()
            return
        else:
            feed.news.clear()
            with_news = asyncio.wait_for(feed.news.wait(), LOOK_SECONDS)
            await asyncio.gather(with_news, return_exceptions=True)
    if feed.dead and feed.trouble:
        run.report.unreachable = feed.trouble.reply or "The relay could not be reached."
        log.warning("relay unreachable", reply=run.report.unreachable, waiting=len(run.held))


async def _write_down(run: Run, feed: Feed, chunk: Sequence[Composed]) -> None:
    outcomes = feed.written_down()
    if not outcomes and not chunk:
        return
    try:
        noted = await _in(run.ledger, partial(_note, run, outcomes, chunk))
    except BaseException:
        feed.outcomes[:0] = (
            outcomes  # what is known is not lost with the database: it is written down at the end
        )
        raise
    run.over = run.over or noted.over
    run.report.count(noted.settled)
    for gone in (*(one.delivery_id for one in noted.settled), *noted.returned):
        run.held.pop(gone, None)
    feed.add(noted.may_leave)


def _note(run: Run, outcomes: Outcomes, chunk: Sequence[Composed]) -> Noted:
    ended = [one for one in chunk if isinstance(one, Settlement)]
    envelopes = [one for one in chunk if isinstance(one, Envelope)]
    now = run.runtime.clock()
    with writing(run.runtime.engine) as session:
        return note(session, run.noter, outcomes=outcomes, ended=ended, envelopes=envelopes, now=now)


async def _compose(run: Run, composed: asyncio.Queue[list[Composed]], news: asyncio.Event) -> None:
    """Claim, draft, and build ahead, until nothing is due."""
    batch = min(run.batch, CHUNK)
    try:
        while not run.over and not run.stop.is_set():
            claimed = await _in(run.ledger, partial(_claim, run, batch))
            if not claimed:
                return
            drafts = await _in(run.composers, partial(_draft, run, claimed))
            chunks = [drafts[at : at + CHUNK] for at in range(0, len(drafts), CHUNK)]
            building = [_in(run.composers, partial(_build, run, chunk)) for chunk in chunks]
            for built in building:
                await composed.put(await built)
                news.set()
            batch = run.batch
    finally:
        news.set()


def _claim(run: Run, size: int) -> list[Claimed]:
    now = run.runtime.clock()
    bulk = is_open(run.runtime.settings.send_window, now)
    with writing(run.runtime.engine) as session:
        claimed = claim(session, worker=run.worker, now=now, batch=size, lease=run.lease, bulk=bulk)
    run.held.update((one.id, one) for one in claimed)
    return claimed


def _draft(run: Run, claimed: list[Claimed]) -> list[Draft | Settlement]:
    with reading(run.runtime.engine) as session:
        return draft_all(session, run.runtime, claimed, run.kept, now=run.runtime.clock())


def _build(run: Run, drafts: Sequence[Draft | Settlement]) -> list[Composed]:
    return [one if isinstance(one, Settlement) else build(one, run.signer) for one in drafts]


async def _end(
    run: Run,
    feed: Feed,
    connections: Sequence[asyncio.Task[None]],
    composing: asyncio.Task[None],
    composed: asyncio.Queue[list[Composed]],
    pending: deque[Composed],
) -> None:
    """Finish what is under way, write it down, and give back the rest."""
    feed.close()
    while not composing.done():  # it may wait for room in the queue
        pending.extend(composed.get_nowait() if not composed.empty() else [])
        await asyncio.wait([composing], timeout=0.01)
    _done, late = await asyncio.wait(connections, timeout=GRACE_SECONDS)
    for task in late:
        task.cancel()
    await asyncio.gather(*connections, return_exceptions=True)
    await _write_down(run, feed, [])
    if run.held:
        await _in(run.ledger, partial(_release, run))


def _release(run: Run) -> None:
    now = run.runtime.clock()
    with writing(run.runtime.engine) as session:
        release(session, list(run.held), worker=run.worker, now=now)
        finish_mailings(session, now=now)
    run.report.released += len(run.held)
    run.held.clear()


def _in(executor: ThreadPoolExecutor, work: Callable[[], T]) -> "asyncio.Future[T]":
    return asyncio.get_running_loop().run_in_executor(executor, work)
