"""An SMTP server that says what a test tells it, byte for byte: replies and endings that no real server can be asked for."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Answer = Callable[[str], str | None]
"""From a command (or "." for the end of a message) to the reply; None closes the connection without one."""


@dataclass
class Scripted:
    """What was said to it. `groups` are the pieces in which commands came, `pieces` all that came, `commands` what they
    say, `messages` what was given after DATA."""

    port: int = 0
    extensions: tuple[str, ...] = ("PIPELINING",)
    answer: Answer = lambda command: None
    closes: bool = False
    """Whether it closes the connection after a 421, as RFC 5321, 3.8 has it."""
    groups: list[bytes] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    connections: int = 0


def polite(command: str) -> str:
    """What a server says when all is well."""
    if command == "DATA":
        return "354 go on"
    return "221 bye" if command == "QUIT" else "250 2.0.0 fine"


@contextmanager
def scripted(answer: Answer = polite, **options) -> Iterator[Scripted]:
    """A server on a free port of 127.0.0.1, for as long as the block runs."""
    server = Scripted(answer=answer, **options)
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    threading.Thread(target=_accept, args=[listener, server], daemon=True).start()
    try:
        yield server
    finally:
        listener.close()


def _accept(listener: socket.socket, server: Scripted) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        server.connections += 1
        threading.Thread(target=_serve, args=[connection, server], daemon=True).start()


def _serve(connection: socket.socket, server: Scripted) -> None:
    connection.settimeout(20)
    with connection:
        try:
            connection.sendall(b"220 scripted.example ESMTP\r\n")
            _talk(connection, server)
        except OSError:
            return


def _talk(connection: socket.socket, server: Scripted) -> None:
    left = b""
    in_message = False
    while piece := connection.recv(65_536):
        server.pieces.append(piece)
        if not in_message:
            server.groups.append(piece)
        left += piece
        while True:
            end = b"\r\n.\r\n" if in_message and not left.startswith(b".\r\n") else b"\r\n"
            if end not in left:
                break
            said, left = left.split(end, 1)
            if in_message:
                server.messages.append(b"" if said == b"." else said)
            command = "." if in_message else said.decode()
            server.commands.append(command)
            reply = _reply(server, command)
            if reply is None:
                return
            connection.sendall(reply.encode() + b"\r\n")
            if server.closes and reply.startswith("421"):
                return
            in_message = command == "DATA" and reply.startswith("354")


def _reply(server: Scripted, command: str) -> str | None:
    if command.startswith("EHLO"):
        lines = ["scripted.example", *server.extensions]
        return "\r\n".join(f"250{'-' if line != lines[-1] else ' '}{line}" for line in lines)
    return server.answer(command)
