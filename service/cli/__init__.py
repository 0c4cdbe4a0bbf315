"""The command line. Output that machines read is JSON Lines on standard output; notes go to standard error.

Exit codes: 0 done, 1 something failed, 2 wrong use.
"""

import sys

import typer

from service.cli import (
    bench,
    bounces,
    crawling,
    database,
    demo,
    dkim,
    feeds,
    mail,
    mailings,
    run,
    sources,
    tagging,
    users,
)
from service.errors import BenchRefused, InvalidSettings, UnsafeSettings

app = typer.Typer(
    name="kennispost",
    help="Prevention knowledge for Dutch municipalities.",
    no_args_is_help=True,
    add_completion=False,
)


@app.callback()
def kennispost() -> None:
    """Prevention knowledge for Dutch municipalities."""


app.command("demo")(demo.demo)
app.command("serve")(run.serve)
app.command("work")(run.work)
app.command("migrate")(database.migrate_database)
app.add_typer(sources.sources, name="sources")
app.add_typer(bounces.bounces, name="bounces")
app.add_typer(feeds.feeds, name="feeds")
app.add_typer(users.users, name="users")
app.add_typer(dkim.dkim, name="dkim")
app.add_typer(mail.mail, name="mail")
app.add_typer(mailings.mailings, name="mailings")
app.command("harvest")(sources.harvest)
app.command("crawl")(crawling.crawl)
app.command("tag")(tagging.tag)
app.add_typer(bench.bench, name="bench")


def main() -> None:
    """The entry point of the console script. Settings that cannot be are said in words, not in a traceback."""
    try:
        app()
    except (BenchRefused, InvalidSettings, UnsafeSettings) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from error
