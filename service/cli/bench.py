"""`kennispost bench`: what can be measured, each a command."""

import typer

from service.bench import crash, send, sinking

bench = typer.Typer(help="Measure, and prove by trying.", no_args_is_help=True)

bench.command("crash")(crash.crash)
bench.command("send")(send.send)
bench.command("sink")(sinking.sink)
