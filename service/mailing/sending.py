"""Sending: a batch of envelopes through a transport, over all its connections at once, until done or told to stop."""

import asyncio
import threading
from collections import deque
from collections.abc import Sequence

from service.mailing.transport import Envelope, Outcome, Result, Transport

LOOK_SECONDS = 0.1
"""How often it is looked whether to stop."""

GRACE_SECONDS = 2.5
"""How long a message that is under way may take after that; `serve` stops within 5 seconds in all."""


async def send_all(
    transport: Transport, envelopes: Sequence[Envelope], *, stop: threading.Event
) -> dict[int, Outcome]:
    """The outcome by delivery. What is missing was not begun: the relay could not be reached, or `stop` was set."""
    waiting = deque(envelopes)
    outcomes: dict[int, Outcome] = {}
    count = min(transport.connections, len(envelopes))
    workers = [asyncio.create_task(_work(transport, waiting, outcomes, stop)) for _ in range(count)]
    pending = set(workers)
    while pending and not stop.is_set():
        _done, pending = await asyncio.wait(pending, timeout=LOOK_SECONDS)
    if pending:
        _done, pending = await asyncio.wait(pending, timeout=GRACE_SECONDS)
    for task in pending:
        task.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    return outcomes


async def _work(
    transport: Transport, waiting: deque[Envelope], outcomes: dict[int, Outcome], stop: threading.Event
) -> None:
    while waiting and not stop.is_set():
        envelope = waiting.popleft()
        try:
            outcome = await transport.send(envelope)
        except (
            Exception
        ) as error:  # a defect met in one message must not take the outcomes of the others with it
            outcome = Outcome(Result.UNCERTAIN, "", reply=f"{type(error).__name__}: {error}")
        outcomes[envelope.delivery_id] = outcome
        if outcome.result is Result.UNREACHABLE:
            waiting.clear()  # the others would fare no better; they stay planned and go when the relay is back
