"""Visits: readers who open their personal link to a webinar and press the button, over HTTP, against the real site."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from service.bench.stage import Stage
from service.errors import BenchRefused

AT_ONCE = 8
"""Visitors at a time."""

START_SECONDS = 60.0

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_OPENED = re.compile(r'name="opened" value="([^"]+)"')


@dataclass(frozen=True)
class Visits:
    """How many registered, in how many seconds, looking and sending the form together."""

    number: int
    seconds: float


@contextmanager
def served(stage: Stage) -> Iterator[str]:
    """`kennispost serve` on this stage, without the work; gives its address.

    Raises:
        BenchRefused: it does not start.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "service", "serve", "--no-with-work", "--port", str(port)]
    with (stage.folder / "served.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  our own program
            command, env=stage.with_settings(BASE_URL=address).environment(), stdout=log, stderr=log
        )
    try:
        _wait_until_open(address, process)
        yield address
    finally:
        process.terminate()
        process.wait()


def visit(address: str, paths: Sequence[str]) -> Visits:
    """Each of these pages is opened by somebody, who sends the form on it.

    Raises:
        BenchRefused: a form was not taken.
    """
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as visitors:
        for _ in visitors.map(
            lambda some: _register(address, some), (paths[at::AT_ONCE] for at in range(AT_ONCE))
        ):
            pass
    return Visits(len(paths), time.monotonic() - began)


def _register(address: str, paths: Sequence[str]) -> None:
    with httpx.Client(
        base_url=address, timeout=60
    ) as client:  # to make one takes longer than what is measured
        for path in paths:
            client.cookies.clear()  # each is another visitor
            page = client.get(path)
            csrf, opened = _CSRF.search(page.text), _OPENED.search(page.text)
            if csrf is None or opened is None:
                raise BenchRefused(f"There is no form to register with ({page.status_code}).")
            form = {"csrf": csrf[1], "opened": opened[1], "name": "Robin", "answer": "seat"}
            answer = client.post(path, data=form)
            if answer.status_code != httpx.codes.SEE_OTHER:
                raise BenchRefused(f"A registration over HTTP was answered with {answer.status_code}.")


def _wait_until_open(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(f"{address}/healthz", timeout=5).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise BenchRefused("The site does not start.")
