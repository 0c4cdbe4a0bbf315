"""A session: one SMTP connection over which messages go one after another (RFC 5321), in groups where PIPELINING is offered.

Connecting, STARTTLS and AUTH are aiosmtplib's; then the connection is taken over, since a group of commands
(RFC 2920) has several replies under way, which no client library reads. A message costs two round trips instead of four,
or one, where the next is known: its commands go along with this message (RFC 2920, 3.1).
"""

import asyncio
from typing import NamedTuple, cast

from aiosmtplib import SMTP

from service.mailing.incoming import CLOSED, Incoming
from service.mailing.replies import Reply, Step
from service.mailing.transport import Envelope


class SessionLost(Exception):
    """The connection ended, went silent, or spoke no SMTP. `given`: the message was under way, its fate is unknown."""

    def __init__(self, words: str, *, given: bool) -> None:
        super().__init__(words)
        self.given = given


class Exchange(NamedTuple):
    """How far a message came, and the reply that says so: acceptance at `MESSAGE`, or a refusal at any step."""

    step: Step
    reply: Reply


class Session:
    """One connection. `sent` counts the messages that went over it, `usable` says whether another may.

    `announced` is the message whose commands went along with the last one: the next that must be sent here.
    """

    def __init__(self, client: SMTP, *, server: str, timeout: float, message_timeout: float) -> None:
        if client.transport is None:
            raise SessionLost(CLOSED, given=False)
        self.server = server
        self.sent = 0
        self.usable = True
        self.announced: Envelope | None = None
        self._client = client  # kept: when it is collected, it closes the connection
        self._pipelining = client.supports_extension("pipelining")
        self._smtputf8 = client.supports_extension("smtputf8")
        self._transport = cast(asyncio.Transport, client.transport)
        self._timeout, self._message_timeout = timeout, message_timeout
        self._incoming = Incoming()
        self._transport.set_protocol(self._incoming)
        self._open = False  # a transaction that a refusal left open on the server

    async def send(self, envelope: Envelope, upcoming: Envelope | None = None) -> Exchange:
        """Hand one message over. Where the server takes groups, `upcoming` is announced along with it.

        Raises:
            SessionLost: no reply came that can be believed.
            CancelledError: before the message was given. After that, being cancelled is SessionLost with `given`.
        """
        if not self._can_take(envelope):
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
        return await self._give(envelope, upcoming)

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

    def _can_take(self, envelope: Envelope) -> bool:
        return self._smtputf8 or not envelope.smtputf8

    async def _announce(self, envelope: Envelope) -> Exchange | None:
        """MAIL, RCPT and DATA, one by one; the refusal when it does not come to the message."""
        if self._open:
            await self._ask(b"RSET\r\n")
            self._open = False
        for step, command in zip(_STEPS, _group(envelope).splitlines(keepends=True), strict=True):
            reply = await self._ask(command)
            if not _goes_on(step, reply):
                self._open = step is not Step.MAIL
                return Exchange(step, reply)
        return None

    async def _announce_together(self, envelope: Envelope) -> Exchange | None:
        """The same as one group. DATA ends it, since what follows depends on its reply (RFC 2920, 3.1)."""
        if self.announced is None:
            self._write(b"RSET\r\n" * self._open + _group(envelope))
        self.announced = None
        wanted = len(_STEPS) + self._open
        answers = await self._incoming.take(wanted, within=self._timeout)
        replies = answers[1:] if self._open else answers
        refused = None
        for step, reply in zip(_STEPS, replies, strict=False):
            if refused is None and not _goes_on(step, reply):
                refused = Exchange(step, reply)
        if len(answers) < wanted:  # some say why, and close: that counts, and not that the rest did not come
            self.usable = False
            if refused is None:
                raise SessionLost(self._incoming.lost, given=False)
            return refused
        self._open = refused is not None and refused.step is not Step.MAIL
        if refused is None:
            return None
        if replies[-1].code == 354:  # it waits for a message all the same: it gets an empty one
            await self._ask(b".\r\n")
            self._open = False
        return refused

    async def _give(self, envelope: Envelope, upcoming: Envelope | None) -> Exchange:
        """The message itself. From the first byte on, a lost connection leaves its fate unknown."""
        ending = b".\r\n"
        if upcoming is not None and self._pipelining and self._can_take(upcoming):
            self.announced = upcoming
            ending += _group(upcoming)
        self._write(b"".join([*envelope.content, ending]))
        try:
            reply = await self._reply(self._message_timeout)
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
        return await self._reply(self._timeout)

    def _write(self, data: bytes) -> None:
        if self._transport.is_closing() or self._incoming.lost:
            raise SessionLost(self._incoming.lost or CLOSED, given=False)
        self._transport.write(data)

    async def _reply(self, within: float) -> Reply:
        for reply in await self._incoming.take(1, within=within):
            return reply
        raise SessionLost(self._incoming.lost, given=False)


_STEPS = (Step.MAIL, Step.RCPT, Step.DATA)


def _group(envelope: Envelope) -> bytes:
    """The commands before a message. Neither address has a sign in it that ends a command: `wire_address` saw to it."""
    utf8 = " SMTPUTF8" if envelope.smtputf8 else ""
    return f"MAIL FROM:<{envelope.sender}>{utf8}\r\nRCPT TO:<{envelope.recipient}>\r\nDATA\r\n".encode()


def _goes_on(step: Step, reply: Reply) -> bool:
    return reply.code == 354 if step is Step.DATA else reply.accepted
