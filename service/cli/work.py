"""`kennispost work`: schedules and sends. Apart from `serve`, since it needs neither the site nor the desk to start."""

import signal
import threading

import structlog

from service.cli.failing import stated_failures
from service.logs import set_up_logs
from service.mailing.dkim_keys import load_signer
from service.preparing import prepare_or_refuse
from service.runtime import build_runtime, settle_down
from service.schedule.clockwork import clockwork
from service.settings import load_settings

log = structlog.get_logger()


def work() -> None:
    """Schedule and send, without serving. Any number of these may run on one PostgreSQL."""
    set_up_logs()
    with stated_failures():
        runtime = build_runtime(load_settings())
        load_signer(runtime.settings)  # a key that cannot be read is said now, not when the first mail leaves
        prepare_or_refuse(runtime)
        ended = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_args: ended.set())
        log.info("working", environment=runtime.settings.environment)
        settle_down()
        with clockwork(runtime) as stop:
            while not ended.wait(timeout=0.5):
                pass
            stop.set()
        log.info("stopped")
