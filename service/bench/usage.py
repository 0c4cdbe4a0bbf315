"""Usage: what this process has taken of the machine."""

import resource
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """Processor time in seconds, user and system together; memory now and at its peak, in megabytes (2²⁰ bytes)."""

    cpu_seconds: float
    memory_mb: float
    peak_mb: float


def usage_now() -> Usage:
    """What this process alone has used since it began. The peak is the kernel's high-water mark (VmHWM on Linux)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    lines = _status_lines()
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage speaks bytes there, kilobytes elsewhere
    most = used.ru_maxrss * unit / 2**20  # also that of the process that started this one: a last resort
    return Usage(
        cpu_seconds=used.ru_utime + used.ru_stime,
        memory_mb=lines.get("VmRSS", most),
        peak_mb=lines.get("VmHWM", most),
    )


def _status_lines() -> dict[str, float]:
    status = Path("/proc/self/status")
    if not status.exists():
        return {}
    pairs = (line.split(":", 1) for line in status.read_text().splitlines() if line.endswith(" kB"))
    return {name: int(value.removesuffix(" kB")) / 1024 for name, value in pairs}
