"""A session: one SMTP connection over which messages go one after another (RFC 5321), in groups where PIPELINING is offered.

Connecting, STARTTLS and AUTH are aiosmtplib's; then the connection is taken over, since a group of commands
(RFC 2920) has several replies under way, which no client library reads. A message costs two round trips instead of four.
"""

import asyncio
from dataclasses import dataclass
from typing import cast

from aiosmtplib import SMTP

from service.mailing.replies import Reply, Step
from service.mailing.transport import Envelope

LONGEST_LINE, MOST_LINES = 8_192, 200
"""Octets of a line and lines of a reply, after which a server is not believed to end it."""


class SessionLost(Exception):
    """The connection ended, went silent, or spoke no SMTP. `given`: the message was under way, its fate is unknown."""

    def __init__(self, words: str, *, given: bool) -> None:
        super().__init__(words)
        self.given = given


@dataclass(frozen=True)
class Exchange:
    """How far a message came, and the reply that says so: acceptance at `MESSAGE`, or a refusal at any step."""

    step: Step
    reply: Reply


class Session:
    """One connection. `sent` counts the messages that went over it, `usable` says whether another may."""

    def __init__(self, client: SMTP, *, server: str, timeout: float) -> None:
        if client.transport is None:
            raise SessionLost("The relay closed the connection.", given=False)
        self.server = server
        self.sent = 0
        self.usable = True
        self._timeout = timeout
        self._client = client  # kept: when it is collected, it closes the connection
        self._pipelining = client.supports_extension("pipelining")
        self._smtputf8 = client.supports_extension("smtputf8")
        self._transport = cast(asyncio.Transport, client.transport)
        self._reader = asyncio.StreamReader(limit=LONGEST_LINE)
        self._protocol = asyncio.StreamReaderProtocol(self._reader)
        self._transport.set_protocol(self._protocol)
        self._protocol.connection_made(self._transport)
        self._open = False  # a transaction that a refusal left open on the server

    async def send(self, envelope: Envelope) -> Exchange:
        """Hand one message over.

        Raises:
            SessionLost: no reply came that can be believed.
            CancelledError: before the message was given. After that, being cancelled is SessionLost with `given`.
        """
        if envelope.smtputf8 and not self._smtputf8:
            return Exchange(
                Step.RCPT, Reply(550, "5.6.7 The relay does not offer SMTPUTF8, which this address needs.")
            )
        try:
            refused = await (
                self._announce_together(envelope) if self._pipelining else self._announce(envelope)
            )
        except BaseException:
            self.usable = False
            raise
        if refused is not None:
            self.usable = self.usable and refused.reply.code != 421
            return refused
        return await self._give(envelope)

    def close(self) -> None:
        """Let go of the connection, without a word."""
        self.usable = False
        self._transport.abort()

    async def quit(self) -> None:
        """Say goodbye, and wait for the answer as long as for any."""
        try:
            await self._ask(b"QUIT\r\n")
        except SessionLost:
            pass
        finally:
            self.close()

    async def _announce(self, envelope: Envelope) -> Exchange | None:
        """MAIL, RCPT and DATA, one by one; the refusal when it does not come to the message."""
        if self._open:
            await self._ask(b"RSET\r\n")
            self._open = False
        for step, command in _commands(envelope):
            reply = await self._ask(command)
            if not _goes_on(step, reply):
                self._open = step is not Step.MAIL
                return Exchange(step, reply)
        return None

    async def _announce_together(self, envelope: Envelope) -> Exchange | None:
        """The same as one group. DATA ends it, since what follows depends on its reply (RFC 2920, 3.1)."""
        steps = _commands(envelope)
        reset = b"RSET\r\n" if self._open else b""
        self._write(reset + b"".join([command for _step, command in steps]))
        answers = await self._replies(len(steps) + self._open)
        replies = list(zip([step for step, _command in steps], answers[self._open :], strict=True))
        self._open = False
        refused = next((Exchange(step, reply) for step, reply in replies if not _goes_on(step, reply)), None)
        if refused is None:
            return None
        self._open = refused.step is not Step.MAIL
        if replies[-1][1].code == 354:  # it waits for a message all the same: it gets an empty one
            await self._ask(b".\r\n")
            self._open = False
        return refused

    async def _give(self, envelope: Envelope) -> Exchange:
        """The message itself. From the first byte on, a lost connection leaves its fate unknown."""
        ending = b".\r\n" if envelope.message.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            self._write(envelope.message + ending)
            reply = await self._reply()
        except SessionLost as error:
            self.usable = False
            raise SessionLost(str(error), given=True) from error
        except asyncio.CancelledError as error:
            self.close()
            raise SessionLost("Stopped while waiting for the relay's answer.", given=True) from error
        self.sent += 1
        self.usable = self.usable and reply.code != 421
        return Exchange(Step.MESSAGE, reply)

    async def _ask(self, command: bytes) -> Reply:
        self._write(command)
        return await self._reply()

    def _write(self, data: bytes) -> None:
        if self._transport.is_closing():
            raise SessionLost("The relay closed the connection.", given=False)
        self._transport.write(data)

    async def _reply(self) -> Reply:
        return (await self._replies(1))[0]

    async def _replies(self, number: int) -> list[Reply]:
        """The next replies, within the time that one may take."""
        try:
            async with asyncio.timeout(self._timeout):
                return [await self._read() for _ in range(number)]
        except TimeoutError as error:
            raise SessionLost("The relay did not answer in time.", given=False) from error
        except ValueError as error:  # no number, or a line without an end
            raise SessionLost("The relay answered with something that is no SMTP.", given=False) from error
        except OSError as error:
            raise SessionLost(f"The connection was lost: {error}", given=False) from error

    async def _read(self) -> Reply:
        """One reply, of one line or several (RFC 5321, 4.2.1)."""
        lines: list[str] = []
        while len(lines) < MOST_LINES:
            line = await self._reader.readline()
            if not line.endswith(b"\n"):
                raise SessionLost("The relay closed the connection.", given=False)
            lines.append(line[4:].decode("utf-8", "replace").strip())
            if line[3:4] != b"-":
                return Reply(int(line[:3]), "\n".join(lines))
        raise ValueError("a reply without an end")


def _commands(envelope: Envelope) -> tuple[tuple[Step, bytes], ...]:
    """The commands before a message. Neither address has a sign in it that ends a command: `wire_address` saw to it."""
    utf8 = " SMTPUTF8" if envelope.smtputf8 else ""
    return (
        (Step.MAIL, f"MAIL FROM:<{envelope.sender}>{utf8}\r\n".encode()),
        (Step.RCPT, f"RCPT TO:<{envelope.recipient}>\r\n".encode()),
        (Step.DATA, b"DATA\r\n"),
    )


def _goes_on(step: Step, reply: Reply) -> bool:
    return reply.code == 354 if step is Step.DATA else reply.accepted
