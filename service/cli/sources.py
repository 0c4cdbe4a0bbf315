"""`kennispost sources` and `kennispost harvest`: a line of JSON for each source on standard output, notes on standard error."""

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from content.discovering import discover
from content.errors import OpmlUnreadable, SourceRefused
from content.harvest import Recorded, Visit
from content.opml import OPML_LIMIT, Outline, read_opml, write_opml
from content.sources import (
    FetchOutcome,
    Imported,
    Source,
    UrlConfidence,
    add_source,
    import_outlines,
    list_sources,
    set_enabled,
    source_by_key,
)
from service.cli.failing import stated_failures
from service.database import reading, writing
from service.harvesting import harvest_all
from service.preparing import prepare_or_refuse
from service.runtime import Runtime, build_runtime
from service.settings import load_settings
from service.visiting import Target, fetch_rules, target_of, visit_all

FAILED, WRONG_USE = 1, 2
sources = typer.Typer(help="The feeds that are harvested.", no_args_is_help=True)

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
) -> None:
    """Add a feed; it is harvested from now on."""
    with stated_failures():
        runtime = _runtime()
        try:
            with writing(runtime.engine) as session:
                _say(_described(add_source(session, key=key, url=url, name=name, now=runtime.clock())))
        except SourceRefused as error:
            _note(str(error))
            raise typer.Exit(code=WRONG_USE) from error


@sources.command()
def find(address: Annotated[str, typer.Argument(help="Address of a site, or of a page on it.")]) -> None:
    """The feeds of a site, to choose from; nothing is added."""
    with stated_failures():
        for found in discover(address, rules=fetch_rules(load_settings())):
            newest = found.newest.isoformat() if found.newest else None
            _say(dataclasses.asdict(found) | {"newest": newest})


@sources.command("list")
def list_all() -> None:
    """All sources, with how their last visit went."""
    with stated_failures(), reading(_runtime().engine) as session:
        for source in list_sources(session):
            _say(_described(source))


@sources.command()
def check(
    keys: Keys = None,
    enable: Annotated[
        bool,
        typer.Option("--enable", help="Harvest from now on what was never proven and answers with entries."),
    ] = False,
) -> None:
    """Visit sources, enabled or not, and say what they answer. Nothing is harvested."""
    with stated_failures():
        runtime = _runtime()
        with reading(runtime.engine) as session:
            targets = [target_of(source) for source in _chosen(session, keys)]
        visits: list[tuple[Target, Visit]] = []
        rules = fetch_rules(runtime.settings)
        asyncio.run(visit_all(targets, rules=rules, clock=runtime.clock, store=visits.extend))
        for target, visit in sorted(visits, key=lambda pair: pair[0].key):
            enabled = enable and visit.feed is not None and _enable(runtime, target)
            _say(_answer(target, visit) | {"enabled_now": enabled})
        _end(failed=sum(visit.outcome is FetchOutcome.FAILED for _target, visit in visits), of=len(visits))


@sources.command()
def export(
    everything: Annotated[
        bool, typer.Option("--all", help="Also the sources that are switched off.")
    ] = False,
) -> None:
    """All enabled sources as an OPML document, for another feed reader, on standard output."""
    with stated_failures(), reading(_runtime().engine) as session:
        chosen = [source for source in list_sources(session) if everything or source.enabled]
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
            _say({"file": str(file), "problems": [getattr(error, "strerror", None) or str(error)]})
            raise typer.Exit(code=FAILED) from error
        with writing(runtime.engine) as session:
            lines = [_imported(result) for result in import_outlines(session, outlines, now=runtime.clock())]
        for line in lines:
            _say(line)
        _end(failed=sum(line["outcome"] == "refused" for line in lines), of=len(lines))


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
            _say(_harvested(row))
        _note(
            f"{report.new} new items of {report.items} in {report.sources} sources: {report.fetched} fetched, "
            f"{report.unchanged} unchanged, {report.failed} failed; {report.tagged} tagged; {report.seconds:.1f} s."
        )
        if report.failed:
            raise typer.Exit(code=FAILED)


def _runtime() -> Runtime:
    runtime = build_runtime(load_settings())
    prepare_or_refuse(runtime)
    return runtime


def _chosen(session: Any, keys: list[str] | None) -> list[Source]:
    return [source_by_key(session, key) for key in dict.fromkeys(keys)] if keys else list_sources(session)


def _enable(runtime: Runtime, target: Target) -> bool:
    """Whether this source was unproven, and is harvested from now on."""
    with writing(runtime.engine) as session:
        source = source_by_key(session, target.key)
        if source.url_confidence != UrlConfidence.INFERRED:
            return False
        source.url_confidence = UrlConfidence.VERIFIED
        set_enabled(session, source=source, enabled=True)
        return True


def _imported(result: Imported) -> dict[str, Any]:
    line = {"title": result.title, "url": result.url, "outcome": result.outcome}
    problems = [result.problem] if result.outcome == "refused" else []
    return line | ({"key": result.key} if result.key else {}) | {"problems": problems}


def _read_some(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(OPML_LIMIT + 1)


def _described(source: Source) -> dict[str, Any]:
    seen = source.last_ok_at.isoformat() if source.last_ok_at else None
    names = ("key", "name", "url", "enabled", "url_confidence", "failures", "last_problem")
    waits = {
        "next_at": source.not_before.isoformat() if source.not_before else None,
        "why": str(source.wait_why),
    }
    return {name: getattr(source, name) for name in names} | {"last_ok_at": seen} | waits


def _answer(target: Target, visit: Visit) -> dict[str, Any]:
    return {
        "key": target.key,
        "url": target.url,
        "outcome": str(visit.outcome),
        "status": visit.status,
        "bytes": visit.received,
        "title": visit.feed.title if visit.feed else "",
        "entries": len(visit.feed.entries) if visit.feed else 0,
        "problems": [visit.problem] if visit.problem else [],
    }


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


def _say(line: dict[str, Any]) -> None:
    typer.echo(json.dumps(line, ensure_ascii=False))


def _note(text: str) -> None:
    typer.echo(text, err=True)


def _end(*, failed: int, of: int) -> None:
    _note(f"{of - failed} of {of} done, {failed} failed.")
    if failed:
        raise typer.Exit(code=FAILED)
