"""`kennispost bench sink`: a mail server that takes everything, or gives the trouble it is asked for."""

from typing import Annotated

import typer

from service.bench.faults import Trouble, read_fault
from service.bench.sink import SinkOptions, run_sink


def sink(
    *,
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 0,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    log: Annotated[str, typer.Option(help="File for what happened to each message, a line each.")] = "",
    wait_ms: Annotated[int, typer.Option(help="Milliseconds before a message is accepted.", min=0)] = 0,
    fault: Annotated[
        list[str] | None,
        typer.Option(help=f"Trouble and how often, such as lose:100; may be repeated. {', '.join(Trouble)}."),
    ] = None,
) -> None:
    """Take mail by SMTP and throw it away, until Ctrl-C; print where it listens, and at the end what it counted, as JSON."""
    try:
        faults = tuple(str(read_fault(one)) for one in fault or ())
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--fault") from error
    options = SinkOptions(port=port, host=host, log=log, wait_ms=wait_ms, faults=faults)
    try:
        run_sink(options, say=typer.echo)
    except OSError as error:
        typer.echo(f"It cannot listen, or cannot write its log: {error}", err=True)
        raise typer.Exit(code=1) from error
