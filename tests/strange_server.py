"""A real web server on loopback that answers as a test tells it to: wrong, slowly, for ever, or too much."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class StrangeServer:
    """`answers` by path; `requests` keeps the path and headers of what was asked; `stopping` ends slow answers."""

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def on(self, path: str, answer: Answer) -> str:
        """Answer this path like this from now on; gives its address."""
        self.answers[path] = answer
        return self.url + path


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = (
        64  # with the usual 5, some of a harvest's connections wait a second to be tried again
    )


@contextmanager
def strange_server(host: str = "127.0.0.1") -> Iterator[StrangeServer]:
    strange = StrangeServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.close_connection = True
            strange.requests.append(
                (self.path, {name.lower(): value for name, value in self.headers.items()})
            )
            with suppress(BrokenPipeError, ConnectionResetError):
                strange.answers.get(self.path, with_status(404))(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as the base class has it
            pass

    server = _Server((host, 0), Handler)
    strange.url = f"http://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield strange
    finally:
        strange.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def with_body(body: bytes, *, kind: str = "application/rss+xml", status: int = 200, **headers: str) -> Answer:
    """A whole answer; headers are given with underscores."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def with_status(status: int, **headers: str) -> Answer:
    """An answer without a feed."""
    return with_body(b"nothing here", kind="text/plain", status=status, **headers)


def redirecting(target: str, *, status: int = 302) -> Answer:
    """A redirect."""
    return with_status(status, Location=target)


def streaming(piece: bytes, times: int, *, pause: float = 0.0, **headers: str) -> Answer:
    """A body without a declared length: a piece, many times, slowly or fast. It ends when the reader goes away."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/rss+xml")
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Connection", "close")
        handler.end_headers()
        for _time in range(times):
            handler.wfile.write(piece)
            handler.wfile.flush()
            if pause:
                time.sleep(pause)

    return answer


def silent(server: StrangeServer) -> Answer:
    """Accepts, and then says nothing until the test is over."""
    return lambda _handler: bool(server.stopping.wait(30)) and None


def bomb(size: int) -> bytes:
    """A gzip body that unpacks to this many zeros."""
    return gzip.compress(bytes(size), compresslevel=9)


def rss(*items: str, title: str = "Bron", encoding: str = "utf-8") -> bytes:
    """An RSS feed with these items, each the inside of its tag."""
    inside = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<rss version="2.0"><channel><title>{title}</title>'
        f"<link>https://bron.example/</link>{inside}</channel></rss>"
    ).encode(encoding)


def rss_item(number: int, title: str = "", summary: str = "Jongeren gebruiken minder lachgas.") -> str:
    """The inside of an item with a guid of its own."""
    return (
        f"<title>{title or f'Bericht {number} over lachgas'}</title><link>https://bron.example/{number}</link>"
        f"<guid>bericht-{number}</guid><pubDate>Mon, 30 Nov 2026 10:{number % 60:02}:00 +0100</pubDate>"
        f"<description>{summary}</description>"
    )
