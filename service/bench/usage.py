"""Usage: what this process, and those that it started, have taken of the machine."""

import os
import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOOK_SECONDS = 0.25
"""How often it is looked how large the processes are that this one started."""


@dataclass(frozen=True)
class Usage:
    """Processor time in seconds, user and system together; memory now and at its peak, in megabytes (2²⁰ bytes)."""

    cpu_seconds: float
    memory_mb: float
    peak_mb: float


@dataclass
class Started:
    """The most memory that the processes which this one started had at a time, in megabytes (2²⁰ bytes)."""

    peak_mb: float = 0.0


def usage_now() -> Usage:
    """What this process has used since it began, and the processor time of those that it started and that have ended.

    The peak is the kernel's high-water mark of this process alone (VmHWM on Linux).
    """
    used, started = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    megabytes = _megabytes(_lines(Path("/proc/self/status")))
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage speaks bytes there, kilobytes elsewhere
    most = used.ru_maxrss * unit / 2**20  # also that of the process that started this one: a last resort
    return Usage(
        cpu_seconds=used.ru_utime + used.ru_stime + started.ru_utime + started.ru_stime,
        memory_mb=megabytes.get("VmRSS", most),
        peak_mb=megabytes.get("VmHWM", most),
    )


@contextmanager
def watching_started() -> Iterator[Started]:
    """Look now and then how large the processes are that this one started. Only Linux tells."""
    started, over = Started(), threading.Event()

    def look() -> None:
        while not over.wait(LOOK_SECONDS):
            started.peak_mb = max(started.peak_mb, _started_now())

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield started
    finally:
        over.set()
        watcher.join()


def _started_now() -> float:
    mine = str(os.getpid())
    all_of_them = (_lines(one / "status") for one in Path("/proc").glob("[0-9]*"))
    return sum(_megabytes(one).get("VmHWM", 0.0) for one in all_of_them if one.get("PPid") == mine)


def _megabytes(status: dict[str, str]) -> dict[str, float]:
    return {
        name: int(value.removesuffix(" kB")) / 1024 for name, value in status.items() if value.endswith(" kB")
    }


def _lines(status: Path) -> dict[str, str]:
    """A process' status by name; empty where it has ended, or there is none."""
    try:
        pairs = (line.partition(":") for line in status.read_text().splitlines())
    except OSError:
        return {}
    return {name: value.strip() for name, _colon, value in pairs}
