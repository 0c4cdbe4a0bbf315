"""`kennispost bench harvest`: many feeds, served on loopback by another process; a first harvest and an unchanged one."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any

import typer

from content.feeds import read_feed
from content.sources import add_source
from content.tagging import tag
from content.vocabulary import Vocabulary, load_vocabulary
from service.clock import system_clock
from service.database import open_engine, writing
from service.harvesting import HarvestReport, harvest_all
from service.migrating import migrate
from service.runtime import Runtime
from service.settings import Settings

FIRST_LIMIT, UNCHANGED_LIMIT, ITEM_LIMIT = 90.0, 10.0, 2.0
"""Seconds for 1,000 feeds of 30 items, the first time and unchanged; milliseconds from bytes to a tagged row."""

_SUBJECTS = (
    (
        "Minder lachgas onder jongeren",
        "De gemeente zag het gebruik van lachgas op hangplekken dalen na een verbod.",
    ),
    (
        "Alcohol op sportclubs",
        "Sportclubs schenken later op de dag alcohol en letten op de leeftijd van wie bestelt.",
    ),
    ("Nieuwe wethouder benoemd", "De raad stemde gisteren in met de benoeming; zij begint in januari."),
    ("Vapen op school", "Scholen en de GGD spreken ouders over vapen en snus, met lessen voor de brugklas."),
    (
        "Festival zonder incidenten",
        "Op het festival werd weinig ketamine en xtc gezien, zegt de organisatie.",
    ),
    ("Werk aan de weg", "De rondweg gaat twee weekenden dicht. Omleidingen staan aangegeven."),
)


def harvest(
    feeds: Annotated[int, typer.Option(min=1, help="How many feeds.")] = 1000,
    items: Annotated[int, typer.Option(min=1, max=1000, help="How many items in each.")] = 30,
    database_url: Annotated[
        str, typer.Option(help="An empty database for it; none takes a SQLite file that is thrown away.")
    ] = "",
) -> None:
    """Harvest feeds from loopback, first all of them and then unchanged (304), and print the figures as JSON."""
    with tempfile.TemporaryDirectory() as folder, _served(items) as base:
        settings = Settings(data_dir=Path(folder), database_url=database_url, fetch_allow=["127.0.0.0/8"])
        runtime = Runtime(settings, open_engine(settings), system_clock, load_vocabulary())
        migrate(runtime.engine)
        with writing(runtime.engine) as session:
            for number in range(feeds):
                add_source(session, key=f"bron-{number}", url=f"{base}/{number}", now=runtime.clock())
        began = time.process_time()
        first = harvest_all(runtime, early=True)
        between = time.process_time()
        unchanged = harvest_all(runtime, early=True)
        spent = {
            "first_cpu_seconds": round(between - began, 2),
            "unchanged_cpu_seconds": round(time.process_time() - between, 2),
        }
        runtime.engine.dispose()
    figures = _figures(feeds, items, first, unchanged, runtime.vocabulary) | spent
    typer.echo(json.dumps(figures, ensure_ascii=False))
    if not figures["complete"]:
        raise typer.Exit(code=1)


def _figures(
    feeds: int, items: int, first: HarvestReport, unchanged: HarvestReport, vocabulary: Vocabulary
) -> dict[str, Any]:
    total = feeds * items
    complete = (first.fetched, first.new, unchanged.unchanged) == (feeds, total, feeds)
    return {
        "feeds": feeds,
        "items": total,
        "complete": complete,
        "first_seconds": round(first.seconds, 2),
        "unchanged_seconds": round(unchanged.seconds, 2),
        "item_milliseconds": round(first.seconds * 1000 / total, 3),
        "read_milliseconds": _read_milliseconds(items),
        "tag_milliseconds": _tag_milliseconds(vocabulary),
        "tagged": first.tagged,
        "within_limits": complete
        and first.seconds < FIRST_LIMIT
        and unchanged.seconds < UNCHANGED_LIMIT
        and first.seconds * 1000 / total < ITEM_LIMIT,
        "limits": {
            "first_seconds": FIRST_LIMIT,
            "unchanged_seconds": UNCHANGED_LIMIT,
            "item_milliseconds": ITEM_LIMIT,
        },
        "cores": os.cpu_count(),
    }


def _read_milliseconds(items: int) -> float:
    """Milliseconds for reading one item out of the bytes of a feed: the best of five feeds."""
    body = feed_of(1, items)
    return round(min(_timed(lambda: read_feed(body)) for _ in range(5)) / items, 3)


def _tag_milliseconds(vocabulary: Vocabulary) -> float:
    """Milliseconds for tagging one item: the best of five rounds."""

    def once() -> None:
        for title, summary in _SUBJECTS:
            tag(vocabulary, title=title, summary=summary)

    return round(min(_timed(once) for _ in range(5)) / len(_SUBJECTS), 3)


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def feed_of(number: int, items: int) -> bytes:
    """An RSS feed as the server makes it: some items about substances, some not, each with a guid and a date."""
    entries = "".join(_item(number, item) for item in range(items))
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Bron {number}</title>'
        f"<link>https://bron-{number}.example/</link>{entries}</channel></rss>"
    ).encode()


def _item(number: int, item: int) -> str:
    title, summary = _SUBJECTS[(number + item) % len(_SUBJECTS)]
    return (
        f"<item><title>{title} ({number}.{item})</title><link>https://bron-{number}.example/{item}</link>"
        f"<guid>https://bron-{number}.example/{item}</guid><description>&lt;p&gt;{summary}&lt;/p&gt;</description>"
        f"<pubDate>Mon, 30 Nov 2026 {item % 24:02}:00:00 +0100</pubDate></item>"
    )


@contextmanager
def _served(items: int) -> Iterator[str]:
    """The feeds, served by a process of its own: it takes no time from the one that is measured, but for the cores."""
    command = [sys.executable, "-m", "service.bench.harvest", str(items)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  ourselves
        try:
            assert server.stdout is not None  # noqa: S101  asked for
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def serve(items: int) -> None:
    """Serve feeds at /<number> until it is told to stop; says its address on standard output."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            etag = f'"{self.path}"'
            same = self.headers.get("If-None-Match") == etag
            body = b"" if same else feed_of(int(self.path.strip("/")), items)
            self.send_response(304 if same else 200)
            self.send_header("ETag", etag)
            if not same:
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as the base class has it
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)  # noqa: T201  to the one who measures
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
