"""Children: processes under measurement, one after another or at once; none is left when the run ends."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from service.bench.stage import Stage
from service.errors import BenchRefused

SENDER = "service.bench.sender"

Child = subprocess.Popen[str]


class Children:
    """The processes of one stage. Each gets its settings.

    What it complains of is kept in a file: a pipe could fill up and hold it.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._started: list[Child] = []
        self._log = stage.folder / "measured.log"

    def start(self, module: str, *arguments: str) -> Child:
        """One more: `python -m MODULE ARGUMENTS`."""
        with self._log.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603  our own program
                [sys.executable, "-m", module, *arguments],
                env=self._stage.environment(),
                cwd=self._stage.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                process_group=0,
            )
        self._started.append(child)
        return child

    def output(self, child: Child) -> dict[str, Any]:
        """Wait for its end, and give the JSON that it printed.

        Raises:
            BenchRefused: it failed; the text holds the end of what it complained of.
        """
        said = child.communicate()[0]
        if child.returncode != 0:
            raise BenchRefused(f"A process under measurement failed. {self.complaint()}")
        result: dict[str, Any] = json.loads(said)
        return result

    def send(self, processes: int) -> list[dict[str, Any]]:
        """So many senders deliver all that is due, at once; gives what each says.

        Raises:
            BenchRefused: one does not start, or failed.
        """
        senders = [self.start(SENDER) for _ in range(processes)]
        for sender in senders:  # imports and start-up are done before the first of them begins
            if sender.stdout is None or sender.stdout.readline() != "ready\n":
                raise BenchRefused(f"A sender does not start: {self.complaint()}")
        for sender in senders:
            if sender.stdin is not None:
                sender.stdin.write("go\n")
                sender.stdin.flush()
        return [self.output(sender) for sender in senders]

    def complaint(self) -> str:
        """The end of what they complained of."""
        return self._log.read_text(encoding="utf-8", errors="replace").strip()[-1500:]

    def end(self) -> None:
        """Kill those that have not ended."""
        for child in self._started:
            child.kill()  # does nothing to one that has ended
            child.communicate()


@contextmanager
def children_of(stage: Stage) -> Iterator[Children]:
    """Children of this stage, for as long as the block runs."""
    children = Children(stage)
    try:
        yield children
    finally:
        children.end()
