"""`kennispost sources` and `kennispost harvest`: a line of JSON for each source on standard output, notes on standard error."""

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from content.discovering import discover
from content.errors import OpmlUnreadable, SourceRefused
from content.harvest import Recorded
from content.opml import OPML_LIMIT, Outline, read_opml, write_opml
from content.outlines import Imported, import_outlines
from content.sources import (
    Rights,
    Source,
    SourceKind,
    add_source,
    list_sources,
)
from service.cli.checking import check, disable, enable
from service.cli.failing import stated_failures
from service.cli.lines import FAILED, WRONG_USE, end, note, say
from service.database import reading, writing
from service.harvesting import harvest_all
from service.preparing import prepare_or_refuse
from service.runtime import Runtime, build_runtime
from service.settings import load_settings
from service.visiting import fetch_rules

sources = typer.Typer(
    help="Feeds, documents and databases: what is harvested and crawled.", no_args_is_help=True
)

Keys = Annotated[
    list[str] | None, typer.Argument(help="Keys of sources; none means all.", show_default=False)
]


@sources.command()
def add(
    key: Annotated[
        str, typer.Argument(help="Name on the command line: lower case letters, digits and hyphens.")
    ],
    url: Annotated[str, typer.Argument(help="Web address of the feed.")],
    name: Annotated[str, typer.Option(help="Name for readers; empty takes the feed's own title.")] = "",
    quote: Annotated[
        bool,
        typer.Option("--quote", help="All rights reserved: keep no more of its texts than quoting allows."),
    ] = False,
) -> None:
    """Add a feed; it is harvested from now on."""
    with stated_failures():
        runtime = _runtime()
        try:
            rights = Rights.QUOTE if quote else Rights.OPEN
            with writing(runtime.engine) as session:
                say(
                    _described(
                        add_source(session, key=key, url=url, name=name, rights=rights, now=runtime.clock())
                    )
                )
        except SourceRefused as error:
            note(str(error))
            raise typer.Exit(code=WRONG_USE) from error


sources.command()(check)
sources.command()(enable)
sources.command()(disable)


@sources.command()
def find(address: Annotated[str, typer.Argument(help="Address of a site, or of a page on it.")]) -> None:
    """The feeds of a site, to choose from; nothing is added."""
    with stated_failures():
        for found in discover(address, rules=fetch_rules(load_settings())):
            newest = found.newest.isoformat() if found.newest else None
            say(dataclasses.asdict(found) | {"newest": newest})


@sources.command("list")
def list_all() -> None:
    """All sources, with how their last visit went."""
    with stated_failures(), reading(_runtime().engine) as session:
        for source in list_sources(session):
            say(_described(source))


@sources.command()
def export(
    everything: Annotated[bool, typer.Option("--all", help="Also the feeds that are switched off.")] = False,
) -> None:
    """All enabled feeds as an OPML document, for another feed reader, on standard output."""
    with stated_failures(), reading(_runtime().engine) as session:
        feeds = [source for source in list_sources(session) if source.kind == SourceKind.FEED]
        chosen = [source for source in feeds if everything or source.enabled]
        outlines = [Outline(source.name, source.url, source.home_url) for source in chosen]
    typer.echo(write_opml(outlines, title="Kennispost").decode(), nl=False)


@sources.command("import-opml")
def import_opml(file: Annotated[Path, typer.Argument(help="The file that a feed reader exported.")]) -> None:
    """Add the feeds of an OPML file; those that are there already stay as they are."""
    with stated_failures():
        runtime = _runtime()
        try:
            outlines = read_opml(_read_some(file))
        except (OSError, OpmlUnreadable) as error:
            say({"file": str(file), "problems": [getattr(error, "strerror", None) or str(error)]})
            raise typer.Exit(code=FAILED) from error
        with writing(runtime.engine) as session:
            lines = [_imported(result) for result in import_outlines(session, outlines, now=runtime.clock())]
        for line in lines:
            say(line)
        end(failed=sum(line["outcome"] == "refused" for line in lines), of=len(lines))


def harvest(
    keys: Keys = None,
    every: Annotated[
        bool,
        typer.Option(
            "--all", help="Also sources whose time has not come, unless they asked us to stay away."
        ),
    ] = False,
) -> None:
    """Visit the sources whose time has come, or the ones that are named, and store and tag what is new."""
    with stated_failures():
        report = harvest_all(_runtime(), only=keys or None, early=every)
        for row in report.visits:
            say(_harvested(row))
        note(
            f"{report.new} new items of {report.items} in {report.sources} sources: {report.fetched} fetched, "
            f"{report.unchanged} unchanged, {report.failed} failed; {report.tagged} tagged; {report.seconds:.1f} s."
        )
        if report.failed:
            raise typer.Exit(code=FAILED)


def _runtime() -> Runtime:
    runtime = build_runtime(load_settings())
    prepare_or_refuse(runtime)
    return runtime


def _imported(result: Imported) -> dict[str, Any]:
    line = {"title": result.title, "url": result.url, "outcome": result.outcome}
    problems = [result.problem] if result.outcome == "refused" else []
    return line | ({"key": result.key} if result.key else {}) | {"problems": problems}


def _read_some(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(OPML_LIMIT + 1)


def _described(source: Source) -> dict[str, Any]:
    seen = source.last_ok_at.isoformat() if source.last_ok_at else None
    names = ("key", "kind", "name", "url", "enabled", "url_confidence", "rights", "failures", "last_problem")
    waits = {
        "next_at": source.not_before.isoformat() if source.not_before else None,
        "why": str(source.wait_why),
    }
    return {name: getattr(source, name) for name in names} | {"last_ok_at": seen} | waits


def _harvested(row: Recorded) -> dict[str, Any]:
    return {
        "key": row.key,
        "outcome": str(row.outcome),
        "status": row.status,
        "entries": row.entries,
        "new": row.stored.new,
        "changed": row.stored.changed,
        "tagged": row.stored.tagged,
        "problems": [row.problem] if row.problem else [],
    }
