"""The command line. Output that machines read is JSON Lines on standard output; notes go to standard error.

Exit codes: 0 done, 1 something failed, 2 wrong use.
"""

import typer

app = typer.Typer(name="kennispost", help="Prevention knowledge for Dutch municipalities.", no_args_is_help=True, add_completion=False)


@app.callback()
def kennispost() -> None:
    """Prevention knowledge for Dutch municipalities."""


def main() -> None:
    """The entry point of the console script."""
    app()
