"""`kennispost dkim`: make, show and check the keys that sign."""

import json
import re
from enum import StrEnum
from typing import Annotated, Any

import typer

from service.cli.failing import stated_failures
from service.clock import system_clock
from service.mailing.dkim import Key
from service.mailing.dkim_check import dns_lookup, faults_of
from service.mailing.dkim_keys import (
    all_keys,
    key_file,
    load_key,
    new_key,
    record_of,
    signing_domain,
    too_open,
)
from service.settings import Settings, load_settings
from service.values import SELECTOR

FAILED, WRONG_USE = 1, 2
dkim = typer.Typer(help="The keys that sign mail (DKIM).", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="A line of JSON for each key.")]


class Algorithm(StrEnum):
    """How a key signs."""

    RSA = "rsa"
    ED25519 = "ed25519"


@dkim.command()
def new(
    selector: Annotated[
        str,
        typer.Option(help="Name of the key in the DNS; empty makes one of the month.", show_default=False),
    ] = "",
    algorithm: Annotated[Algorithm, typer.Option(help="ed25519 is for a second signature.")] = Algorithm.RSA,
    as_json: AsJson = False,
) -> None:
    """Make a key, and print the record to publish. A key that is there already is never overwritten."""
    with stated_failures():
        settings = load_settings()
        chosen = selector or f"k{system_clock():%Y%m}"
        if not re.match(SELECTOR, chosen):
            typer.echo("A selector has lower case letters, digits and hyphens, 63 at most.", err=True)
            raise typer.Exit(code=WRONG_USE)
        signing_domain(settings)
        _print(settings, new_key(settings, selector=chosen, algorithm=algorithm.value), as_json)
        if not as_json:
            typer.echo(
                f"Publish it, wait until `kennispost dkim check {chosen}` is content, then let it sign: "
                f"KENNISPOST_DKIM_{'' if algorithm is Algorithm.RSA else 'SECOND_'}SELECTOR={chosen}",
                err=True,
            )


@dkim.command()
def show(as_json: AsJson = False) -> None:
    """The keys that are there, which of them sign, and what to publish for each."""
    with stated_failures():
        settings = load_settings()
        for key in all_keys(settings):
            _print(settings, key, as_json)


@dkim.command()
def check(
    selector: Annotated[
        str, typer.Argument(help="None means the keys that sign by the settings.", show_default=False)
    ] = "",
    nameserver: Annotated[
        str, typer.Option(help="Address of the DNS server to ask, rather than this machine's.")
    ] = "",
    port: Annotated[int, typer.Option(help="Port of that server.", min=1, max=65535)] = 53,
) -> None:
    """Ask the DNS whether the keys are published as they should be: {"selector","name","problems"} a line."""
    with stated_failures():
        settings = load_settings()
        wanted = [selector] if selector else _signing(settings)
        if not wanted:
            typer.echo("No key signs: name a selector, or set KENNISPOST_DKIM_SELECTOR.", err=True)
            raise typer.Exit(code=WRONG_USE)
        lookup, failed = dns_lookup(nameserver=nameserver, port=port), False
        for name in wanted:
            expected = record_of(load_key(settings, name), signing_domain(settings))
            problems = [*faults_of(expected, lookup), *_open(settings, name)]
            _say({"selector": name, "name": expected.name, "problems": problems})
            failed = failed or bool(problems)
    if failed:
        raise typer.Exit(code=FAILED)


def _signing(settings: Settings) -> list[str]:
    return [name for name in (settings.dkim_selector, settings.dkim_second_selector) if name]


def _open(settings: Settings, selector: str) -> list[str]:
    file = key_file(settings, selector)
    return [f"Others than its owner can read or write the key: chmod 600 {file}"] if too_open(file) else []


def _print(settings: Settings, key: Key, as_json: bool) -> None:
    record, file = record_of(key, signing_domain(settings)), key_file(settings, key.selector)
    signs = key.selector in _signing(settings)
    if as_json:
        line = {"selector": key.selector, "algorithm": key.algorithm, "signs": signs, "file": str(file)}
        _say(line | {"name": record.name, "value": record.value, "zone": record.zone_line})
        return
    typer.echo(f"{key.selector}  {key.algorithm}  {'signs' if signs else 'does not sign'}  {file}\n")
    typer.echo(f"  In a zone file:\n\n{record.zone_line}\n")
    typer.echo(f"  In a form:\n\nName:  {record.name}\nType:  TXT\nValue: {record.value}\n")


def _say(line: dict[str, Any]) -> None:
    typer.echo(json.dumps(line, ensure_ascii=False))
