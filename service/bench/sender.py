"""The sender under measurement, a process of its own: `python -m service.bench.sender`, with KENNISPOST_* in its environment.

It says `ready`, waits for a line, delivers all that is due the way `kennispost work` does, and prints what that took as JSON.
"""

import json
import logging
import sys
import threading
import time

from service.bench.usage import usage_now, watching_started
from service.logs import set_up_logs
from service.mailing.delivering import deliver_due
from service.runtime import build_runtime, settle_down
from service.settings import load_settings


def main() -> None:
    """Deliver once, and report on standard output."""
    set_up_logs(level=logging.WARNING)
    runtime = build_runtime(load_settings())
    settle_down()  # as `kennispost work` does
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with watching_started() as started:
        before, began = usage_now(), time.time()  # wall clock: several senders are put on one line of time
        deliver_due(runtime, stop=threading.Event())
        ended, after = time.time(), usage_now()
    used = {"cpu_seconds": after.cpu_seconds - before.cpu_seconds, "peak_mb": after.peak_mb + started.peak_mb}
    sys.stdout.write(json.dumps({"began": began, "ended": ended, "idle_mb": before.memory_mb, **used}) + "\n")


if __name__ == "__main__":
    main()
