"""Sinks as processes: start one, kill it, start it again on the same port; or postfix's smtp-sink, where that is installed."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from service.bench.sink import Counts, SinkOptions
from service.errors import BenchRefused

START_SECONDS = 10.0


@dataclass(frozen=True)
class Address:
    """Where a server listens, and what it is."""

    host: str
    port: int
    name: str

    def __str__(self) -> str:
        """HOST:PORT."""
        return f"{self.host}:{self.port}"


class OwnSink:
    """A sink of ours that runs until it is stopped or killed. It comes back on the port that it had."""

    def __init__(self, options: SinkOptions) -> None:
        self.options = options
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> Address:
        """Where it listens, once it was started."""
        return Address(self.options.host, self.options.port, "ours")

    def start(self) -> None:
        """Start it, and wait until it listens.

        Raises:
            BenchRefused: it ended at once; the text holds what it said.
        """
        command = [sys.executable, "-m", "service.bench.sink", json.dumps(asdict(self.options))]
        self._process = subprocess.Popen(  # noqa: S603  our own program
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise BenchRefused(f"The sink does not start: {self._process.communicate()[1].strip()[-500:]}")
        self.options = replace(self.options, port=json.loads(line)["port"])

    def kill(self) -> None:
        """SIGKILL: no goodbye, no counts."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def stop(self) -> Counts:
        """SIGTERM; give what it counted since it was started."""
        if self._process is None:
            return Counts()
        self._process.send_signal(signal.SIGTERM)
        said = self._process.communicate(timeout=START_SECONDS)[0]
        self._process = None
        return Counts(**json.loads(said))


@contextmanager
def own_sink(options: SinkOptions) -> Iterator[OwnSink]:
    """A sink of ours for as long as the block runs."""
    sink = OwnSink(options)
    sink.start()
    try:
        yield sink
    finally:
        sink.kill()


def postfix_program(name: str) -> str | None:
    """Where smtp-sink or smtp-source is: on the path, or where Debian keeps it."""
    return shutil.which(
        name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/libexec/postfix"])
    )


@contextmanager
def sink_for(given: str, *, wait_ms: int) -> Iterator[Address]:
    """Where to send: to HOST:PORT when that is given, else into smtp-sink, else, or when it must wait, into a sink of ours.

    Raises:
        BenchRefused: `given` is no HOST:PORT, or no sink starts.
    """
    program = postfix_program("smtp-sink")
    if given:
        host, _, port = given.rpartition(":")
        if not host or not port.isdecimal():
            raise BenchRefused(f"{given!r} is not HOST:PORT.")
        yield Address(host, int(port), given)
    elif program is None or wait_ms:
        with own_sink(SinkOptions(wait_ms=wait_ms)) as sink:
            yield sink.address
    else:
        with _smtp_sink(program) as address:
            yield address


@contextmanager
def _smtp_sink(program: str) -> Iterator[Address]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []  # as root it insists
    process = subprocess.Popen([program, *user, f"127.0.0.1:{port}", "200"], process_group=0)  # noqa: S603  a program of Postfix, found by its name
    try:
        _wait_until_open(port, process)
        yield Address("127.0.0.1", port, "smtp-sink")
    finally:
        process.terminate()
        process.wait()


def _wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise BenchRefused("smtp-sink does not start.")
