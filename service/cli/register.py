"""`kennispost register`: the municipalities of a later year."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import select

from service.audit import COMMAND_LINE, Act, note_act
from service.cli.failing import stated_failures
from service.cli.lines import note, say
from service.database import reading, writing
from service.merging import bring_up_to_date
from service.preparing import prepare_or_refuse
from service.runtime import build_runtime
from service.settings import load_settings
from subscribers.merging import Change, compare, read_update
from subscribers.organisations import Organisation

register = typer.Typer(name="register", help="The register of municipalities.", no_args_is_help=True)


@register.callback()
def _group() -> None:
    """The register of municipalities."""


@register.command()
def update(
    file: Annotated[
        Path, typer.Argument(help="CSV with the columns of municipalities.csv, and merged_into if you like.")
    ],
    mergers: Annotated[Path | None, typer.Option(help="CSV with cbs_code and merged_into.")] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Do it. Without this only the changes are shown.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each change.")] = False,
) -> None:
    """Show what a register of a later year changes and, with --apply, do it. Readers of merged municipalities move along,
    and are written to.
    """
    with stated_failures():
        runtime = build_runtime(load_settings())
        prepare_or_refuse(runtime)
        found = read_update(file, mergers)
        with reading(runtime.engine) as session:
            changes = compare(session.exec(select(Organisation)).all(), found)
        for one in changes:
            say(asdict(one)) if as_json else note(_in_words(one))
        if not apply:
            note(f"{len(changes)} changes. Nothing was done: give --apply to do it.")
            return
        now = runtime.clock()
        with writing(runtime.engine) as session:
            counts = bring_up_to_date(session, found, name=file.name, now=now)
            detail = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
            note_act(
                session,
                actor=COMMAND_LINE,
                action=Act.REGISTER_UPDATED,
                now=now,
                subject=file.name,
                detail=detail,
            )
            for one in changes:
                if one.kind == "merged":
                    note_act(
                        session, actor=COMMAND_LINE, action=Act.READERS_MOVED, now=now,
                        subject=one.cbs_code, detail=f"{one.was} → {one.becomes}",
                    )  # fmt: skip
        note(f"Done: {detail}.")


def _in_words(one: Change) -> str:
    match one.kind:
        case "new":
            return f"new         {one.cbs_code} {one.name}"
        case "left":
            return f"left        {one.cbs_code} {one.name}: say in merged_into where it went"
        case "merged":
            return f"merged      {one.cbs_code} {one.was} is part of {one.becomes}; its readers move along"
        case kind:
            return f"{kind:<11} {one.cbs_code} {one.name}: {one.was} → {one.becomes}"
