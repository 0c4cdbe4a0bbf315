"""`kennispost bench`: what can be measured, each a command. Figures are JSON on standard output, notes go to standard error."""

import typer

from service.bench import harvest

bench = typer.Typer(help="Measure, and print the figures as JSON.", no_args_is_help=True)


@bench.callback()
def described() -> None:
    """Measure, and print the figures as JSON."""


bench.command("harvest")(harvest.harvest)
