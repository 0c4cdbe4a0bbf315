"""`kennispost tag`: JSON Lines in, JSON Lines out, without a database."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from content.tagged_lines import LINE_LIMIT, tag_line, write_line
from content.vocabulary import VOCABULARY, load_vocabulary
from service.cli.failing import stated_failures

FAILED = 1


def tag(
    vocabulary: Annotated[
        Path, typer.Option(help="Another vocabulary file, to try out a change.", show_default=False)
    ] = VOCABULARY,
) -> None:
    """Tag items: {"id","title","summary"} a line on standard input, an answer a line on standard output."""
    with stated_failures():
        terms = load_vocabulary(vocabulary)
    if sys.stdin.isatty():
        typer.echo('Reading lines such as {"id": 1, "title": "…", "summary": "…"}; Ctrl-D ends.', err=True)
    lines = refused = 0
    try:
        for line in _lines(sys.stdin.buffer):
            answer = tag_line(terms, line)
            lines, refused = lines + 1, refused + ("problems" in answer)
            sys.stdout.buffer.write(write_line(answer))
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # the reader left: nothing to flush at exit
        raise typer.Exit(code=FAILED) from None
    if refused:
        typer.echo(f"{refused} of {lines} lines could not be tagged; each says why in `problems`.", err=True)
        raise typer.Exit(code=FAILED)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Each line, cut just over the limit when it is longer."""
    while line := stream.readline(LINE_LIMIT + 2):
        whole = line.endswith(b"\n")
        yield line.rstrip(b"\r\n")
        while not whole and (rest := stream.readline(LINE_LIMIT)):
            whole = rest.endswith(b"\n")
