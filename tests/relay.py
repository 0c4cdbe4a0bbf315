"""A mail relay on loopback for tests: real SMTP, with replies that a test sets."""

# ruff: noqa: N802  aiosmtpd names its hooks so

import asyncio
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Relay:
    """What arrived, and how to answer: `rcpt` and `data` map an address to a reply; `cut` closes before the last reply."""

    port: int = 0
    received: list[tuple[str, bytes]] = field(default_factory=list)
    rcpt: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    slow: float = 0.0
    connections: int = 0
    begun: threading.Event = field(default_factory=threading.Event)

    @property
    def recipients(self) -> list[str]:
        """Addresses of what arrived, in order."""
        return [recipient for recipient, _ in self.received]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.rcpt.get(address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        self.begun.set()
        await asyncio.sleep(self.slow)
        reply = self.data.get(address, "250 OK")
        if reply.startswith("250"):
            self.received.append((address, envelope.original_content))
        if address in self.cut:
            server.transport.abort()
        return reply


@contextmanager
def running_relay(relay: Relay | None = None, **options) -> Iterator[Relay]:
    """A relay on a free port of 127.0.0.1 for as long as the block runs."""
    relay = relay or Relay()
    controller = Controller(relay, hostname="127.0.0.1", port=0, ready_timeout=10, **options)
    _bind_free_port(controller)
    relay.port = controller.port
    try:
        yield relay
    finally:
        controller.stop()


def _bind_free_port(controller: Controller) -> None:
    for _ in range(20):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            controller.port = probe.getsockname()[1]
        try:
            controller.start()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("no free port")


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A certificate of our own making for localhost; the server's context, and the file that makes it trusted."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context, str(cert)


def password_is(user: bytes, password: bytes):
    """An authenticator that knows one user."""

    def check(server, session, envelope, mechanism, given: LoginPassword) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (user, password), handled=False)

    return check
