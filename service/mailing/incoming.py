"""Incoming: a server's replies as they come in on one connection (RFC 5321, 4.2.1), and how long each is waited for.

A protocol of asyncio's own and not its streams: a sender of thousands of messages a second wakes up once for a group of
replies, and sets no clock for each.
"""

import asyncio
from collections import deque
from functools import lru_cache

from service.mailing.replies import Reply

LONGEST_LINE, MOST_LINES = 8_192, 200
"""Octets of a line and lines of a reply, after which a server is not believed to end it."""

CLOSED = "The relay closed the connection."


class Incoming(asyncio.Protocol):
    """The replies of one connection, in the order in which they came. `lost` says in words why there will be no more."""

    def __init__(self) -> None:
        self.lost = ""
        self._loop = asyncio.get_running_loop()
        self._rest = b""
        self._lines: list[str] = []
        self._replies: deque[Reply] = deque()
        self._waiting: asyncio.Future[None] | None = None
        self._wanted = 0
        self._late_at = 0.0
        self._watch: asyncio.TimerHandle | None = None

    async def take(self, number: int, *, within: float) -> list[Reply]:
        """The next replies; fewer when more did not come within so many seconds, or will not come: then `lost` says why."""
        if len(self._replies) < number and not self.lost:
            await self._come(number, within)
        return [self._replies.popleft() for _ in range(min(number, len(self._replies)))]

    def data_received(self, data: bytes) -> None:
        """Read what came, and tell who waits for it."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        try:
            for line in lines:
                self._read(line)
        except ValueError:  # no number, or a line or a reply without an end
            self._end("The relay answered with something that is no SMTP.")
        if len(self._rest) > LONGEST_LINE:
            self._end("The relay answered with something that is no SMTP.")
        self._tell()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more comes."""
        self._end(f"The connection was lost: {exc}" if exc else CLOSED)
        self._tell()

    def eof_received(self) -> bool:
        """The server said its last; the transport closes."""
        self._end(CLOSED)
        self._tell()
        return False

    async def _come(self, number: int, within: float) -> None:
        self._wanted = number
        self._waiting = self._loop.create_future()
        self._late_at = self._loop.time() + within
        if self._watch is None or self._watch.when() > self._late_at:
            self._set_watch()
        try:
            await self._waiting
        finally:
            self._waiting = None

    def _set_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        self._watch = self._loop.call_at(self._late_at, self._look)

    def _read(self, line: bytes) -> None:
        if len(line) > LONGEST_LINE or len(self._lines) == MOST_LINES:
            raise ValueError("a reply without an end")
        more = line[3:4] == b"-"
        if not more and not self._lines:
            self._replies.append(_of_one_line(line))
            return
        self._lines.append(_text(line))
        if not more:
            self._replies.append(Reply(int(line[:3]), "\n".join(self._lines)))
            self._lines = []

    def _tell(self) -> None:
        enough = self.lost or len(self._replies) >= self._wanted
        if enough and self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _end(self, words: str) -> None:
        self.lost = self.lost or words

    def _look(self) -> None:
        """One timer for all that is waited for: it is set anew when it goes off, not with each reply."""
        self._watch = None
        if self._waiting is None or self._waiting.done():
            return
        if self._loop.time() >= self._late_at:
            self._end("The relay did not answer in time.")
            self._tell()
        else:
            self._set_watch()


@lru_cache(maxsize=256)
def _of_one_line(line: bytes) -> Reply:
    """The reply that is this line. A server says the same of nearly every message."""
    return Reply(int(line[:3]), _text(line))


def _text(line: bytes) -> str:
    """The words, without what no ledger can hold."""
    return line[4:].decode("utf-8", "replace").replace("\0", "").strip()
