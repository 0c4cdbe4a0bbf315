"""`kennispost demo`: the whole story on this machine, without any other server."""

import contextlib
import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from service.cli.failing import stated_failures
from service.clock import system_clock
from service.demo.issues import PUBLISHER, VISITOR
from service.demo.story import DemoReport, demo_settings, run_story, sign_in_link
from service.desk import ROUTERS
from service.feed_server import SAMPLE_FEEDS, serve_feeds
from service.logs import set_up_logs
from service.runtime import Runtime
from service.schedule.clockwork import clockwork
from service.serving import serve as serve_site
from service.web.app import make_app

STORY = (
    ("sources", "feeds were fetched over HTTP"),
    ("items", "items were found in them"),
    ("tagged", "items got tags, each with its evidence"),
    ("readers", "readers of municipalities and partners were planned"),
    ("welcomed", "mails of the welcome series arrived, over the fortnight in which they came"),
    ("variants", "variants were rendered: readers with the same choice share one"),
    ("sent", "newsletters arrived in the mailbox"),
    ("webinars", "webinars: one that was, one that comes, and a draft to play with"),
    ("webinar_mails", "mails about them arrived: announcements, invitations, reminders, a recording"),
    ("failed", "failed"),
    ("seconds", "seconds in all"),
)


def demo(
    feeds: Annotated[
        Path, typer.Option(help="Folder of feed files to serve and harvest.", exists=True, file_okay=False)
    ] = SAMPLE_FEEDS,
    once: Annotated[bool, typer.Option("--once", help="Do it all and stop, without serving.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of a table.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port of the site.", min=1, max=65535)] = 8000,
    data_dir: Annotated[
        Path, typer.Option(help="Folder for the demo's data; an earlier demo there is replaced.")
    ] = Path("data/demo"),
) -> None:
    """Harvest, tag, assemble and send an issue to sample readers; then serve the site, the desk and the mailbox."""
    set_up_logs(level=40 if once or as_json else 30)
    today = system_clock() if feeds == SAMPLE_FEEDS else None  # the sample feeds are always of this week
    with stated_failures(), serve_feeds(feeds, today=today) as served_at:
        runtime, report = run_story(demo_settings(data_dir, port), feeds=feeds, served_at=served_at)
        if as_json:
            typer.echo(json.dumps(dataclasses.asdict(report)))
        else:
            _show(report)
        if not once:
            _stay(runtime, port)
    if report.failed or report.sent != report.readers:
        raise typer.Exit(code=1)


def _show(report: DemoReport) -> None:
    table = Table(
        title="Kennispost: the story once through", show_header=False, title_justify="left", pad_edge=False
    )
    table.add_column(justify="right", style="bold")
    table.add_column()
    for name, meaning in STORY:
        table.add_row(str(getattr(report, name)), meaning)
    Console().print(table)


def _stay(runtime: Runtime, port: int) -> None:
    site = runtime.settings.base_url
    Console().print(
        f"\n[bold]Site[/]       {site}"
        f"\n[bold]Mailbox[/]    {site}/postbus   [dim]what the readers got[/]"
        f"\n[bold]Desk[/]       {sign_in_link(runtime, VISITOR)}   [dim]signs you in, once[/]"
        f"\n[bold]Approver[/]   {sign_in_link(runtime, PUBLISHER)}   [dim]the second pair of eyes, in another browser[/]"
        "\n\nCtrl-C stops.",
        soft_wrap=True,
        highlight=False,
    )
    with contextlib.suppress(KeyboardInterrupt), clockwork(runtime) as stop:
        serve_site(make_app(runtime, ROUTERS), host="127.0.0.1", port=port, stop=stop)
