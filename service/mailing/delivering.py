"""Delivering: one run of one worker over all that is due. Any number of processes may do this at once."""

import asyncio
import threading

from service.database import reading, writing
from service.mailing.claims import anything_due, recover
from service.mailing.closing import anything_over, finish_mailings
from service.mailing.dkim_keys import load_signer
from service.mailing.maildir import MaildirTransport
from service.mailing.running import run_through
from service.mailing.runs import DeliveryReport, Run
from service.mailing.smtp import SmtpTransport
from service.mailing.transport import Transport
from service.mailing.windows import is_open
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
    with run.ledger:
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
    bulk = is_open(runtime.settings.send_window, now)
    with reading(runtime.engine) as session:
        if not (anything_due(session, now=now, bulk=bulk) or anything_over(session, now=now)):
            return False
    with writing(runtime.engine) as session:
        recover(session, now=now)
        finish_mailings(session, now=now)
    return True
