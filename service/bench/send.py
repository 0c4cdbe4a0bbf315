"""`kennispost bench send`: how fast a mailing leaves, and what that takes of the machine."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from service.bench.ending import ended_in_order
from service.bench.figures import Load, Signing, summary
from service.bench.measuring import measure
from service.bench.telling import give, tell


def send(
    *,
    readers: Annotated[int, typer.Option(help="Readers of the mailing.", min=1)] = 20_000,
    dkim: Annotated[Signing, typer.Option(help="Signed with a new key of 2048 bits, or not.")] = Signing.NONE,
    sink: Annotated[
        str,
        typer.Option(help="HOST:PORT to send to; by default smtp-sink where installed, else a sink of ours."),
    ] = "",
    variants: Annotated[int, typer.Option(help="Different choices among the readers.", min=1)] = 50,
    size: Annotated[int, typer.Option(help="Bytes of a message, about.", min=24_000, max=90_000)] = 30_000,
    connections: Annotated[int, typer.Option(help="Connections of each sender.", min=1, max=50)] = 10,
    database: Annotated[
        str,
        typer.Option(
            help="sqlite, postgresql (from its wheel), or a postgresql:// URL to make a database on."
        ),
    ] = "sqlite",
    wait_ms: Annotated[int, typer.Option(help="Milliseconds a sink of ours takes for a message.", min=0)] = 0,
    processes: Annotated[int, typer.Option(help="Senders at once, compared with one.", min=1, max=16)] = 1,
    rounds: Annotated[int, typer.Option(help="Mailings of each kind; medians are given.", min=1)] = 1,
    plan_only: Annotated[
        bool, typer.Option("--plan-only", help="Plan the mailing, and send nothing.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of a table.")
    ] = False,
) -> None:
    """Send a mailing along the whole path: claim, fill, sign, SMTP, mark; exit 1 when not all of it was sent."""
    load = Load(
        readers=readers,
        variants=variants,
        size=size,
        dkim=dkim.value,
        database=database,
        connections=connections,
        processes=processes,
        wait_ms=wait_ms,
        rounds=rounds,
        sink=sink,
        plan_only=plan_only,
    )
    with ended_in_order():
        measured = measure(load, tell=tell)
    figures = summary(measured)
    if as_json:
        give(figures)
    else:
        _show(figures)
    if not measured.complete:
        tell("Not everything that was planned was sent: the figures do not count.")
        raise typer.Exit(code=1)


def _show(figures: dict[str, Any]) -> None:
    table = Table(
        title=f"{figures['readers']:,} readers, {figures['variants']} variants, {figures['message_bytes']:,} bytes a message, "
        f"DKIM {figures['dkim']}, {figures['database']}, into {figures['sink'] or 'nothing'}",
        show_header=False,
        title_justify="left",
    )
    table.add_column(justify="right", style="bold")
    table.add_column()
    table.add_row(
        f"{figures['planning']['seconds']:.2f} s", f"to plan, at most {figures['planning']['peak_mb']} MB"
    )
    for one in figures["sending"]:
        by = f"by {one['processes']} process(es)"
        table.add_row(f"{one['messages_per_second']:,}", f"messages/s {by}")
        table.add_row(f"{one['cpu_us_per_message']:,} µs", f"processor time a message {by}")
        table.add_row(f"{one['cores']:.2f}", f"cores kept busy {by}")
        table.add_row(f"{one['peak_mb']} MB", f"memory at most, {one['idle_mb']} MB before it began, {by}")
    if "ratio_to_one_process" in figures:
        table.add_row(f"{figures['ratio_to_one_process']:.2f}", "times one process")
    if "smtp_source" in figures:
        table.add_row(
            f"{figures['smtp_source']['messages_per_second']:,}", "messages/s by smtp-source in the same run"
        )
        table.add_row(f"{figures['ratio_to_smtp_source']:.3f}", "of smtp-source")
    Console().print(table)
