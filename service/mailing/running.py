"""Running: what is due is claimed, composed, noted as handed over, sent, and settled; all of it at once, in small steps.

The commits lie between the steps on purpose. Stopped at any point, nothing is lost and nothing is sent twice: what was
claimed goes back, what may have left is uncertain and waits for a person; that is never more than `WINDOW` messages.

    claim ──> draft ──> prepare ──> sign ──> [queue] ──> hand over ──> [feed] ──> connections ──> settle
    └──────────── `compose`, ahead of ───────────┘      └────────────── `_keep_fed` ──────────────┘

One thread does all that is Python, since the interpreter lets only one run. What takes long without it is elsewhere: signatures
are made in a process (`service.mailing.signing`), and a thread waits for PostgreSQL (SQLite is asked on the spot).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog
from sqlalchemy.exc import OperationalError

from service.database import writing
from service.mailing.alerts import pause_for_fault
from service.mailing.claims import Settlement, release
from service.mailing.closing import finish_mailings
from service.mailing.composing import compose
from service.mailing.noting import Noted, Outcomes, note
from service.mailing.outbox import Delivery
from service.mailing.runs import CHUNK, Composed, Run, in_ledger
from service.mailing.sending import Feed
from service.mailing.transport import Envelope, Outcome

log = structlog.get_logger()

WINDOW = 50
"""Messages that may be handed over and not settled: what a kill makes uncertain at most."""

AHEAD = 4
"""Chunks that are composed and signed ahead of the connections."""

LOOK_SECONDS = 0.1
"""How often it is looked whether to stop, when nothing else happens."""

STOPPING_SECONDS = 0.5
"""The longest wait for a database that is away, once the process is to stop."""

GRACE_SECONDS = 2.5
"""How long a message that is under way may take after that; `serve` stops within 5 seconds in all."""


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
    async with run.transport, run.signatures:
        connections = [
            asyncio.create_task(feed.work(run.transport)) for _ in range(run.transport.connections)
        ]
        composing = asyncio.create_task(compose(run, ahead.queue, feed))
        looking = asyncio.create_task(_look(feed))
        try:
            await _keep_fed(run, feed, ahead, composing)
        finally:
            run.over = True
            looking.cancel()
            feed.close()
            await _stop_composing(composing, ahead)
            await _end(run, feed, connections)


async def _keep_fed(run: Run, feed: Feed, ahead: _Ahead, composing: asyncio.Task[None]) -> None:
    """Write down what is done and hand over what comes next, until nothing is left, or nothing can go on."""
    while not run.stop.is_set() and not feed.dead:
        room = WINDOW - feed.under_way + len(feed.outcomes)
        feed.more_to_come = bool(ahead) and not run.over
        more = feed.more_to_come and room > 0
        enough = len(feed.outcomes) >= CHUNK or (more and room >= CHUNK)
        if enough or (feed.idle and (feed.outcomes or more)):
            await _write_down(run, feed, ahead.take(min(CHUNK, room)))
        elif (composing.done() or run.over) and not more and not feed.under_way:
            break
        else:
            await feed.wait()
    if composing.done():
        composing.result()  # what went wrong in it is said
    trouble = feed.doubted[1] if feed.doubted else feed.trouble
    if feed.dead and trouble:
        run.report.unreachable = trouble.reply or "The relay could not be reached."
        log.warning("relay unreachable", reply=run.report.unreachable, waiting=len(run.held))


async def _look(feed: Feed) -> None:
    """Have it looked now and then whether to stop."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        feed.news.set()


async def _write_down(run: Run, feed: Feed, chunk: Sequence[Composed]) -> None:
    outcomes = feed.written_down()
    if not outcomes and not chunk:
        return
    try:
        noted = await in_ledger(run, partial(_note, run, outcomes, chunk))
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
    await _surely(run, lambda: _write_down(run, feed, []))
    if feed.doubted is not None:
        await in_ledger(run, partial(_doubt, run, *feed.doubted))
    await _surely(run, lambda: in_ledger(run, partial(_release, run)))


async def _surely(run: Run, write: Callable[[], Awaitable[None]]) -> None:
    """Write what is known, though the database may be away for a moment: else it would be called uncertain."""
    for wait in (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0):
        try:
            return await write()
        except OperationalError as error:
            if run.stop.is_set() and wait > STOPPING_SECONDS:
                raise
            log.warning("the database is away", problem=str(error.orig), wait=wait)
            await asyncio.sleep(wait)
    return await write()


def _doubt(run: Run, envelope: Envelope, outcome: Outcome) -> None:
    """Stop the mailing that met a relay which takes messages and does not say so: each more would be uncertain."""
    with writing(run.runtime.engine) as session:
        delivery = session.get(Delivery, envelope.delivery_id)
        if delivery is not None and not delivery.urgent:
            pause_for_fault(session, mailing_id=delivery.mailing_id, outcome=outcome, now=run.runtime.clock())


def _release(run: Run) -> None:
    now = run.runtime.clock()
    with writing(run.runtime.engine) as session:
        release(session, [*run.held, *run.handed], worker=run.worker)
        finish_mailings(session, now=now)
    run.report.released += len(run.held) + len(run.handed)
    run.held.clear()
    run.handed.clear()
