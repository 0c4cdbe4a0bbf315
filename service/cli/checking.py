"""`kennispost sources check`, `enable` and `disable`: see live what a source answers, field by field, before it is trusted."""

import sys
from typing import Annotated, Any

import typer

from content.connectors.looking import Look
from content.errors import UnknownSource
from content.sources import (
    Source,
    SourceKind,
    UrlConfidence,
    list_sources,
    set_enabled,
    source_by_key,
)
from service.cli.failing import stated_failures
from service.cli.lines import FAILED, WRONG_USE, end, note, say
from service.cli.tables import show_look
from service.database import reading, writing
from service.looking import look_at_all
from service.preparing import prepare_or_refuse
from service.runtime import Runtime, build_runtime
from service.settings import load_settings

Keys = Annotated[
    list[str] | None, typer.Argument(help="Keys of sources; none means all.", show_default=False)
]
Key = Annotated[str, typer.Argument(help="Key of a source.")]


def check(
    keys: Keys = None,
    turn_on: Annotated[
        bool, typer.Option("--enable", help="Visit from now on what was never proven and can be read.")
    ] = False,
    as_json: Annotated[
        bool | None,
        typer.Option("--json/--table", help="JSON Lines, or tables; tables by itself at a terminal."),
    ] = None,
) -> None:
    """Visit sources, enabled or not, and say field by field what was found. Nothing is stored."""
    with stated_failures():
        runtime = _runtime()
        lines = [_line(source, one) for source, one in look_at_all(runtime, _chosen(runtime, keys))]
        for line in lines:
            line["enabled_now"] = turn_on and line["outcome"] == "ok" and _prove(runtime, line["key"])
            show = say if as_json or (as_json is None and not sys.stdout.isatty()) else show_look
            show(line)
        end(failed=sum(_is_wanting(line) for line in lines), of=len(lines))


def enable(key: Key) -> None:
    """Visit a source from now on. One that was never seen to answer is looked at first, and must be readable."""
    with stated_failures():
        runtime = _runtime()
        (source,) = _chosen(runtime, [key])
        if source.url_confidence == UrlConfidence.INFERRED:
            ((_source, one),) = look_at_all(runtime, [source])
            if not one.answers:
                note(f"{key} was never seen to answer, and cannot be read now: {' '.join(one.problems)}")
                raise typer.Exit(code=FAILED)
        _switch(runtime, key, enabled=True)
        say({"key": key, "enabled": True})


def disable(key: Key) -> None:
    """No longer visit a source. What it brought stays."""
    with stated_failures():
        runtime = _runtime()
        _chosen(runtime, [key])
        _switch(runtime, key, enabled=False)
        say({"key": key, "enabled": False})


def _runtime() -> Runtime:
    runtime = build_runtime(load_settings())
    prepare_or_refuse(runtime)
    return runtime


def _chosen(runtime: Runtime, keys: list[str] | None) -> list[Source]:
    with reading(runtime.engine) as session:
        try:
            found = [source_by_key(session, key) for key in dict.fromkeys(keys or ())] or list_sources(
                session
            )
        except UnknownSource as error:
            note(str(error))
            raise typer.Exit(code=WRONG_USE) from error
        session.expunge_all()
        return found


def _line(source: Source, one: Look) -> dict[str, Any]:
    names = ("title", "status", "listed", "declared_total", "records")
    return {
        "key": source.key,
        "kind": str(source.kind),
        "url": source.url,
        "outcome": "ok" if one.answers else "failed",
        **{name: getattr(one, name) for name in names},
        "entries": one.records,
        "fields": [
            {"name": each.name, "found": each.found, "sample": each.sample, "optional": each.optional}
            for each in one.fields
        ],
        "missing": list(one.missing),
        "unknown": dict(one.unknown),
        "problems": list(one.problems),
    }


def _is_wanting(line: dict[str, Any]) -> bool:
    """Whether a source cannot be read, or, of a database, a field is nowhere found that should be."""
    return line["outcome"] == "failed" or (line["kind"] == SourceKind.DATABASE and bool(line["missing"]))


def _prove(runtime: Runtime, key: str) -> bool:
    """Whether this source was unproven, and is visited from now on."""
    with reading(runtime.engine) as session:
        if source_by_key(session, key).url_confidence != UrlConfidence.INFERRED:
            return False
    _switch(runtime, key, enabled=True)
    return True


def _switch(runtime: Runtime, key: str, *, enabled: bool) -> None:
    with writing(runtime.engine) as session:
        source = source_by_key(session, key)
        if enabled:
            source.url_confidence = UrlConfidence.VERIFIED
        set_enabled(session, source=source, enabled=enabled)
