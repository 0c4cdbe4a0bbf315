"""SMTP: hands messages to the relay (RFC 5321), over as many connections as set. TLS is verified, and never skipped.

Connecting, STARTTLS and AUTH are aiosmtplib's. DATA is done here, step by step: what happens before the message is given
may be tried again, what happens after may not.
"""

import asyncio
import re
from types import TracebackType
from typing import Self

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from service.mailing.transport import Envelope, Outcome, Result
from service.settings import Settings

_LEADING_DOT = re.compile(rb"(?m)^\.")
GOODBYE_SECONDS = 2.0


class SmtpTransport:
    """The relay of the settings. `trusted_certificates` is a file of certificates to trust instead of the system's."""

    def __init__(self, settings: Settings, *, trusted_certificates: str | None = None) -> None:
        self.connections = settings.smtp_connections
        self._settings = settings
        self._trusted = trusted_certificates
        self._idle: list[SMTP] = []
        self._server = f"{settings.smtp_host}:{settings.smtp_port}"

    async def __aenter__(self) -> Self:
        """Nothing is connected until there is something to send."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye on each connection, without waiting long for an answer."""
        for client in self._idle:
            try:
                await asyncio.wait_for(client.quit(), GOODBYE_SECONDS)
            except (SMTPException, OSError, TimeoutError):
                client.close()
        self._idle.clear()

    async def send(self, envelope: Envelope) -> Outcome:
        """Hand one message over; a kept connection that turns out to be closed is replaced once."""
        outcome: Outcome | None = None
        while outcome is None and self._idle:
            client = self._idle.pop()
            outcome = await self._send_on(client, envelope, kept=True)
        if outcome is not None:
            return outcome
        try:
            client = await self._connect()
        except (SMTPException, OSError, ValueError) as error:  # ValueError: a host name that cannot be one
            return self._outcome(Result.UNREACHABLE, error)
        fresh = await self._send_on(client, envelope, kept=False)
        return fresh or Outcome(Result.UNREACHABLE, self._server, reply="The relay closed the connection.")

    async def _connect(self) -> SMTP:
        settings = self._settings
        client = SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            timeout=settings.smtp_timeout,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            username=settings.smtp_username or None,
            password=settings.smtp_password.get_secret_value() or None,
            validate_certs=True,
            cert_bundle=self._trusted,
        )
        await client.connect()
        return client

    async def _send_on(self, client: SMTP, envelope: Envelope, *, kept: bool) -> Outcome | None:
        """The outcome on this connection; None when a kept one was closed before anything was given."""
        try:
            outcome = await self._announce(client, envelope)
            if outcome is None:
                outcome = await self._give(client, envelope)
        except ValueError as error:  # a control character in an address: it can never be a command
            client.close()
            return self._outcome(Result.FAILED, error)
        except (SMTPException, OSError) as error:
            client.close()
            return None if kept else self._outcome(Result.UNREACHABLE, error)
        except asyncio.CancelledError:
            client.close()
            raise
        if client.is_connected and outcome.result is not Result.UNREACHABLE:
            self._idle.append(client)
        else:
            client.close()
        return outcome

    async def _announce(self, client: SMTP, envelope: Envelope) -> Outcome | None:
        """MAIL, RCPT and DATA up to the server's 354; an outcome when it does not come that far."""
        try:
            await client.mail(envelope.sender)
        except SMTPResponseException as error:  # our own sender is refused: no fault of the recipient
            return self._outcome(Result.UNREACHABLE, error)
        try:
            await client.rcpt(envelope.recipient)
        except SMTPResponseException as error:
            await self._reset(client)
            return self._refused(error)
        started = await client.execute_command(b"DATA")
        if started.code == 354:
            return None
        await self._reset(client)
        return self._refused(SMTPResponseException(started.code, started.message))

    async def _give(self, client: SMTP, envelope: Envelope) -> Outcome:
        """The message itself. From the first byte on, a lost connection leaves its fate unknown."""
        protocol = client.protocol
        if protocol is None:
            return Outcome(Result.UNREACHABLE, self._server, reply="The relay closed the connection.")
        ending = b".\r\n" if envelope.message.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            protocol.write(_LEADING_DOT.sub(b"..", envelope.message) + ending)
            answer = await protocol.read_response(timeout=self._settings.smtp_timeout)
        except asyncio.CancelledError:
            client.close()
            return Outcome(
                Result.UNCERTAIN, self._server, reply="Stopped while waiting for the relay's answer."
            )
        except (SMTPException, OSError) as error:
            client.close()
            return self._outcome(Result.UNCERTAIN, error)
        if 200 <= answer.code < 300:  # any 2yz is done (RFC 5321, 4.2.1)
            return Outcome(Result.SENT, self._server, answer.code, answer.message)
        return self._refused(SMTPResponseException(answer.code, answer.message))

    async def _reset(self, client: SMTP) -> None:
        """Ready for the next message, or closed."""
        try:
            await client.rset()
        except (SMTPException, OSError):
            client.close()

    def _refused(self, error: SMTPResponseException) -> Outcome:
        """4yz is for now, 5yz for good (RFC 5321, 4.2.1); 421 closes the connection."""
        if error.code == 421:
            return self._outcome(Result.UNREACHABLE, error)
        return self._outcome(Result.FAILED if error.code >= 500 else Result.DEFERRED, error)

    def _outcome(self, result: Result, error: BaseException) -> Outcome:
        if isinstance(error, SMTPResponseException):
            return Outcome(result, self._server, error.code, error.message)
        return Outcome(result, self._server, reply=f"{type(error).__name__}: {error}")
