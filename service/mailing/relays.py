"""Relays: where messages are handed in, the second for when the first cannot be reached. Connecting is aiosmtplib's."""

import time
from dataclasses import dataclass, replace

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from service.mailing.replies import Reply, Step, outcome_of
from service.mailing.session import Session, SessionLost
from service.mailing.transport import Outcome, Result
from service.settings import Settings

LEFT_ALONE_SECONDS = 60.0
"""How long a relay that could not be reached is passed over, where there is another."""


@dataclass(frozen=True)
class Relay:
    """A mail relay. TLS is verified, and never skipped when it is set. `trusted` is a file of certificates."""

    host: str
    port: int
    security: str
    username: str
    password: str
    timeout: float
    message_timeout: float
    trusted: str | None

    @property
    def name(self) -> str:
        """What the ledger calls it."""
        return f"{self.host}:{self.port}"


class Unreachable(Exception):
    """No relay could be reached. `outcome` is what that means for the message at hand."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reply)
        self.outcome = outcome


class Relays:
    """The relays of the settings, in the order in which they are tried."""

    def __init__(self, settings: Settings) -> None:
        self._relays = relays_of(settings)
        self._passed_over_until: dict[str, float] = {}

    async def connect(self) -> Session:
        """A session with the first relay that can be reached.

        Raises:
            Unreachable: none can; it tells what the last one that was tried said.
        """
        failed: Outcome | None = None
        for relay in self._in_order():
            try:
                session = await _connect(relay)
            except Unreachable as error:
                failed = error.outcome
                self._passed_over_until[relay.name] = time.monotonic() + LEFT_ALONE_SECONDS
            else:
                self._passed_over_until.pop(relay.name, None)
                return session
        raise Unreachable(failed or Outcome(Result.UNREACHABLE, "", reply="No relay is set."))

    def _in_order(self) -> list[Relay]:
        """Those that were not just found down first; of equals, as the settings have them."""
        now = time.monotonic()
        return sorted(self._relays, key=lambda relay: self._passed_over_until.get(relay.name, 0.0) > now)


def relays_of(settings: Settings) -> list[Relay]:
    """The first relay, and the second where one is set."""
    trusted = str(settings.smtp_trusted_certificates) if settings.smtp_trusted_certificates else None
    first = Relay(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value(),
        timeout=settings.smtp_timeout,
        message_timeout=settings.smtp_message_timeout,
        trusted=trusted,
    )
    if not settings.smtp_fallback_host:
        return [first]
    second = replace(
        first,
        host=settings.smtp_fallback_host,
        port=settings.smtp_fallback_port,
        security=settings.smtp_fallback_security,
        username=settings.smtp_fallback_username,
        password=settings.smtp_fallback_password.get_secret_value(),
    )
    return [first, second]


async def _opened(client: SMTP, relay: Relay) -> Session:
    try:
        await client.connect()
        if not client.last_ehlo_response and not client.last_helo_response:
            await client.ehlo()
        return Session(
            client, server=relay.name, timeout=relay.timeout, message_timeout=relay.message_timeout
        )
    except BaseException:
        client.close()  # the collector would, some day
        raise


async def _connect(relay: Relay) -> Session:
    try:
        client = SMTP(
            hostname=relay.host,
            port=relay.port,
            timeout=relay.timeout,
            use_tls=relay.security == "tls",
            start_tls=relay.security == "starttls",
            username=relay.username or None,
            password=relay.password or None,
            validate_certs=True,
            cert_bundle=relay.trusted,
        )
        return await _opened(client, relay)
    except SMTPResponseException as error:
        reply = Reply(error.code, error.message)
        outcome = outcome_of(reply, step=Step.CONNECT, server=relay.name)
        raise Unreachable(
            Outcome(Result.UNREACHABLE, relay.name, error.code, outcome.reply, outcome.reason)
        ) from error
    except (
        SMTPException,
        SessionLost,
        OSError,
        ValueError,
    ) as error:  # ValueError: a host name that cannot be one
        reply_text = f"{type(error).__name__}: {error}"
        raise Unreachable(Outcome(Result.UNREACHABLE, relay.name, reply=reply_text)) from error
