"""Figures: what was asked for, what was measured, and what it says. Pure."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from statistics import median
from typing import Any


class Signing(StrEnum):
    """How messages are signed."""

    NONE = "none"
    RSA = "rsa"


@dataclass(frozen=True)
class Load:
    """What is sent, how, and where to; `sink` is HOST:PORT or empty. `size` is of a message as it leaves, in bytes."""

    readers: int
    variants: int = 50
    size: int = 30_000
    dkim: str = "none"
    database: str = "sqlite"
    connections: int = 10
    processes: int = 1
    wait_ms: int = 0
    rounds: int = 1
    sink: str = ""
    plan_only: bool = False


@dataclass(frozen=True)
class Planning:
    """One mailing planned, by a process of its own. Memory in MB: before it began, and at most."""

    mailing_id: int
    planned: int
    seconds: float
    cpu_seconds: float
    idle_mb: float
    peak_mb: float


@dataclass(frozen=True)
class Sending:
    """One mailing sent. Processor time is that of the senders and of the processes that sign for them, memory that of the
    largest sender with its own."""

    processes: int
    sent: int
    planned: int
    seconds: float
    cpu_seconds: float
    idle_mb: float
    peak_mb: float

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.sent / self.seconds

    @property
    def cores(self) -> float:
        """Processor seconds a second. Well under one for each process: it waited, or others had the processor."""
        return self.cpu_seconds / self.seconds


@dataclass
class Measured:
    """All figures of a run. `smtp_source` are messages a second, run by run."""

    load: Load
    sink: str = ""
    message_bytes: float = 0.0
    signed: bool = False
    readers_seconds: float = 0.0
    plannings: list[Planning] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    smtp_source: list[float] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether everything that was planned was sent: without that, no figure counts."""
        return all(one.sent == one.planned for one in self.sendings)

    def rate(self, processes: int) -> float:
        """The median of what so many processes sent, in messages a second."""
        return median(one.rate for one in self.sendings if one.processes == processes)


def summary(measured: Measured) -> dict[str, Any]:
    """The figures, rounded to what they are worth; ratios where there is something to compare with."""
    load = measured.load
    result: dict[str, Any] = {
        **asdict(load),
        "database": load.database.partition("://")[0],
        "sink": measured.sink,
        "message_bytes": round(measured.message_bytes),
        "signed": measured.signed,
        "readers_seconds": round(measured.readers_seconds, 1),
        "planning": _planning(measured),
        "sending": [
            _sending(measured, count) for count in sorted({one.processes for one in measured.sendings})
        ],
        "complete": measured.complete,
    }
    if not measured.sendings:
        return result
    if load.processes > 1:
        result["ratio_to_one_process"] = round(measured.rate(load.processes) / measured.rate(1), 2)
    if measured.smtp_source:
        yardstick = median(measured.smtp_source)
        result["smtp_source"] = {
            "messages_per_second": round(yardstick),
            "runs": [round(rate) for rate in measured.smtp_source],
        }
        result["ratio_to_smtp_source"] = round(measured.rate(load.processes) / yardstick, 3)
    return result


def _planning(measured: Measured) -> dict[str, Any]:
    plannings = measured.plannings
    return {
        "seconds": round(median(one.seconds for one in plannings), 2),
        "cpu_seconds": round(median(one.cpu_seconds for one in plannings), 2),
        "idle_mb": round(min(one.idle_mb for one in plannings)),
        "peak_mb": round(max(one.peak_mb for one in plannings)),
    }


def _sending(measured: Measured, processes: int) -> dict[str, Any]:
    runs = [one for one in measured.sendings if one.processes == processes]
    return {
        "processes": processes,
        "messages_per_second": round(measured.rate(processes)),
        "runs": [round(one.rate) for one in runs],
        "cores": round(median(one.cores for one in runs), 2),
        "cpu_us_per_message": round(median(one.cpu_seconds * 1e6 / max(1, one.sent) for one in runs)),
        "idle_mb": round(min(one.idle_mb for one in runs)),
        "peak_mb": round(max(one.peak_mb for one in runs)),
    }
