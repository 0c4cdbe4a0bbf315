"""Composing: deliveries are claimed, drafted, prepared and signed ahead of the connections, a chunk at a time."""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from service.database import reading, writing
from service.mailing.claims import Claimed, Settlement, claim
from service.mailing.drafts import draft_all
from service.mailing.envelopes import Draft, Prepared, complete, prepare
from service.mailing.runs import CHUNK, Composed, Run, in_ledger
from service.mailing.sending import Feed
from service.mailing.transport import Envelope
from service.mailing.windows import is_open

T = TypeVar("T")

PIECE = 5
"""Messages that are made in one go; the connections wait meanwhile, under a millisecond."""

SIGNING = 3
"""Chunks that are being signed while the next is prepared."""


async def compose(run: Run, composed: asyncio.Queue[list[Composed]], feed: Feed) -> None:
    """Claim, draft, prepare and sign ahead, until nothing is due. That a relay is down is found before much is made in vain."""
    signing: deque[_Signing] = deque()
    batch = min(run.batch, CHUNK)
    try:
        while not run.over and not run.stop.is_set():
            claimed = await in_ledger(run, partial(_claim, run, batch))
            if not claimed:
                break
            run.signatures.expect(len(claimed))
            drafts = await _draft(run, claimed)
            for at in range(0, len(drafts), CHUNK):
                signing.append(await _sign(run, drafts[at : at + CHUNK]))
                while len(signing) > SIGNING or (signing and not feed.proved.is_set()):
                    await _pass_on(await signing.popleft().done(), composed, feed)
            batch = run.batch
        while signing:
            await _pass_on(await signing.popleft().done(), composed, feed)
    finally:
        for one in signing:  # of work that failed: nobody asks for them any more
            one.signatures.cancel()
        await asyncio.gather(*(one.signatures for one in signing), return_exceptions=True)
        feed.news.set()


@dataclass(frozen=True)
class _Signing:
    """Messages whose signatures are being made."""

    prepared: Sequence[Prepared | Settlement]
    signatures: "asyncio.Task[list[list[bytes]]]"

    async def done(self) -> list[Composed]:
        """The messages, complete."""
        made = iter(await self.signatures)
        return [one if isinstance(one, Settlement) else complete(one, next(made)) for one in self.prepared]


async def _sign(run: Run, drafts: Sequence[Draft | Settlement]) -> _Signing:
    """Prepare here, sign elsewhere."""
    prepared = await _giving_way(
        one if isinstance(one, Settlement) else prepare(one, run.signer) for one in drafts
    )
    to_sign = [one for one in prepared if isinstance(one, Prepared)]
    return _Signing(prepared, asyncio.create_task(run.signatures.make(to_sign)))


async def _pass_on(built: list[Composed], composed: asyncio.Queue[list[Composed]], feed: Feed) -> None:
    await composed.put(built)
    feed.news.set()
    if any(isinstance(one, Envelope) for one in built):
        await feed.proved.wait()


def _claim(run: Run, size: int) -> list[Claimed]:
    now = run.runtime.clock()
    bulk = is_open(run.runtime.settings.send_window, now)
    with writing(run.runtime.engine) as session:
        claimed = claim(session, worker=run.worker, now=now, batch=size, lease=run.lease, bulk=bulk)
    run.held.update((one.id, one) for one in claimed)
    return claimed


async def _draft(run: Run, claimed: list[Claimed]) -> list[Draft | Settlement]:
    with reading(run.runtime.engine) as session:
        return await _giving_way(draft_all(session, run.runtime, claimed, run.kept, now=run.runtime.clock()))


async def _giving_way(work: Iterable[T]) -> list[T]:
    """What comes of this work, which lets the connections go on every few messages."""
    done: list[T] = []
    for one in work:
        done.append(one)
        if len(done) % PIECE == 0:
            await asyncio.sleep(0)
    return done
