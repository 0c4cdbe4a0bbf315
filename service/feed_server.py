"""A small web server for a folder of feeds, on this machine only: real HTTP for the demo and for the tests.

It answers as a good source does: with ETag and Last-Modified, and "304 Not Modified" to who has the feed already.
"""

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime, formatdate, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

FEED_ENDINGS = frozenset({".xml", ".rss", ".atom"})
SAMPLE_FEEDS = Path(__file__).parents[1] / "content" / "starter" / "feeds"
_DATE = re.compile(rb"(<pubDate>)([^<]+)(</pubDate>)")

Prepare = Callable[[bytes], bytes]


class _FeedServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = (
        64  # with the usual 5, some of a harvest's connections wait a second to be tried again
    )


def feed_files(folder: Path) -> list[Path]:
    """The feeds of a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in FEED_ENDINGS)


@contextmanager
def serve_feeds(folder: Path, *, port: int = 0, today: datetime | None = None) -> Iterator[str]:
    """Serve the feeds of a folder while the block runs; gives the base URL, without a slash at the end.

    Args:
        folder: its feed files are served at /<name>; nothing else is.
        port: 0 takes one that is free.
        today: moves the dates in RSS feeds by whole days, so that the newest is a few hours old; None leaves them.

    Raises:
        OSError: the port is taken.
    """
    prepare: Prepare = bytes if today is None else (lambda body: moved_dates(body, today=today))
    server = _FeedServer(("127.0.0.1", port), _handler(folder, prepare))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def moved_dates(body: bytes, *, today: datetime) -> bytes:
    """An RSS feed whose newest item is less than a day older than `today`; the distances between items stay."""
    moments = [parsedate_to_datetime(found.group(2).decode("ascii")) for found in _DATE.finditer(body)]
    if not moments:
        return body
    shift = timedelta(days=(today - max(moments)).days)

    def moved(found: re.Match[bytes]) -> bytes:
        moment = parsedate_to_datetime(found.group(2).decode("ascii")) + shift
        return found.group(1) + format_datetime(moment).encode("ascii") + found.group(3)

    return _DATE.sub(moved, body)


def _handler(folder: Path, prepare: Prepare) -> type[BaseHTTPRequestHandler]:
    class FeedHandler(BaseHTTPRequestHandler):
        """Answers GET for the feeds of one folder."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = unquote(urlsplit(self.path).path).lstrip("/")
            path = next((path for path in feed_files(folder) if path.name == name), None)
            if path is None:
                self._answer(404)
                return
            body = prepare(path.read_bytes())
            etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            modified = formatdate(path.stat().st_mtime, usegmt=True)
            asked = self.headers.get("If-None-Match")
            same = asked == etag if asked is not None else self.headers.get("If-Modified-Since") == modified
            headers = {"ETag": etag, "Last-Modified": modified}
            self._answer(304, headers=headers) if same else self._answer(200, body, headers=headers)

        def _answer(self, status: int, body: bytes = b"", *, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            if status == 200:
                self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as the base class has it
            """Say nothing: the harvest reports what came of it."""

    return FeedHandler
