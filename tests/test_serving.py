"""The real process starts, answers, and stops cleanly on either signal."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

KENNISPOST = str(Path(sys.executable).parent / "kennispost")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(folder: Path, *command: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process of ours and the file with its log; it is gone afterwards, however the test ends."""
    log = folder / "log"
    environment = {"PATH": os.environ["PATH"], "KENNISPOST_DATA_DIR": str(folder / "data")}
    with log.open("w") as target:
        process = subprocess.Popen([KENNISPOST, *command], env=environment, stderr=target, text=True)
    try:
        yield process, log
    finally:
        process.kill()
        process.wait()


def wait_until(happened: object, seconds: float = 30) -> None:
    """Poll until a function gives something true."""
    assert callable(happened)
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_is_ready_and_stops_cleanly_within_five_seconds(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    with started(tmp_path, "serve", "--port", str(port)) as (process, log):
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"))
        process.send_signal(number)
        assert process.wait(timeout=5) == 0
        assert '"stopped"' in log.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_work_stops_cleanly_within_five_seconds(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path, "work") as (process, log):
        wait_until(lambda: '"working"' in log.read_text())
        process.send_signal(number)
        assert process.wait(timeout=5) == 0
        assert '"stopped"' in log.read_text()


def test_a_port_that_is_taken_is_said_and_nothing_hangs(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with started(tmp_path, "serve", "--port", str(taken.getsockname()[1])) as (process, log):
            assert process.wait(timeout=20) != 0
            assert "address already in use" in log.read_text()
