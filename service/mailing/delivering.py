"""Delivering: what is due is claimed, composed, noted as handed over, sent, and settled, batch by batch.

The commits lie between the steps on purpose. Stopped at any point, nothing is lost and nothing is sent twice: what was
claimed goes back, what may have left is uncertain and waits for a person.
"""

import asyncio
import os
import secrets
import socket
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlmodel import Session, col, select

from service.database import reading, writing
from service.mailing.claims import Settlement, claim, finish_mailings, hand_over, recover, release, settle
from service.mailing.envelopes import Forms, compose_all
from service.mailing.maildir import MaildirTransport
from service.mailing.outbox import Delivery, DeliveryState, Mailing
from service.mailing.retrying import settlement_of
from service.mailing.sending import send_all
from service.mailing.smtp import SmtpTransport
from service.mailing.transport import Envelope, Outcome, Result, Transport
from service.runtime import Runtime

log = structlog.get_logger()


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
class _Run:
    """One run of one worker."""

    runtime: Runtime
    transport: Transport
    stop: threading.Event
    batch: int
    worker: str = field(
        default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    )
    forms: Forms = field(default_factory=dict)
    report: DeliveryReport = field(default_factory=DeliveryReport)


def deliver_due(
    runtime: Runtime,
    *,
    stop: threading.Event | None = None,
    batch: int = 50,
    transport: Transport | None = None,
) -> DeliveryReport:
    """Send all that is due, and return when nothing is, when `stop` is set, or when the relay cannot be reached.

    Any number of processes may do this at once. `transport` is the one of the settings unless given.
    """
    if stop is not None and stop.is_set():
        return DeliveryReport()
    chosen = transport or transport_of(runtime)
    run = _Run(runtime, chosen, stop or threading.Event(), batch)
    if _begin(run):
        asyncio.run(_deliver(run))
    return run.report


def transport_of(runtime: Runtime) -> Transport:
    """The transport that the settings name."""
    if runtime.settings.transport == "smtp":
        return SmtpTransport(runtime.settings)
    return MaildirTransport(runtime.settings)


def _begin(run: _Run) -> bool:
    """Free what others left behind; whether there is anything to do. A tick with nothing to do writes nothing."""
    now = run.runtime.clock()
    waiting = (
        DeliveryState.PLANNED,
        DeliveryState.DEFERRED,
        DeliveryState.CLAIMED,
        DeliveryState.HANDED_OVER,
    )
    with reading(run.runtime.engine) as session:
        if session.exec(select(Delivery.id).where(col(Delivery.state).in_(waiting)).limit(1)).first() is None:
            unfinished = select(Mailing.id).where(col(Mailing.finished_at).is_(None)).limit(1)
            if session.exec(unfinished).first() is None:
                return False
    with writing(run.runtime.engine) as session:
        recover(session, now=now)
        finish_mailings(session, now=now)
    return True


async def _deliver(run: _Run) -> None:
    async with run.transport:
        while not run.stop.is_set() and not run.report.unreachable:
            envelopes = await asyncio.to_thread(_prepare, run)
            if envelopes is None:
                return
            outcomes = await send_all(run.transport, envelopes, stop=run.stop)
            await asyncio.to_thread(_settle, run, envelopes, outcomes)


def _prepare(run: _Run) -> list[Envelope] | None:
    """Claim a batch, compose it, and commit that it may leave now; None when nothing is due."""
    engine, now = run.runtime.engine, run.runtime.clock()
    with writing(engine) as session:
        ids = claim(session, worker=run.worker, now=now, batch=run.batch)
    if not ids:
        return None
    with reading(engine) as session:
        composed = compose_all(session, run.runtime, ids, run.forms, now=now)
    envelopes = [one for one in composed if isinstance(one, Envelope)]
    ended = [one for one in composed if isinstance(one, Settlement)]
    with writing(engine) as session:
        settle(session, ended, worker=run.worker, now=now)
        message_ids = {one.delivery_id: one.message_id for one in envelopes}
        mine = hand_over(session, message_ids, worker=run.worker, now=now)
        if ended:
            finish_mailings(session, now=now)
    run.report.count(ended)
    return [one for one in envelopes if one.delivery_id in mine]


def _settle(run: _Run, envelopes: Sequence[Envelope], outcomes: dict[int, Outcome]) -> None:
    """Write down how the batch went; what was not begun goes back to the queue."""
    now = run.runtime.clock()
    with writing(run.runtime.engine) as session:
        settlements = _settlements(session, run, outcomes)
        settle(session, settlements, worker=run.worker, now=now)
        rest = [one.delivery_id for one in envelopes if one.delivery_id not in outcomes]
        release(session, rest, worker=run.worker)
        finish_mailings(session, now=now)
    run.report.count(settlements)
    run.report.released += len(rest)
    troubles = [one.reply for one in outcomes.values() if one.result is Result.UNREACHABLE]
    if troubles:
        run.report.unreachable = troubles[0] or "The relay could not be reached."
        log.warning("relay unreachable", reply=run.report.unreachable, waiting=len(rest))


def _settlements(session: Session, run: _Run, outcomes: dict[int, Outcome]) -> list[Settlement]:
    wanted = select(Delivery, Mailing).join(Mailing).where(col(Delivery.id).in_(outcomes))
    return [
        settlement_of(
            delivery.id or 0,
            outcomes[delivery.id or 0],
            attempts=delivery.attempts,
            since=mailing.created_at,
            letter=mailing.issue_id is None,
            now=run.runtime.clock(),
        )
        for delivery, mailing in session.exec(wanted)
    ]
