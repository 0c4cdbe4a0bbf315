"""The command line. Output that machines read is JSON Lines on standard output; notes go to standard error.

Exit codes: 0 done, 1 something failed, 2 wrong use.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from service.errors import BenchRefused, InvalidSettings, UnsafeSettings

COMMANDS = {
    "demo": "demo.demo",
    "serve": "serve.serve",
    "work": "work.work",
    "migrate": "database.migrate_database",
    "sources": "sources.sources",
    "bounces": "bounces.bounces",
    "feeds": "feeds.feeds",
    "users": "users.users",
    "dkim": "dkim.dkim",
    "mail": "mail.mail",
    "mailings": "mailings.mailings",
    "subscribers": "subscribers.subscribers",
    "register": "register.register",
    "harvest": "sources.harvest",
    "crawl": "crawling.crawl",
    "tag": "tagging.tag",
    "bench": "bench.bench",
}
"""Each command, and where it is: a module of this package, and a function or a group in it."""


class _Lazy(TyperGroup):
    """Loads a command when it is asked for: one that sends needs neither the desk nor the benchmarks to start."""

    def list_commands(self, _ctx: object) -> list[str]:
        """Their names, in the order in which they are told."""
        return list(COMMANDS)

    def get_command(self, _ctx: object, cmd_name: str) -> Any:  # typer names no type for it
        """One of them; None where there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(".")
        found = getattr(import_module(f"{__name__}.{module}"), name)
        command = get_group(found) if isinstance(found, typer.Typer) else _command(found)
        command.name = cmd_name
        return command


def _command(function: Callable[..., Any]) -> Any:
    alone = typer.Typer(add_completion=False)
    alone.command()(function)
    return get_command(alone)


app = typer.Typer(
    name="kennispost",
    help="Prevention knowledge for Dutch municipalities.",
    cls=_Lazy,
    no_args_is_help=True,
    add_completion=False,
)


@app.callback()
def kennispost() -> None:
    """Prevention knowledge for Dutch municipalities."""


def main() -> None:
    """The entry point of the console script. Settings that cannot be are said in words, not in a traceback."""
    try:
        app()
    except (BenchRefused, InvalidSettings, UnsafeSettings) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from error
