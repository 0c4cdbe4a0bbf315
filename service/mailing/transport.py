"""The port through which messages leave: what is handed over, and what came of it."""

from collections.abc import Sequence
from enum import StrEnum
from types import TracebackType
from typing import NamedTuple, Protocol, Self


class Result(StrEnum):
    """What came of one try.

    `hard` and `failed` are for good, the one because there is no such mailbox. `throttled`: its provider wants it slower.
    `sender_fault` and `unreachable` say nothing of the message: we, or the relay, are not in order.
    """

    SENT = "sent"
    DEFERRED = "deferred"
    THROTTLED = "throttled"
    FAILED = "failed"
    HARD = "hard"
    UNCERTAIN = "uncertain"
    SENDER_FAULT = "sender_fault"
    UNREACHABLE = "unreachable"


class Envelope(NamedTuple):
    """A message on its way, and the addresses of SMTP, their domains in ASCII.

    `content` is the message in pieces, which those of a mailing share: it is joined where it leaves. Its lines end in CRLF,
    the last one too, and none begins with a single dot. `smtputf8`: only a server that offers SMTPUTF8 (RFC 6531) can take it.
    """

    delivery_id: int
    sender: str
    recipient: str
    message_id: str
    content: Sequence[bytes]
    smtputf8: bool = False

    @property
    def message(self) -> bytes:
        """The message, whole."""
        return b"".join(self.content)

    @property
    def domain(self) -> str:
        """The recipient's, in lower case."""
        return self.recipient.rpartition("@")[2].lower()


class Outcome(NamedTuple):
    """What a try came to: the server, and its code and reply where it gave one; `reason` is that of the verdict."""

    result: Result
    server: str
    code: int | None = None
    reply: str = ""
    reason: str = ""


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

    async def send(self, envelope: Envelope, upcoming: Envelope | None = None) -> Outcome:
        """Hand one message over. Whatever the server does is an outcome, never an exception.

        `upcoming` is the one that is sent after this, or never: what asks nothing of its own may go along already.

        Cancelled before the message was given to the server, it raises CancelledError: nothing left. Cancelled after,
        the outcome is uncertain.
        """
        ...
