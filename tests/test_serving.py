"""The real processes: they start, answer, stop within five seconds in the middle of a sending, and go on where they were."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from builders import a_reader, an_approved_issue
from relay import Relay, running_relay
from sqlmodel import select

from service.clock import system_clock
from service.database import reading, writing
from service.mailing.outbox import Delivery
from service.mailing.planning import plan_issue
from service.runtime import Runtime

KENNISPOST = str(Path(sys.executable).parent / "kennispost")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(folder: Path, *command: str, **settings: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process of ours and the file with its log; it is gone afterwards, however the test ends."""
    log = folder / "log"
    environment = {"PATH": os.environ["PATH"], "KENNISPOST_DATA_DIR": str(folder / "data"), **settings}
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
        port = str(taken.getsockname()[1])
        with started(tmp_path, "serve", "--port", port) as (process, log):
            assert process.wait(timeout=20) == 1
            assert f"Port {port}" in log.read_text()
            assert "--port" in log.read_text()


READERS = 60


def plan_for_readers(runtime: Runtime) -> None:
    with writing(runtime.engine) as session:
        now = system_clock()  # the processes know no other clock
        for number in range(READERS):
            a_reader(session, now, f"reader{number}@gemeente.example", interests=["ghb"])
        plan_issue(session, runtime, issue=an_approved_issue(session, now, ("GHB", ["ghb"])), now=now)


def states(runtime: Runtime) -> Counter[str]:
    with reading(runtime.engine) as session:
        return Counter(session.exec(select(Delivery.state)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_of_a_sending_loses_and_doubles_nothing(
    runtime: Runtime, tmp_path: Path, number: signal.Signals
) -> None:
    plan_for_readers(runtime)
    command = ["serve", "--port", str(free_port())] if runtime.settings.uses_sqlite else ["work"]
    with running_relay(Relay(slow=0.3)) as relay:
        settings = {
            "KENNISPOST_DATA_DIR": str(runtime.settings.data_dir),
            "KENNISPOST_DATABASE_URL": runtime.settings.database_url,
            "KENNISPOST_TRANSPORT": "smtp",
            "KENNISPOST_SMTP_HOST": "127.0.0.1",
            "KENNISPOST_SMTP_PORT": str(relay.port),
            "KENNISPOST_SMTP_SECURITY": "none",
            "KENNISPOST_SENDER_NAME": "Kennispost",
            "KENNISPOST_SENDER_ADDRESS": "redactie@kennispost.example",
        }
        with started(tmp_path, *command, **settings) as (process, log):
            wait_until(lambda: len(relay.received) >= 5)
            process.send_signal(number)
            assert process.wait(timeout=5) == 0, log.read_text()
        halfway = states(runtime)
        assert halfway["sent"] == len(relay.received)
        assert halfway["sent"] + halfway["planned"] == READERS
        assert halfway["planned"] > 0
        relay.slow = 0.0
        with started(tmp_path, *command, **settings):
            wait_until(lambda: states(runtime)["sent"] == READERS)
        assert Counter(relay.recipients) == Counter(f"reader{one}@gemeente.example" for one in range(READERS))
