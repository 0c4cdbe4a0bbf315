"""`kennispost feeds parse`: files in, a line of JSON for each on standard output; no database, no network."""

import json
import os
import stat
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from content.apart import ReadingProcess
from content.entries import Entry
from content.identity import identity_of
from content.reading import Reading

FAILED = 1
LIMIT = 15 * 1024 * 1024
SECONDS = 10.0  # a person waits
feeds = typer.Typer(help="Feeds in files.", no_args_is_help=True)


@feeds.callback()
def described() -> None:
    """Feeds in files."""


@feeds.command(
    epilog=(
        "`format` is one of: rss 0.90, rss 0.91, rss 0.92, rss 0.93, rss 0.94, rss 2.0, rss (no version given), "
        "rdf (RSS 1.0), atom 0.1, atom 0.2, atom 0.3, atom 1.0, atom, cdf, json feed 1, json feed 1.1, "
        "or null when it is no feed or is refused. Exit code 0: each file holds a feed, perhaps with problems. "
        "1: one or more could not be read, are refused or hold no feed. 2: wrong use."
    )
)
def parse(
    files: Annotated[
        list[str], typer.Argument(help="Files to read; - is standard input.", show_default=False)
    ],
    base: Annotated[str, typer.Option(help="Address that the files came from, for relative links.")] = "",
) -> None:
    """Read feeds: {"file","format","entries":[{"id","title","link","published","summary"}],"problems"} a line for each file."""
    failed = 0
    with ReadingProcess(seconds=SECONDS) as apart:
        for name in files:
            line = _line(apart, name, base=base)
            failed += line["format"] is None
            try:
                sys.stdout.buffer.write(
                    json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
                )
                sys.stdout.buffer.flush()
            except BrokenPipeError:
                os.dup2(
                    os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
                )  # the reader left: nothing to flush
                raise typer.Exit(code=FAILED) from None
    if failed:
        typer.echo(
            f"{failed} of {len(files)} files hold no feed that can be read; each says why in `problems`.",
            err=True,
        )
        raise typer.Exit(code=FAILED)


def _line(apart: ReadingProcess, name: str, *, base: str) -> dict[str, Any]:
    shown = os.fsencode(name).decode("utf-8", "replace")
    try:
        body = _content(name)
    except (OSError, ValueError) as error:
        return _answer(
            shown, Reading(None, (f"The file cannot be read: {getattr(error, 'strerror', None) or error}.",))
        )
    if len(body) > LIMIT:
        return _answer(shown, Reading(None, ("The file is larger than 15 MiB; it was not read.",)))
    return _answer(shown, apart.read(body, url=base))


def _content(name: str) -> bytes:
    """The file, up to a byte over the limit. Anything but a file could wait or go on for ever."""
    if name == "-":
        return _some(sys.stdin.buffer)
    if not stat.S_ISREG(Path(name).stat().st_mode):
        raise ValueError("it is not a file")
    with Path(name).open("rb") as stream:
        return _some(stream)


def _some(stream: BinaryIO) -> bytes:
    return stream.read(LIMIT + 1)


def _answer(name: str, reading: Reading) -> dict[str, Any]:
    feed = reading.feed
    return {
        "file": name,
        "format": feed.format if feed else None,
        "entries": [_entry(entry) for entry in feed.entries] if feed else [],
        "problems": list(reading.problems),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": identity_of(entry),
        "title": entry.title,
        "link": entry.link,
        "published": _moment(entry.published_at),
        "summary": entry.summary,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
