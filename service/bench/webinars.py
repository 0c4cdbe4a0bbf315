"""`kennispost bench webinars`: how long it takes until all who registered are confirmed and reminded."""

import logging
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from service.bench.ending import ended_in_order
from service.bench.figures import Signing
from service.bench.registering import Course, Crowd, named, register_and_remind
from service.bench.telling import give, tell
from service.logs import set_up_logs

STEPS = {
    "registering": "to register them, one after the other",
    "confirmations": "until their confirmations had left, each with its calendar part",
    "planning": "to plan the reminders of an hour before",
    "reminders": "until those had left",
}


def webinars(
    *,
    registrations: Annotated[int, typer.Option(help="People who register.", min=1)] = 10_000,
    dkim: Annotated[Signing, typer.Option(help="Signed with a new key of 2048 bits, or not.")] = Signing.RSA,
    database: Annotated[
        str,
        typer.Option(
            help="sqlite, postgresql (from its wheel), or a postgresql:// URL to make a database on."
        ),
    ] = "sqlite",
    connections: Annotated[int, typer.Option(help="Connections of the sender.", min=1, max=50)] = 10,
    over_http: Annotated[
        int, typer.Option(help="People who register over HTTP besides, as a sample.", min=0)
    ] = 100,
    within: Annotated[float, typer.Option(help="Seconds that all of it may take.", min=0)] = 120,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of a table.")
    ] = False,
) -> None:
    """Register so many people for a webinar, confirm and remind them; exit 1 when a mail is missing or double, or late."""
    set_up_logs(level=logging.WARNING)  # the clockwork notes what it does, and the result goes where notes go
    crowd = Crowd(registrations, dkim, database, connections, over_http)
    with ended_in_order():
        course = register_and_remind(crowd, tell=tell)
    figures = summary(crowd, course)
    if as_json:
        give(figures)
    else:
        _show(figures)
    problems = problems_in(crowd, course, within=within)
    for problem in problems:
        tell(problem)
    if problems:
        raise typer.Exit(code=1)


def problems_in(crowd: Crowd, course: Course, *, within: float) -> list[str]:
    """Why the figures do not count, in words; nothing when they do."""
    problems = [named(course.faults)] if course.faults else []
    if not _complete(crowd, course):
        problems.append("Not every confirmation had a calendar part, or not every mail its signature.")
    if course.seconds > within:
        problems.append(f"It took {course.seconds:.0f} s, and {within:.0f} are given.")
    return problems


def _complete(crowd: Crowd, course: Course) -> bool:
    counts = course.counts
    signed = counts.accepted if crowd.dkim is Signing.RSA else 0
    return counts.calendars == crowd.registrations and counts.signed == signed


def summary(crowd: Crowd, course: Course) -> dict[str, Any]:
    """The figures, rounded to what they are worth."""
    counts = course.counts
    result: dict[str, Any] = {
        "registrations": crowd.registrations,
        "dkim": crowd.dkim.value,
        "database": crowd.database.partition("://")[0],
        "steps": {
            name: {
                "number": step.number,
                "seconds": round(step.seconds, 2),
                "per_second": round(step.number / max(step.seconds, 0.001)),
                "cpu_seconds": round(step.cpu_seconds, 2),
                "peak_mb": round(step.peak_mb),
            }
            for name, step in course.steps.items()
        },
        "seconds": round(course.seconds, 1),
        "message_bytes": round(counts.bytes / max(1, counts.accepted)),
        "arrived_once": not course.faults,
        "complete": _complete(crowd, course),
    }
    if course.visits is not None:
        result["over_http"] = {
            "number": course.visits.number,
            "seconds": round(course.visits.seconds, 2),
            "per_second": round(course.visits.number / course.visits.seconds, 1),
        }
    return result


def _show(figures: dict[str, Any]) -> None:
    table = Table(
        title=f"{figures['registrations']:,} registrations, {figures['message_bytes']:,} bytes a message, "
        f"DKIM {figures['dkim']}, {figures['database']}, into a sink of ours",
        show_header=False,
        title_justify="left",
    )
    table.add_column(justify="right", style="bold")
    table.add_column()
    for name, step in figures["steps"].items():
        more = "" if name == "planning" else f" ({step['per_second']:,}/s, {step['peak_mb']} MB at most)"
        table.add_row(f"{step['seconds']:.2f} s", STEPS[name] + more)
    table.add_row(f"{figures['seconds']:.1f} s", "in all")
    if sample := figures.get("over_http"):
        table.add_row(f"{sample['per_second']}/s", f"over HTTP, page and form ({sample['number']} people)")
    Console().print(table)
