"""Telling: progress on standard error, the result on standard output."""

import json
from collections.abc import Mapping

import typer


def tell(line: str) -> None:
    """A line of progress."""
    typer.echo(line, err=True)


def give(result: Mapping[str, object]) -> None:
    """The result, one JSON object."""
    typer.echo(json.dumps(result, ensure_ascii=False))
