"""`kennispost bench import`: how long a long list of subscribers takes to come in, by the command that an operator gives."""

import csv
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import openpyxl
import typer
from sqlmodel import func, select

from content.vocabulary import Vocabulary
from service.bench.ending import ended_in_order
from service.bench.stage import Stage, staged
from service.bench.telling import give, tell
from service.database import reading
from service.errors import BenchRefused
from subscribers.organisations import Organisation, OrganisationKind
from subscribers.people import Interest, Subscriber, Subscription


class Kind(StrEnum):
    """What a list is written as."""

    CSV = "csv"
    XLSX = "xlsx"


HEAD = ("Gemeente", "Voornaam", "Achternaam", "E-mailadres", "Taal", "Onderwerpen")
GROUND = (
    "--basis", "consent", "--basis-date", "2026-11-03", "--basis-text",
    "Zij vinkten op het congres van 3 november de nieuwsbrief aan.",
)  # fmt: skip


def bench_import(
    *,
    lines: Annotated[int, typer.Option(help="Lines of the file, each a new reader.", min=1)] = 100_000,
    database: Annotated[
        str,
        typer.Option(
            help="sqlite, postgresql (from its wheel), or a postgresql:// URL to make a database on."
        ),
    ] = "sqlite",
    kind: Annotated[Kind, typer.Option("--format", help="What the file is written as.")] = Kind.CSV,
) -> None:
    """Import a made list with `kennispost subscribers import` in a process of its own, dry run included: a JSON object."""
    with ended_in_order(), staged(database) as stage:
        tell(f"Writing {lines:,} lines.")
        file = _file(stage, lines, kind)
        tell("Importing.")
        figures = _timed(stage, file, lines)
        arrived = _arrived(stage)
    give({"lines": lines, "format": kind, "database": database.partition(":")[0], **figures, **arrived})
    if arrived["readers"] != lines:
        raise typer.Exit(code=1)


def made_lines(vocabulary: Vocabulary, municipalities: list[str], number: int) -> Iterator[tuple[str, ...]]:
    """So many people of these municipalities, no two with one address; each follows two topics."""
    topics = [term.label("nl") for term in vocabulary.terms]
    for one in range(number):
        yield (
            municipalities[one % len(municipalities)],
            f"Voornaam{one % 977}",
            f"Achternaam{one % 1009}",
            f"lezer{one}@gemeente{one % 342}.example",
            "en" if one % 10 == 0 else "nl",
            f"{topics[one % len(topics)]}; {topics[(one + 7) % len(topics)]}",
        )


def _file(stage: Stage, number: int, kind: Kind) -> Path:
    with reading(stage.runtime.engine) as session:
        towns = select(Organisation.name).where(Organisation.kind == OrganisationKind.MUNICIPALITY)
        municipalities = list(session.exec(towns.order_by(Organisation.name)))
    rows = made_lines(stage.runtime.vocabulary, municipalities, number)
    path = stage.folder / f"lijst.{kind}"
    if kind is Kind.XLSX:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in (HEAD, *rows):
            sheet.append(row)
        book.save(path)
        return path
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows((HEAD, *rows))
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def _timed(stage: Stage, file: Path, lines: int) -> dict[str, float]:
    """Seconds by the clock and of processor time of the whole command; a database server of its own is not in the latter."""
    command = [sys.executable, "-m", "service", "subscribers", "import", str(file), *GROUND]
    began = time.perf_counter()
    with (stage.folder / "import.log").open("w+") as log:
        process = subprocess.Popen(command, env=stage.environment(), stderr=log)  # noqa: S603  our own
        _pid, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            log.seek(0)
            raise BenchRefused(f"The import ended with {process.returncode}: {log.read()[-500:]}")
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)),
        "lines_per_second": round(lines / seconds),
    }


def _arrived(stage: Stage) -> dict[str, int]:
    with reading(stage.runtime.engine) as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in (
                ("readers", Subscriber),
                ("interests", Interest),
                ("subscriptions", Subscription),
            )
        }
