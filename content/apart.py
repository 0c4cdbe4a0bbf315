"""Apart: reading a feed in a process of its own, that is stopped when it takes too long or too much memory.

Reading is linear in what we know of, and what is well-formed and small is read where one stands. The rest comes here: a parser
that forgives everything can be led to work for minutes, and a thread cannot be stopped. The process answers in JSON,
so that whoever took it over could not hand anything else to us. `python -m content.apart` is that process.
"""

import dataclasses
import json
import subprocess
import sys
import threading
from datetime import datetime
from types import TracebackType
from typing import Any, BinaryIO

from content.entries import Entry, Feed
from content.reading import NotCalm, Reading, read_document

CALM_SIZE = 1024 * 1024
SECONDS = 20.0
MEMORY = 768 * 1024 * 1024
_LATE = Reading(None, ("Reading the feed took too long; it was stopped.",), "hostile")
_BROKEN = Reading(None, ("Reading the feed broke down; it asks too much.",), "hostile")


class ReadingProcess:
    """A process that reads one document after another; started when it is first needed. Use it in a `with`.

    It may be handed to several threads, which then wait for each other.
    """

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> "ReadingProcess":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._stop()

    def read(self, body: bytes, *, url: str = "", content_type: str = "") -> Reading:
        """What `read_document` says, within the time and the memory; what is small and well-formed is read here and now."""
        if len(body) <= CALM_SIZE:
            try:
                return read_document(body, url=url, content_type=content_type, calm_only=True)
            except NotCalm:
                pass
        with self._lock:
            return self._ask(body, {"url": url, "content_type": content_type, "size": len(body)})

    def _ask(self, body: bytes, about: dict[str, Any]) -> Reading:
        if self._process is None or self._process.poll() is not None:
            self._process = _started()
        late = threading.Event()
        alarm = threading.Timer(self._seconds, _kill, [self._process, late])
        alarm.start()
        try:
            answer = _exchange(self._process, json.dumps(about).encode() + b"\n" + body)
        finally:
            alarm.cancel()
        if answer is None:
            self._stop()
            return _LATE if late.is_set() else _BROKEN
        return answer

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _kill(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _started() -> subprocess.Popen[bytes]:
    """A process that is ready to read: on a busy machine it takes a while to start, and that is no fault of the document."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-W", "ignore", "-m", "content.apart"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None  # noqa: S101  asked for, above
    process.stdout.readline()
    return process


def _exchange(process: subprocess.Popen[bytes], question: bytes) -> Reading | None:
    assert process.stdin is not None  # noqa: S101  asked for, above
    assert process.stdout is not None  # noqa: S101  as above
    try:
        process.stdin.write(question)
        process.stdin.flush()
        return _unpacked(json.loads(process.stdout.readline()))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def packed(reading: Reading) -> dict[str, Any]:
    """A reading as JSON has it."""
    return dataclasses.asdict(reading)


def _unpacked(said: dict[str, Any]) -> Reading:
    feed = said["feed"]
    if feed is not None:
        feed = Feed(
            **feed
            | {
                "entries": tuple(
                    Entry(**entry | {"published_at": _moment(entry)}) for entry in feed["entries"]
                )
            }
        )
    return Reading(feed, tuple(said["problems"]), said["trouble"])


def _moment(entry: dict[str, Any]) -> datetime | None:
    text = entry["published_at"]
    return datetime.fromisoformat(text) if text else None


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Say that we are there, and answer until nobody asks any more."""
    answers.write(b"\n")
    answers.flush()
    while line := questions.readline():
        about = json.loads(line)
        reading = read_document(
            questions.read(about["size"]), url=about["url"], content_type=about["content_type"]
        )
        answers.write(json.dumps(packed(reading), default=datetime.isoformat).encode() + b"\n")
        answers.flush()


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415  not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)
