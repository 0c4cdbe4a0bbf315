"""Sending: messages that may leave now go through a transport, over all its connections at once."""

import asyncio
from collections import deque
from collections.abc import Iterable

from service.mailing.transport import Envelope, Outcome, Result, Transport


class Feed:
    """Between the outbox and the connections: what may leave now, and what became of it and is not written down yet.

    `news` is set when there is something to write down, or room for more; `proved` once a relay answered, or at the end.
    """

    def __init__(self, *, enough: int) -> None:
        self.outcomes: list[tuple[Envelope, Outcome]] = []
        self.news, self.proved = asyncio.Event(), asyncio.Event()
        self.trouble: Outcome | None = None
        self._waiting: deque[Envelope] = deque()
        self._more = asyncio.Event()
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
        """Whether no connection works any more."""
        return self.trouble is not None and self._connections == 0

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
        self._more.set()
        self.proved.set()
        self._waiting.clear()

    def written_down(self) -> list[tuple[Envelope, Outcome]]:
        """Take the outcomes, to write them down."""
        outcomes, self.outcomes = self.outcomes, []
        return outcomes

    async def work(self, transport: Transport) -> None:
        """Be one connection: send until the feed is closed, or the relay cannot be reached."""
        self._connections += 1
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
                    self.trouble = outcome
                    back = [envelope, upcoming] if upcoming else [envelope]
                    self._waiting.extendleft(reversed(back))  # another connection may still work
                    self._more.set()
                    return
                self._done(envelope, outcome)
        finally:
            self._connections -= 1
            self.news.set()

    def _upcoming(self) -> Envelope | None:
        """What this connection sends next, when there is enough for each: none waits for a slow one while another is idle."""
        return self._waiting.popleft() if len(self._waiting) >= self._connections else None

    async def _take(self) -> Envelope | None:
        while not self._waiting:
            if self._closed:
                return None
            self._more.clear()
            self.news.set()
            await self._more.wait()
        return self._waiting.popleft()

    def _done(self, envelope: Envelope, outcome: Outcome) -> None:
        self.outcomes.append((envelope, outcome))
        self.proved.set()
        if len(self.outcomes) >= self._enough or not self._waiting:
            self.news.set()


async def _send(transport: Transport, envelope: Envelope, upcoming: Envelope | None) -> Outcome:
    try:
        return await transport.send(envelope, upcoming)
    except Exception as error:  # a defect met in one message must not take the outcomes of the others with it
        return Outcome(Result.UNCERTAIN, "", reply=f"{type(error).__name__}: {error}")
