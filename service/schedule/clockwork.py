"""The clockwork: APScheduler ticks, and nothing more. What is due is decided from rows, so ticks may be missed or doubled."""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from service.clock import AMSTERDAM, system_clock
from service.importing import carry_on_all
from service.mailing.delivering import deliver_due
from service.runtime import Runtime
from service.schedule.rhythm import keep_rhythm, keep_slow_rhythm
from service.schedule.rooms import fetch_recordings, watch_rooms
from service.schedule.webinars import keep_webinars

log = structlog.get_logger()

RHYTHM_SECONDS = 15
SLOW_SECONDS = 60
DELIVERY_SECONDS = 2
IMPORT_SECONDS = 2
RECORDING_SECONDS = 1800

RELAY_SECONDS = 20
"""How long a relay that could not be reached is left alone: each try composes some messages in vain."""

DELIVERY = "delivery"


def worker_name() -> str:
    """A name for this process that no other has."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"


@contextmanager
def clockwork(runtime: Runtime) -> Iterator[threading.Event]:
    """Schedule and send for as long as the block runs; at its end, finish what is under way and let go of the rest.

    The memory store is meant: two processes on one job store of APScheduler 3.11 would each run every job.
    """
    stop = threading.Event()
    worker = worker_name()
    scheduler = BackgroundScheduler(
        timezone=AMSTERDAM, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    told = {"worker": worker, "stop": stop}
    scheduler.add_job(_safely, "interval", seconds=RHYTHM_SECONDS, args=[keep_rhythm, runtime], kwargs=told)
    scheduler.add_job(
        _safely, "interval", seconds=SLOW_SECONDS, args=[keep_slow_rhythm, runtime], kwargs=told
    )
    scheduler.add_job(
        _safely,
        "interval",
        id=DELIVERY,
        seconds=DELIVERY_SECONDS,
        args=[_deliver, runtime],
        kwargs={"stop": stop, "scheduler": scheduler},
        next_run_time=system_clock(),  # what a predecessor left waits no longer than it must
    )
    scheduler.add_job(
        _safely, "interval", seconds=IMPORT_SECONDS, args=[carry_on_all, runtime], kwargs={"stop": stop}
    )
    scheduler.add_job(
        _safely, "interval", seconds=RHYTHM_SECONDS, args=[keep_webinars, runtime], kwargs={"stop": stop}
    )
    for work, seconds in ((watch_rooms, SLOW_SECONDS), (fetch_recordings, RECORDING_SECONDS)):
        scheduler.add_job(_safely, "interval", seconds=seconds, args=[work, runtime], kwargs={"stop": stop})
    scheduler.start()
    try:
        yield stop
    finally:
        stop.set()
        scheduler.shutdown(wait=True)


def _deliver(runtime: Runtime, *, stop: threading.Event, scheduler: BackgroundScheduler) -> None:
    """Send what is due; after a relay that is down, wait a while."""
    if deliver_due(runtime, stop=stop).unreachable and not stop.is_set():
        scheduler.modify_job(DELIVERY, next_run_time=system_clock() + timedelta(seconds=RELAY_SECONDS))


def _safely(work, runtime: Runtime, **values: object) -> None:  # type: ignore[no-untyped-def]  # two kinds of work
    try:
        work(runtime, **values)
    except Exception as error:  # a tick that fails is logged; the next one tries again
        log.error("tick failed", work=work.__name__, problem=f"{type(error).__name__}: {error}")
