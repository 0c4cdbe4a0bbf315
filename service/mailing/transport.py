"""The port through which messages leave: what is handed over, and what came of it."""

from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self


class Result(StrEnum):
    """What came of one try. `unreachable` says nothing of the message: the relay itself did not do its work."""

    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Envelope:
    """A message on its way: bytes with CRLF lines, and the addresses of SMTP, their domains in ASCII."""

    delivery_id: int
    sender: str
    recipient: str
    message_id: str
    message: bytes


@dataclass(frozen=True)
class Outcome:
    """What a try came to: the server, and its code and reply where it gave one."""

    result: Result
    server: str
    code: int | None = None
    reply: str = ""


class Transport(Protocol):
    """Takes messages, as many at once as it has `connections`. Opened and closed as an asynchronous context."""

    connections: int

    async def __aenter__(self) -> Self:
        """Make ready; connects to nothing yet."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of every connection."""
        ...

    async def send(self, envelope: Envelope) -> Outcome:
        """Hand one message over. Whatever the server does is an outcome, never an exception.

        Cancelled before the message was given to the server, it raises CancelledError: nothing left. Cancelled after,
        the outcome is uncertain.
        """
        ...
