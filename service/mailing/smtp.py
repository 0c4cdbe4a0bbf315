"""SMTP: hands messages to a relay, over as many sessions as set, kept open and shared out.

What is lost before the message was given is tried once more on a new connection; what is lost after may have arrived, and is
uncertain. A server that ends a session for one message alone, twice, has that message tried later: it holds up no other.
"""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

from service.mailing.relays import Relays, Unreachable
from service.mailing.replies import Step, outcome_of
from service.mailing.session import Session, SessionLost
from service.mailing.transport import Envelope, Outcome, Result
from service.settings import Settings

GOODBYE_SECONDS = 2.0
TRIES = 2
"""New connections for one message before it is put off."""


class SmtpTransport:
    """The relays of the settings."""

    def __init__(self, settings: Settings) -> None:
        self.connections = settings.smtp_connections
        self._most = settings.smtp_messages_per_connection
        self._relays = Relays(settings)
        self._idle: list[Session] = []
        self._expecting: dict[int, Session] = {}  # by the delivery that was announced there
        self._parting: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Nothing is connected until there is something to send."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye on each connection, without waiting long for an answer."""
        for session in self._expecting.values():  # announced and not given: for the server nothing happened
            session.close()
        await asyncio.gather(*(_part(session) for session in self._idle), *self._parting)
        self._expecting.clear()
        self._idle.clear()

    async def send(self, envelope: Envelope, upcoming: Envelope | None = None) -> Outcome:
        """Hand one message over; a connection that turns out to be closed is replaced."""
        tries = 0
        while True:
            try:
                session = await self._session_for(envelope)
            except Unreachable as error:
                return error.outcome
            fresh = session.sent == 0  # one that has done its work before may close at any time
            tries += fresh
            outcome, over = await self._send_over(session, envelope, upcoming)
            if not over or tries == TRIES or (fresh and outcome.result is Result.UNREACHABLE):
                return outcome

    async def _session_for(self, envelope: Envelope) -> Session:
        if (announced := self._expecting.pop(envelope.delivery_id, None)) is not None:
            return announced
        return self._idle.pop() if self._idle else await self._relays.connect()

    async def _send_over(
        self, session: Session, envelope: Envelope, upcoming: Envelope | None
    ) -> tuple[Outcome, bool]:
        """The outcome on this connection, and whether the connection ended before the message was given."""
        last = session.sent + 2 > self._most  # the next would be one too many
        try:
            exchange = await session.send(envelope, None if last else upcoming)
        except SessionLost as error:
            session.close()
            result = Result.UNCERTAIN if error.given else Result.DEFERRED
            return Outcome(result, session.server, reply=str(error)), not error.given
        except BaseException:
            session.close()
            raise
        self._keep(
            session
        )  # waits for nothing: once a message was given, nothing may come between it and its outcome
        outcome = outcome_of(exchange.reply, step=exchange.step, server=session.server)
        ended = exchange.reply.code == 421 and exchange.step is not Step.MESSAGE
        return outcome, ended and outcome.result is not Result.THROTTLED

    def _keep(self, session: Session) -> None:
        if session.usable and session.announced is not None:
            self._expecting[session.announced.delivery_id] = session
        elif session.usable and session.sent < self._most:
            self._idle.append(session)
        elif session.usable:
            parting = asyncio.create_task(_part(session))
            self._parting.add(parting)
            parting.add_done_callback(self._parting.discard)
        else:
            session.close()


async def _part(session: Session) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(GOODBYE_SECONDS):
            await session.quit()
    session.close()
