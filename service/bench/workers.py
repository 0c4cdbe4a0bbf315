"""Workers: `kennispost work` as real processes, to be killed and started again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.bench.stage import Stage
from service.errors import BenchRefused

STOP_SECONDS = 20.0


class Workers:
    """So many senders. Each that is killed is replaced by a new process at once."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._running: list[subprocess.Popen[bytes]] = []
        self._log = stage.folder / "workers.log"

    @property
    def pids(self) -> list[int]:
        """The processes, oldest first."""
        return [process.pid for process in self._running]

    def start(self) -> None:
        """One more."""
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "service", "work"],
                env=self._stage.environment(),
                cwd=self._stage.folder,
                stdout=log,
                stderr=log,
                process_group=0,
            )
        self._running.append(process)

    def kill(self, pid: int) -> None:
        """SIGKILL, and nothing more of it will happen once this returns."""
        process = next(one for one in self._running if one.pid == pid)
        os.kill(pid, signal.SIGKILL)
        process.wait()
        self._running.remove(process)

    def check(self) -> None:
        """See that all are still there.

        Raises:
            BenchRefused: one ended by itself; the text holds the end of its log.
        """
        for process in self._running:
            if process.poll() is not None:
                raise BenchRefused(
                    f"A worker ended by itself ({process.returncode}). {_last_lines(self._log)}"
                )

    def stop(self) -> list[int]:
        """SIGTERM to all; give the exit codes of those that ended in time (-9 for those that had to be killed)."""
        for process in self._running:
            process.terminate()
        codes = []
        for process in self._running:
            try:
                codes.append(process.wait(STOP_SECONDS))
            except subprocess.TimeoutExpired:
                process.kill()
                codes.append(process.wait())
        self._running.clear()
        return codes


@contextmanager
def running_workers(stage: Stage, count: int) -> Iterator[Workers]:
    """So many workers; whatever happens in the block, none is left behind."""
    workers = Workers(stage)
    try:
        for _ in range(count):
            workers.start()
        yield workers
    finally:
        for pid in workers.pids:
            workers.kill(pid)


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
