"""`kennispost mail lint`: what is wrong with a mail, before a reader or a filter finds out."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from content.errors import FetchFailed
from content.fetching import fetch_now
from service.cli.failing import stated_failures
from service.i18n import LANGUAGES
from service.linting.checking import lint_message
from service.linting.findings import Finding, Severity, count, sort_findings
from service.linting.links import Fetch
from service.linting.spamassassin import spam_score
from service.settings import load_settings
from service.visiting import fetch_rules

FAILED, WRONG_USE = 1, 2
STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
mail = typer.Typer(help="Mails, looked at.", no_args_is_help=True)


@mail.callback()
def mails() -> None:
    """Mails, looked at."""


@mail.command()
def lint(
    *,
    files: Annotated[
        list[Path], typer.Argument(help="Messages (.eml); - is standard input.", metavar="FILE…")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help='{"file","findings","errors","warnings"} a line.')
    ] = False,
    links: Annotated[
        bool,
        typer.Option(
            "--links", help="Follow the links too. A link with a token of a reader may do something."
        ),
    ] = False,
    spamassassin: Annotated[
        bool, typer.Option("--spamassassin", help="Add the score of SpamAssassin, where it is installed.")
    ] = False,
    site: Annotated[
        str,
        typer.Option(
            help="Address of a site whose links are trusted as they are: http://localhost:8000 of a demo."
        ),
    ] = "",
    language: Annotated[str, typer.Option(help="nl or en.")] = "en",
) -> None:
    """Say what is wrong with mails: headers, size, text, links, images, colours, structure. Exit 1 on errors."""
    if language not in LANGUAGES:
        typer.echo(f"--language is one of {', '.join(LANGUAGES)}.", err=True)
        raise typer.Exit(code=WRONG_USE)
    failed = False
    with stated_failures():
        fetch = _fetch() if links else None
        for file in files:
            try:
                raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
            except OSError as error:
                failed = True
                _unreadable(file, error, as_json)
                continue
            found = list(lint_message(raw, own=site, fetch=fetch))
            if spamassassin:
                found.append(spam_score(raw))
            line = _line(file, sort_findings(found), language)
            failed = failed or bool(line["errors"])
            typer.echo(json.dumps(line, ensure_ascii=False)) if as_json else _table(line)
    if failed:
        raise typer.Exit(code=FAILED)


def _fetch() -> Fetch:
    rules = fetch_rules(load_settings())

    def fetch(address: str) -> str:
        try:
            fetch_now(address, rules=rules)
        except FetchFailed as error:
            return str(error)
        return ""

    return fetch


def _line(file: Path, findings: tuple[Finding, ...], language: str) -> dict[str, Any]:
    return {
        "file": str(file),
        "findings": [
            {
                "code": one.code,
                "severity": str(one.severity),
                "where": one.where,
                "text": one.said(language),
                "advice": one.advice(language),
            }
            for one in findings
        ],
        "errors": count(findings, Severity.ERROR),
        "warnings": count(findings, Severity.WARNING),
    }


def _unreadable(file: Path, error: OSError, as_json: bool) -> None:
    said = error.strerror or str(error)
    if as_json:
        line = {"file": str(file), "findings": [], "errors": 0, "warnings": 0, "problems": [said]}
        typer.echo(json.dumps(line, ensure_ascii=False))
    else:
        typer.echo(f"{file}: {said}", err=True)


def _table(line: dict[str, Any]) -> None:
    console = Console()
    console.print(
        f"{line['file']}: {line['errors']} errors, {line['warnings']} warnings", markup=False, highlight=False
    )
    table = Table(box=None, pad_edge=False, show_header=False)
    for one in line["findings"]:
        said = f"{one['text']}\n{one['advice']}" + (f"\n{one['where']}" if one["where"] else "")
        table.add_row(one["severity"], one["code"], said, style=STYLES[Severity(one["severity"])])
    if line["findings"]:
        console.print(table, highlight=False)
