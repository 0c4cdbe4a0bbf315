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
from service.mailing.drafts import draft_all
from service.mailing.envelopes import Draft, build
from service.mailing.kept import Kept
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
"""Threads that compose and sign. Signing lets go of the interpreter; the rest does not: more would only stand in the way."""

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
    """One run of one worker. `held` is what it has claimed, `handed` what may have left; with `over` nothing more is begun.

    They are two, since what was given back by a pause may be claimed anew while its first message still waits its turn.
    """

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
    handed: dict[int, Claimed] = field(default_factory=dict)
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
        return Noter(
            settings=settings,
            worker=self.worker,
            lease=self.lease,
            limits=limits,
            held=self.held,
            handed=self.handed,
        )


@dataclass
class _Ahead:
    """What is composed and waits to be handed over: a queue that keeps composing from running away, and its open end."""

    queue: asyncio.Queue[list[Composed]] = field(default_factory=lambda: asyncio.Queue(maxsize=AHEAD))
    open: deque[Composed] = field(default_factory=deque)

    def __bool__(self) -> bool:
        while len(self.open) < CHUNK and not self.queue.empty():
            self.open.extend(self.queue.get_nowait())
        return bool(self.open)

    def take(self, most: int) -> list[Composed]:
        """The next ones."""
        return [self.open.popleft() for _ in range(min(most, len(self.open)))]


async def run_through(run: Run) -> None:
    """Send what is due, and leave nothing held."""
    feed, ahead = Feed(enough=CHUNK), _Ahead()
    async with run.transport:
        connections = [
            asyncio.create_task(feed.work(run.transport)) for _ in range(run.transport.connections)
        ]
        composing = asyncio.create_task(_compose(run, ahead.queue, feed))
        try:
            await _keep_fed(run, feed, ahead, composing)
        finally:
            run.over = True
            feed.close()
            await _stop_composing(composing, ahead)
            await _end(run, feed, connections)


async def _keep_fed(run: Run, feed: Feed, ahead: _Ahead, composing: asyncio.Task[None]) -> None:
    """Write down what is done and hand over what comes next, until nothing is left, or nothing can go on."""
    while not run.stop.is_set() and not feed.dead:
        room = WINDOW - feed.under_way + len(feed.outcomes)
        more = bool(ahead) and room > 0 and not run.over
        if len(feed.outcomes) >= CHUNK or (feed.idle and (feed.outcomes or more)):
            await _write_down(run, feed, ahead.take(min(CHUNK, room)))
        elif (composing.done() or run.over) and not more and not feed.under_way:
            break
        else:
            await feed.wait(LOOK_SECONDS)
    if composing.done():
        composing.result()  # what went wrong in it is said
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
    for envelope, _outcome in outcomes:
        run.handed.pop(envelope.delivery_id, None)
    for gone in (*(one.delivery_id for one in chunk if isinstance(one, Settlement)), *noted.kept_back):
        run.held.pop(gone, None)
    run.handed.update((one.delivery_id, run.held.pop(one.delivery_id)) for one in noted.may_leave)
    feed.add(noted.may_leave)
    if chunk and not noted.may_leave:
        feed.proved.set()  # paused, or for others: nothing of it asks the relay, and composing waits for no answer


def _note(run: Run, outcomes: Outcomes, chunk: Sequence[Composed]) -> Noted:
    ended = [one for one in chunk if isinstance(one, Settlement)]
    envelopes = [one for one in chunk if isinstance(one, Envelope)]
    now = run.runtime.clock()
    with writing(run.runtime.engine) as session:
        return note(session, run.noter, outcomes=outcomes, ended=ended, envelopes=envelopes, now=now)


async def _compose(run: Run, composed: asyncio.Queue[list[Composed]], feed: Feed) -> None:
    """Claim, draft, and build ahead, until nothing is due. A relay that is down is found so before much is composed in vain."""
    batch = min(run.batch, CHUNK)
    try:
        while not run.over and not run.stop.is_set():
            claimed = await _in(run.ledger, partial(_claim, run, batch))
            if not claimed:
                return
            drafts = await _in(run.composers, partial(_draft, run, claimed))
            chunks = [drafts[at : at + CHUNK] for at in range(0, len(drafts), CHUNK)]
            building = [_in(run.composers, partial(_build, run, chunk)) for chunk in chunks]
            for chunk in building:
                built = await chunk
                await composed.put(built)
                feed.news.set()
                if any(isinstance(one, Envelope) for one in built):
                    await feed.proved.wait()
            batch = run.batch
    finally:
        feed.news.set()


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


async def _stop_composing(composing: asyncio.Task[None], ahead: _Ahead) -> None:
    """Let a claim that is under way end, so that what it took can be given back."""
    while not composing.done():
        while not ahead.queue.empty():  # it may wait for room in it
            ahead.queue.get_nowait()
        await asyncio.wait([composing], timeout=0.01)
    if not composing.cancelled() and (error := composing.exception()):
        log.error("composing failed", problem=f"{type(error).__name__}: {error}")


async def _end(run: Run, feed: Feed, connections: Sequence[asyncio.Task[None]]) -> None:
    """Finish what is under way, write it down, and give back the rest."""
    _done, late = await asyncio.wait(connections, timeout=GRACE_SECONDS)
    for task in late:
        task.cancel()
    await asyncio.gather(*connections, return_exceptions=True)
    await _write_down(run, feed, [])
    await _in(run.ledger, partial(_release, run))


def _release(run: Run) -> None:
    now = run.runtime.clock()
    with writing(run.runtime.engine) as session:
        release(session, [*run.held, *run.handed], worker=run.worker)
        finish_mailings(session, now=now)
    run.report.released += len(run.held) + len(run.handed)
    run.held.clear()
    run.handed.clear()


def _in(executor: ThreadPoolExecutor, work: Callable[[], T]) -> "asyncio.Future[T]":
    return asyncio.get_running_loop().run_in_executor(executor, work)
