"""A sink: an SMTP server (RFC 5321) that takes every message, throws it away, and remembers that it did.

It runs as a process of its own: `python -m service.bench.sink '{"port": 0, …}'` prints one line of JSON when it listens, and
one with its counts when SIGTERM ends it. What happened to each message is a line in its log, written before the reply leaves: a
killed sink has still said what it took. It knows nothing of the rest of the service, so that it starts quickly.
"""

import asyncio
import json
import os
import re
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from service.bench.faults import Faults, Trouble, read_fault

_MESSAGE_ID = re.compile(rb"(?im)^message-id:[ \t]*(<[^>\r\n]*>)")
_ADDRESS = re.compile(rb"<([^>]*)>")
_END = b"\r\n.\r\n"
GREETING = b"220 sink.invalid ESMTP\r\n"
FEATURES = b"250-sink.invalid\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250 8BITMIME\r\n"


@dataclass(frozen=True)
class SinkOptions:
    """What a sink does. Port 0 takes a free one; `wait_ms` goes by before a message is accepted; no `log`, no memory.

    `faults` are written as `read_fault` takes them.
    """

    port: int = 0
    host: str = "127.0.0.1"
    log: str = ""
    wait_ms: int = 0
    faults: tuple[str, ...] = ()


@dataclass
class Counts:
    """What a sink has seen. `signed` are accepted messages with a DKIM signature, `calendars` those with a part for calendars;
    `bytes` is their size as it came in.
    """

    connections: int = 0
    accepted: int = 0
    refused: int = 0
    lost: int = 0
    signed: int = 0
    calendars: int = 0
    bytes: int = 0


@dataclass
class Sink:
    """What the connections of one server share."""

    options: SinkOptions
    faults: Faults
    log: int | None
    counts: Counts = field(default_factory=Counts)

    def note(self, what: str, message_id: str, recipient: str) -> None:
        """Count, and write it down so that it outlives this process: one write, straight to the kernel."""
        setattr(self.counts, what, getattr(self.counts, what) + 1)
        if self.log is not None:
            os.write(self.log, f"{what}\t{message_id}\t{recipient}\n".encode())


