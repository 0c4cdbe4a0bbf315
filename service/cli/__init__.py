"""The command line. Output that machines read is JSON Lines on standard output; notes go to standard error.

Exit codes: 0 done, 1 something failed, 2 wrong use.
"""

import sys

import typer

from service.cli import bench, database, demo, feeds, run, sources, tagging, users
from service.errors import InvalidSettings, UnsafeSettings

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
app.add_typer(bench.bench, name="bench")
app.add_typer(feeds.feeds, name="feeds")
app.add_typer(users.users, name="users")
app.command("harvest")(sources.harvest)
app.command("tag")(tagging.tag)


def main() -> None:
    """The entry point of the console script. Settings that cannot be are said in words, not in a traceback."""
    try:
        app()
    except (InvalidSettings, UnsafeSettings) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from error
