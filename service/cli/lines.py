"""Lines: JSON for machines on standard output, notes for people on standard error."""

import json
from typing import Any

import typer

FAILED, WRONG_USE = 1, 2
"""Exit codes, beside 0 for done."""


def say(line: dict[str, Any]) -> None:
    """A line of JSON on standard output."""
    typer.echo(json.dumps(line, ensure_ascii=False))


def note(text: str) -> None:
    """A line for people on standard error."""
    typer.echo(text, err=True)


def end(*, failed: int, of: int) -> None:
    """Count what was done, and end with exit code 1 where something failed."""
    note(f"{of - failed} of {of} done, {failed} failed.")
    if failed:
        raise typer.Exit(code=FAILED)