class Conversation(asyncio.Protocol):
    """One connection. Commands that came together are answered together, as RFC 2920 asks."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._faults = sink.faults
        self._buffer = bytearray()
        self._replies: list[bytes] = []
        self._recipients: list[str] = []
        self._in_data = self._busy = self._deaf = False
        self._searched = self._messages = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  a stream server makes no other
        self._transport = transport
        self._sink.counts.connections += 1
        if self._faults.strikes(Trouble.HANG_CONNECT):
            self._deaf = True
        elif self._faults.strikes(Trouble.REFUSE_CONNECT):
            self._end(b"421 4.3.2 Too busy\r\n")
        else:
            transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        """Answer all that has come in."""
        if self._deaf:
            return
        self._buffer += data
        self._work()

    def _work(self) -> None:
        while not (self._busy or self._deaf) and (
            self._take_message() if self._in_data else self._take_command()
        ):
            pass
        if self._replies and not self._transport.is_closing():
            self._transport.write(b"".join(self._replies))
        self._replies.clear()

    def _take_command(self) -> bool:
        end = self._buffer.find(b"\n")
        if end < 0:
            return False
        line = bytes(self._buffer[:end]).strip()
        del self._buffer[: end + 1]
        verb = line[:4].upper()
        answer = self._VERBS.get(verb)
        self._replies.append(answer(self, line) if answer else b"500 5.5.1 What?\r\n")
        return True

    def _hello(self, line: bytes) -> bytes:
        return FEATURES if line[:4].upper() == b"EHLO" else b"250 sink.invalid\r\n"

    def _mail(self, _line: bytes) -> bytes:
        self._recipients.clear()
        if self._faults.strikes(Trouble.HANG_MAIL):
            self._deaf = True
            return b""
        if self._faults.strikes(Trouble.REFUSE_MAIL):
            self._end(b"421 4.3.2 Going down\r\n")
            return b""
        return b"250 2.1.0 Ok\r\n"

    def _rcpt(self, line: bytes) -> bytes:
        found = _ADDRESS.search(line)
        recipient = found[1].decode("utf-8", "replace") if found else ""
        refusal = self._faults.refusal(recipient)
        if refusal:
            self._sink.note("refused", "", recipient)
            return f"{refusal}\r\n".encode()
        self._recipients.append(recipient)
        return b"250 2.1.5 Ok\r\n"

    def _data(self, _line: bytes) -> bytes:
        if not self._recipients:
            return b"554 5.5.1 No valid recipients\r\n"
        self._in_data, self._searched = True, 0
        return b"354 Go ahead\r\n"

    def _reset(self, _line: bytes) -> bytes:
        self._recipients.clear()
        return b"250 2.0.0 Ok\r\n"

    def _noop(self, _line: bytes) -> bytes:
        return b"250 2.0.0 Ok\r\n"

    def _quit(self, _line: bytes) -> bytes:
        self._end(b"221 2.0.0 Bye\r\n")
        return b""

    def _take_message(self) -> bool:
        if self._buffer.startswith(_END[2:]):
            content, rest = b"", len(_END) - 2
        else:
            end = self._buffer.find(_END, self._searched)
            if end < 0:
                self._searched = max(0, len(self._buffer) - len(_END) + 1)
                return False
            content, rest = bytes(self._buffer[: end + 2]), end + len(_END)
        del self._buffer[:rest]
        self._in_data, self._busy = False, True
        if self._sink.options.wait_ms:
            loop = asyncio.get_running_loop()
            loop.call_later(self._sink.options.wait_ms / 1000, self._finish_later, content)
            return False
        self._finish(content)
        return True

    def _finish_later(self, content: bytes) -> None:
        self._finish(
            content
        )  # also for one who has hung up: the message is here, and a mail server keeps what it has
        self._work()

    def _finish(self, content: bytes) -> None:
        """Decide over a message, write it down, and only then answer."""
        self._busy = False
        head = content[: content.find(b"\r\n\r\n") + 2] if b"\r\n\r\n" in content else content
        found = _MESSAGE_ID.search(head)
        message_id = found[1].decode("ascii", "replace") if found else ""
        if self._faults.strikes(Trouble.REFUSE_DATA):
            self._note_all("refused", message_id)
            self._end(b"421 4.3.2 Not now\r\n")
        elif self._faults.strikes(Trouble.HANG_DATA):
            self._note_all("lost", message_id)
            self._deaf = True
        else:
            self._accept(message_id, content, head)

    def _accept(self, message_id: str, content: bytes, head: bytes) -> None:
        counts = self._sink.counts
        counts.bytes += len(content)
        counts.signed += b"\nDKIM-Signature:" in head or head.startswith(b"DKIM-Signature:")
        counts.calendars += b"\nContent-Type: text/calendar;" in content
        self._note_all("accepted", message_id)
        self._messages += 1
        if self._faults.strikes(Trouble.LOSE):
            self._note_all("lost", message_id)
            self._end(b"", at_once=True)
        elif self._faults.closes_after(self._messages):
            self._end(b"250 2.0.0 Ok, and goodbye\r\n")
        else:
            self._replies.append(b"250 2.0.0 Ok\r\n")

    def _note_all(self, what: str, message_id: str) -> None:
        for recipient in self._recipients:
            self._sink.note(what, message_id, recipient)

    def _end(self, reply: bytes, *, at_once: bool = False) -> None:
        """Say the last word and close; `at_once` says nothing and drops the connection."""
        self._deaf = True
        if at_once:
            self._transport.abort()
            return
        if not self._transport.is_closing():
            self._transport.write(b"".join([*self._replies, reply]))
        self._replies.clear()
        self._transport.close()

    _VERBS: dict[bytes, Callable[["Conversation", bytes], bytes]] = {  # noqa: RUF012  never changed
        b"EHLO": _hello,
        b"HELO": _hello,
        b"MAIL": _mail,
        b"RCPT": _rcpt,
        b"DATA": _data,
        b"RSET": _reset,
        b"NOOP": _noop,
        b"QUIT": _quit,
    }


def run_sink(options: SinkOptions, *, say: Callable[[str], object]) -> None:
    """Take messages until SIGTERM or SIGINT. `say` gets a line of JSON when it listens, and one with the counts at the end.

    Raises:
        OSError: the port is taken, or the log cannot be written.
        ValueError: a fault that there is not.
    """
    log = None
    if options.log:
        log = os.open(options.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    sink = Sink(options, Faults(map(read_fault, options.faults)), log)
    asyncio.run(_serve(sink, say))
    say(json.dumps(asdict(sink.counts)))


async def _serve(sink: Sink, say: Callable[[str], object]) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    listening = socket.create_server((sink.options.host, sink.options.port), backlog=200)  # with SO_REUSEADDR
    server = await loop.create_server(lambda: Conversation(sink), sock=listening)
    say(json.dumps({"host": sink.options.host, "port": listening.getsockname()[1]}))
    await ended.wait()
    server.close()


def read_log(path: Path) -> list[tuple[str, str, str]]:
    """What sinks wrote into this log: (accepted, refused or lost; Message-ID; recipient). A torn last line is left out."""
    if not path.exists():
        return []
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0].split("\n")
    return [
        (parts[0], parts[1], parts[2]) for parts in (line.split("\t") for line in whole) if len(parts) == 3
    ]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    run_sink(SinkOptions(**{**given, "faults": tuple(given.get("faults", ()))}), say=_say)
