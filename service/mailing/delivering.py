"""Delivering: one run of one worker over all that is due. Any number of processes may do this at once."""

import asyncio
import threading

from sqlmodel import col, select

from service.database import reading, writing
from service.mailing.claims import recover
from service.mailing.closing import finish_mailings
from service.mailing.dkim_keys import load_signer
from service.mailing.maildir import MaildirTransport
from service.mailing.outbox import OPEN_STATES, Delivery, Mailing
from service.mailing.running import DeliveryReport, Run, run_through
from service.mailing.smtp import SmtpTransport
from service.mailing.transport import Transport
from service.runtime import Runtime

BATCH = 200
"""Deliveries that are claimed at a time."""


def deliver_due(
    runtime: Runtime,
    *,
    stop: threading.Event | None = None,
    batch: int = BATCH,
    transport: Transport | None = None,
) -> DeliveryReport:
    """Send all that is due, and return when nothing is, when `stop` is set, or when the relay cannot be reached.

    Any number of processes may do this at once. `transport` is the one of the settings unless given.
    """
    if stop is not None and stop.is_set():
        return DeliveryReport()
    if not _begin(runtime):
        return DeliveryReport()
    chosen = transport or transport_of(runtime)
    run = Run(runtime, chosen, stop or threading.Event(), batch, load_signer(runtime.settings))
    with run.ledger, run.signers:
        asyncio.run(run_through(run))
    return run.report


def transport_of(runtime: Runtime) -> Transport:
    """The transport that the settings name."""
    if runtime.settings.transport == "smtp":
        return SmtpTransport(runtime.settings)
    return MaildirTransport(runtime.settings)


def _begin(runtime: Runtime) -> bool:
    """Free what others left behind; whether there is anything to do. A tick with nothing to do writes nothing."""
    now = runtime.clock()
    with reading(runtime.engine) as session:
        unfinished = session.exec(select(Mailing.id).where(col(Mailing.finished_at).is_(None)).limit(1))
        waiting = select(Delivery.id).where(col(Delivery.state).in_(OPEN_STATES)).limit(1)
        if unfinished.first() is None and session.exec(waiting).first() is None:
            return False
    with writing(runtime.engine) as session:
        recover(session, now=now)
        finish_mailings(session, now=now)
    return True
