"""Ending: SIGTERM ends a run as Ctrl-C does, so that no process, database or server of it is left behind."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ended_in_order() -> Iterator[None]:
    """As long as the block runs, SIGTERM raises SystemExit (143, as the shell has it) where the program is."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
