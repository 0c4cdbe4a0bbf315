"""`kennispost subscribers`: files in and out. With --json a line for each line of the file, and one for the whole."""

import sys
from contextlib import ExitStack
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlmodel import col, select

from service.audit import COMMAND_LINE, Act, note_act
from service.cli.failing import stated_failures
from service.cli.lines import FAILED, WRONG_USE, note, say
from service.clock import AMSTERDAM
from service.database import reading, writing
from service.importing import Tell, carry_on
from service.preparing import prepare_or_refuse
from service.runtime import Runtime, build_runtime
from service.settings import load_settings
from subscribers.exporting import as_csv, as_workbook, subscriber_rows
from subscribers.imports import (
    Basis,
    BasisKind,
    Import,
    ImportLine,
    ImportState,
    begin_check,
    begin_import,
    begin_run,
    begin_undo,
    drop_import,
    import_by_id,
)
from subscribers.people import Stream, SubscriberState
from subscribers.sheets import read_sheet

subscribers = typer.Typer(name="subscribers", help="Subscribers, in and out.", no_args_is_help=True)

PHASES = {
    ImportState.CHECKING: "Looking",
    ImportState.RUNNING: "Importing",
    ImportState.UNDOING: "Undoing",
}


class Format(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    XLSX = "xlsx"


@subscribers.command("import")
def take_in(  # noqa: PLR0917  they are options of a command
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, in any order and with any delimiter.")],
    basis: Annotated[BasisKind, typer.Option(help="On which legal ground these people are mailed.")],
    basis_text: Annotated[str, typer.Option(help="That ground in words: who said yes to what, and where.")],
    basis_date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Since when it holds.")],
    stream: Annotated[list[Stream] | None, typer.Option(help="What new readers get (monthly).")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="NAME=FIELD where the guess is wrong; FIELD may be empty.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="A line of JSON for each line of the file.")
    ] = False,
) -> None:
    """Import subscribers. Who left, and who must not be mailed, is never brought back. Exit 1 where lines were refused."""
    with stated_failures():
        runtime = _begin()
        sheet = read_sheet(_content(file))
        ground = Basis(basis, basis_text, basis_date.date())
        now = runtime.clock()
        with writing(runtime.engine) as session:
            made = begin_import(session, name=file.name, sheet=sheet, by=COMMAND_LINE, now=now)
            begin_check(
                session,
                made,
                mapping=_mapping(made, column or []),
                basis=ground,
                streams=stream or [Stream.MONTHLY],
                today=now.astimezone(AMSTERDAM).date(),
            )
        found = _watched(runtime, made.id or 0, quiet=as_json)
        if not dry_run:
            with writing(runtime.engine) as session:
                begin_run(session, import_by_id(session, found.id or 0))
                note_act(
                    session,
                    actor=COMMAND_LINE,
                    action=Act.IMPORT_RUN,
                    now=now,
                    subject=found.source,
                    detail=file.name,
                )
            found = _watched(runtime, found.id or 0, quiet=as_json)
        _tell(runtime, found, as_json=as_json)
        if dry_run:
            with writing(runtime.engine) as session:
                drop_import(session, import_by_id(session, found.id or 0))
    if found.counts.get("refused"):
        raise typer.Exit(code=FAILED)


@subscribers.command()
def undo(
    number: Annotated[int, typer.Argument(help="Of the import.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Undo an import: all that is still as it left it. Exit 1 where something could not be undone."""
    with stated_failures():
        runtime = _begin()
        with writing(runtime.engine) as session:
            found = import_by_id(session, number)
            begin_undo(session, found)
            note_act(
                session,
                actor=COMMAND_LINE,
                action=Act.IMPORT_UNDONE,
                now=runtime.clock(),
                subject=found.source,
            )
        found = _watched(runtime, number, quiet=as_json)
        _tell(runtime, found, as_json=as_json)
    if found.counts.get("kept") or found.counts.get("stopped"):
        raise typer.Exit(code=FAILED)


@subscribers.command("export")
def hand_out(
    file: Annotated[Path, typer.Argument(help="Where to write; - is standard output.")],
    kind: Annotated[
        Format | None, typer.Option("--format", help="By the name of the file, else csv.")
    ] = None,
    state: Annotated[SubscriberState | None, typer.Option(help="Only these.")] = None,
) -> None:
    """Export subscribers. A cell that a spreadsheet would run as a formula gets an apostrophe; an import takes it away."""
    with stated_failures():
        runtime = _begin()
        chosen = kind or (Format.XLSX if file.suffix.lower() == ".xlsx" else Format.CSV)
        with writing(runtime.engine) as session:
            note_act(session, actor=COMMAND_LINE, action=Act.EXPORTED, now=runtime.clock(), detail=chosen)
        with reading(runtime.engine) as session, ExitStack() as stack:
            lines = subscriber_rows(session, state=state)
            parts = as_csv(lines) if chosen is Format.CSV else iter([as_workbook(lines)])
            out = sys.stdout.buffer if str(file) == "-" else stack.enter_context(_made(file))
            for part in parts:
                out.write(part)


def _begin() -> Runtime:
    runtime = build_runtime(load_settings())
    prepare_or_refuse(runtime)
    return runtime


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        note(f"{file} cannot be read: {error.strerror}.")
        raise typer.Exit(code=WRONG_USE) from error


def _made(file: Path):  # type: ignore[no-untyped-def]  # an open file
    try:
        return file.open("wb")
    except OSError as error:
        note(f"{file} cannot be written: {error.strerror}.")
        raise typer.Exit(code=WRONG_USE) from error


def _mapping(made: Import, chosen: list[str]) -> list[str]:
    mapping = list(made.mapping)
    for one in chosen:
        name, sign, field = one.rpartition("=")
        if not sign or name not in made.columns:
            note(f"--column {one}: the file has the columns {', '.join(made.columns)}.")
            raise typer.Exit(code=WRONG_USE)
        mapping[made.columns.index(name)] = field
    return mapping


def _watched(runtime: Runtime, number: int, *, quiet: bool) -> Import:
    """Go on with an import to its end, behind a bar where there is a terminal."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        return carry_on(runtime, number)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        return carry_on(runtime, number, tell=_bar(bar))


def _bar(bar: Progress) -> Tell:
    task = bar.add_task("", total=None)

    def tell(found: Import) -> None:
        moving = found.state in PHASES
        done = min(max(0, found.position - 1), found.lines) if moving else found.lines
        name = PHASES.get(ImportState(found.state), found.state.capitalize())
        bar.update(task, description=name, total=found.lines, completed=done)

    return tell


def _tell(runtime: Runtime, found: Import, *, as_json: bool) -> None:
    whole = {"import": found.id, "file": found.name, "state": found.state, "lines": found.lines} | {
        "counts": found.counts
    }
    if not as_json:
        figures = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(found.counts.items()))
        note(f"Import {found.id}: {found.lines:,} lines, {figures}.")
    with reading(runtime.engine) as session:
        wanted = select(ImportLine).where(ImportLine.import_id == found.id).order_by(col(ImportLine.number))
        if not as_json:
            wanted = wanted.where(ImportLine.outcome == "refused").limit(20)
        for line in session.exec(wanted):
            one = {"line": line.number, "outcome": line.outcome, "why": line.why, "detail": line.detail}
            if as_json:
                say(one)
            else:
                note(f"  line {line.number}: {line.why} {line.detail}")
    if as_json:
        say(whole)
