"""Sending: messages that may leave now go through a transport, over all its connections at once."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable

from service.mailing.transport import Envelope, Outcome, Result, Transport

REST_SECONDS = 20.0
"""How long a connection that could not reach the relay leaves it alone."""


class Feed:
    """Between the outbox and the connections: what may leave now, and what became of it and is not written down yet.

    `news` is set when there is something to write down, or room for more; `proved` once a relay answered, or at the end.
    `more_to_come` says that there is more behind what waits, `trouble` why a connection rests, and `doubted` which message was
    one too many in a row of unknown fate: a relay that dies leaves one for each connection, and more than twice that is no
    accident.
    """

    def __init__(self, *, enough: int) -> None:
        self.outcomes: list[tuple[Envelope, Outcome]] = []
        self.news, self.proved = asyncio.Event(), asyncio.Event()
        self.trouble: Outcome | None = None
        self.doubted: tuple[Envelope, Outcome] | None = None
        self._doubts = self._bearable = 0
        self._closing = asyncio.Event()
        self._waiting: deque[Envelope] = deque()
        self._more = asyncio.Event()
        self.more_to_come = False
        self._enough = enough
        self._sending = 0
        self._connections = 0
        self._closed = False

    @property
    def under_way(self) -> int:
        """Messages that may have left, and of which it is not written down: what a kill would make uncertain."""
        return len(self._waiting) + self._sending + len(self.outcomes)

    @property
    def idle(self) -> bool:
        """Whether a connection has nothing to take."""
        return not self._waiting

    @property
    def dead(self) -> bool:
        """Whether no connection works any more, or the relay is not to be trusted with another message."""
        return self.doubted is not None or (self.trouble is not None and self._connections == 0)

    async def wait(self) -> None:
        """Until there is news."""
        self.news.clear()
        await self.news.wait()

    def add(self, envelopes: Iterable[Envelope]) -> None:
        """These may leave."""
        self._waiting.extend(envelopes)
        self._more.set()

    def close(self) -> None:
        """Nothing more is begun."""
        self._closed = True
        self._closing.set()
        self._more.set()
        self.proved.set()
        self._waiting.clear()

    def written_down(self) -> list[tuple[Envelope, Outcome]]:
        """Take the outcomes, to write them down."""
        outcomes, self.outcomes = self.outcomes, []
        return outcomes

    async def work(self, transport: Transport) -> None:
        """Be one connection: send until the feed is closed. One that cannot reach the relay rests, and tries again."""
        self._connections += 1
        self._bearable = 2 * transport.connections
        upcoming: Envelope | None = None
        try:
            while (envelope := upcoming or await self._take()) is not None and not self._closed:
                upcoming = self._upcoming()
                self._sending += 1 + (upcoming is not None)
                try:
                    outcome = await _send(transport, envelope, upcoming)
                finally:
                    self._sending -= 1 + (upcoming is not None)
                if outcome.result is Result.UNREACHABLE:
                    self._put_back(envelope, upcoming)
                    upcoming = None
                    await self._rest(outcome)
                    continue
                self._done(envelope, outcome)
                if self.doubted is not None:
                    self._put_back(upcoming)
                    return
        finally:
            self._connections -= 1
            self.news.set()

    def _put_back(self, *envelopes: Envelope | None) -> None:
        """Another connection may still work."""
        self._waiting.extendleft(reversed([one for one in envelopes if one is not None]))
        self._more.set()

    async def _rest(self, outcome: Outcome) -> None:
        """Leave the relay alone for a while; when all connections rest, the run is over."""
        self.trouble = outcome
        self._connections -= 1
        self.news.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(REST_SECONDS):
                await self._closing.wait()
        self._connections += 1

    def _upcoming(self) -> Envelope | None:
        """What this connection sends next, when there is or comes enough for each: none waits for a slow one while another
        is idle.
        """
        plenty = len(self._waiting) >= self._connections or self.more_to_come
        return self._waiting.popleft() if plenty and self._waiting else None

    async def _take(self) -> Envelope | None:
        while not self._waiting or self.doubted is not None:
            if self._closed or self.doubted is not None:
                return None
            self._more.clear()
            self.news.set()
            await self._more.wait()
        return self._waiting.popleft()

    def _done(self, envelope: Envelope, outcome: Outcome) -> None:
        self.outcomes.append((envelope, outcome))
        self._doubts = self._doubts + 1 if outcome.result is Result.UNCERTAIN else 0
        if self._doubts > self._bearable and not self._closed:
            self.doubted = (envelope, outcome)
            self._more.set()
        self.proved.set()
        if len(self.outcomes) >= self._enough or not self._waiting:
            self.news.set()


async def _send(transport: Transport, envelope: Envelope, upcoming: Envelope | None) -> Outcome:
    try:
        return await transport.send(envelope, upcoming)
    except Exception as error:  # a defect met in one message must not take the outcomes of the others with it
        return Outcome(Result.UNCERTAIN, "", reply=f"{type(error).__name__}: {error}")
