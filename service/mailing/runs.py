"""A run: what one worker has in its hands while it sends all that is due."""

import asyncio
import os
import secrets
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from service.mailing.allowances import Limits
from service.mailing.claims import Claimed, Settlement
from service.mailing.dkim import Signer
from service.mailing.kept import Kept
from service.mailing.noting import Noter
from service.mailing.signing import Signatures
from service.mailing.transport import Envelope, Transport
from service.runtime import Runtime

T = TypeVar("T")

CHUNK = 25
"""Messages that are written down, or handed over, at a time."""

Composed = Envelope | Settlement


@dataclass
class DeliveryReport:
    """What one run came to. `unreachable` is the relay's reply when it did not do its work; the rest waits for it."""

    sent: int = 0
    failed: int = 0
    deferred: int = 0
    uncertain: int = 0
    suppressed: int = 0
    cancelled: int = 0
    released: int = 0
    unreachable: str = ""

    def count(self, settlements: Sequence[Settlement]) -> None:
        """Add what was settled."""
        for state, number in Counter(one.state for one in settlements).items():
            setattr(self, state, getattr(self, state) + number)


@dataclass
class Run:
    """One run of one worker. `held` is what it has claimed, `handed` what may have left; with `over` nothing more is begun.

    They are two, since what was given back by a pause may be claimed anew while its first message still waits its turn.
    """

    runtime: Runtime
    transport: Transport
    stop: threading.Event
    batch: int
    signer: Signer | None
    worker: str = field(
        default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    )
    kept: Kept = field(default_factory=Kept)
    held: dict[int, Claimed] = field(default_factory=dict)
    handed: dict[int, Claimed] = field(default_factory=dict)
    report: DeliveryReport = field(default_factory=DeliveryReport)
    over: bool = False
    signatures: Signatures = field(init=False)
    ledger: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "kennispost-ledger"))

    def __post_init__(self) -> None:
        self.signatures = Signatures(self.signer)

    @property
    def lease(self) -> timedelta:
        """How long this worker's word is waited for."""
        return timedelta(seconds=self.runtime.settings.lease_seconds)

    @property
    def noter(self) -> Noter:
        """Who writes down what became of messages."""
        settings = self.runtime.settings
        limits = Limits(settings.send_per_hour, settings.send_per_hour_and_domain)
        return Noter(
            settings=settings,
            worker=self.worker,
            lease=self.lease,
            limits=limits,
            held=self.held,
            handed=self.handed,
        )


async def in_ledger(run: "Run", work: Callable[[], T]) -> T:
    """Write in the ledger. SQLite is a part of this process: to wait for a thread that asks it takes longer than to ask it."""
    if run.runtime.settings.uses_sqlite:
        return work()
    return await in_thread(run.ledger, work)


def in_thread(executor: ThreadPoolExecutor, work: Callable[[], T]) -> "asyncio.Future[T]":
    """Let a thread of this pool do it, while the connections go on."""
    return asyncio.get_running_loop().run_in_executor(executor, work)
