"""Workers: `kennispost work` as real processes, to be killed and started again."""

import multiprocessing
import os
import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from service.bench.stage import Stage
from service.errors import BenchRefused

STOP_SECONDS = 20.0

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(["service.cli.work"])
"""A process that has read the code, and splits off each worker: they begin at once, rather than after a second of reading."""


class Workers:
    """So many senders. Each that is killed is replaced by a new process at once."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._running: list[ForkServerProcess] = []
        self._log = stage.folder / "workers.log"

    @property
    def pids(self) -> list[int]:
        """The processes, oldest first."""
        return [process.pid or 0 for process in self._running]

    def start(self) -> None:
        """One more."""
        process = _server.Process(
            target=_work, args=(self._stage.environment(), self._stage.folder, self._log)
        )
        process.start()
        self._running.append(process)

    def kill(self, pid: int) -> None:
        """SIGKILL, and nothing more of it will happen once this returns."""
        process = next(one for one in self._running if one.pid == pid)
        process.kill()
        process.join()
        self._running.remove(process)

    def check(self) -> None:
        """See that all are still there.

        Raises:
            BenchRefused: one ended by itself; the text holds the end of its log.
        """
        for process in self._running:
            if process.exitcode is not None:
                raise BenchRefused(f"A worker ended by itself ({process.exitcode}). {_last_lines(self._log)}")

    def stop(self) -> list[int]:
        """SIGTERM to all; give the exit codes of those that ended in time (-9 for those that had to be killed)."""
        for process in self._running:
            process.terminate()
        codes = []
        for process in self._running:
            process.join(STOP_SECONDS)
            if process.exitcode is None:
                process.kill()
                process.join()
            codes.append(process.exitcode or 0)
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


def _work(environment: Mapping[str, str], folder: Path, log: Path) -> None:
    """What each worker does: `kennispost work`, in a process group of its own, with an environment of its own."""
    os.setpgid(0, 0)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    with log.open("ab") as written:
        for standard in (sys.stdout, sys.stderr):
            os.dup2(written.fileno(), standard.fileno())
    sys.argv = ["kennispost", "work"]
    runpy.run_module("service", run_name="__main__")


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
