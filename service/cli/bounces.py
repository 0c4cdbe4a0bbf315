"""`kennispost bounces`: tell what messages are that came back, and take in those of the mailbox that bounces go to."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from service.cli.failing import stated_failures
from service.feedback.classifying import Finding, classify
from service.feedback.intake import fetch_returned
from service.feedback.reading import LARGEST
from service.runtime import build_runtime
from service.settings import load_settings

FAILED = 1
STDIN = "-"

bounces = typer.Typer(help="Undeliverable mail, complaints and answers that came back.", no_args_is_help=True)


@bounces.command("classify")
def classify_files(
    files: Annotated[
        list[str],
        typer.Argument(help="Messages, folders of messages, or - for one message on standard input."),
    ],
) -> None:
    """Print a line of JSON for each message: file, kind, status, recipient, reason; `problems` where it cannot be read."""
    lines = unread = 0
    try:
        for name in _each(files):
            line = _line(name)
            lines, unread = lines + 1, unread + ("problems" in line)
            sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # the reader left: nothing to flush at exit
        raise typer.Exit(code=FAILED) from None
    if unread:
        typer.echo(f"{unread} of {lines} files could not be read; each says why in `problems`.", err=True)
        raise typer.Exit(code=FAILED)


@bounces.command("fetch")
def fetch() -> None:
    """Take in all that waits in the mailbox of KENNISPOST_BOUNCES, once; what was done with it, as a line of JSON."""
    with stated_failures():
        runtime = build_runtime(load_settings())
        report = fetch_returned(runtime)
    typer.echo(json.dumps({**report.done, "known": report.known, "failed": report.failed}))
    if report.failed:
        raise typer.Exit(code=FAILED)


def _each(names: list[str]) -> Iterator[str]:
    """The files, and those in the folders, each folder in order."""
    for name in names:
        if name == STDIN or not Path(name).is_dir():
            yield name
            continue
        for folder, folders, inside in os.walk(name):
            folders.sort()
            yield from (str(Path(folder) / file) for file in sorted(inside))


def _line(name: str) -> dict[str, object]:
    try:
        found = classify(_read(name))
    except OSError as error:
        return _as_line(name, Finding.unread()) | {"problems": [error.strerror or str(error)]}
    return _as_line(name, found)


def _as_line(name: str, found: Finding) -> dict[str, object]:
    return {
        "file": name,
        "kind": str(found.kind),
        "status": found.status,
        "recipient": found.recipient,
        "reason": found.reason,
    }


def _read(name: str) -> bytes:
    """The start of a message: as much as is looked at."""
    if name == STDIN:
        return sys.stdin.buffer.read(LARGEST)
    with Path(name).open("rb") as file:
        return file.read(LARGEST)
