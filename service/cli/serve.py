"""`kennispost serve` and `kennispost work`: the site, and the work behind it."""

import contextlib
from typing import Annotated

import structlog
import typer

from service.cli.failing import stated_failures
from service.desk import ROUTERS
from service.logs import set_up_logs
from service.mailing.dkim_keys import load_signer
from service.preparing import prepare_or_refuse
from service.runtime import build_runtime, settle_down
from service.schedule.clockwork import clockwork
from service.serving import serve as serve_site
from service.settings import load_settings
from service.web.app import make_app

log = structlog.get_logger()


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    with_work: Annotated[
        bool | None,
        typer.Option(
            help="Schedule and send in this process too; the default on SQLite.", show_default=False
        ),
    ] = None,
) -> None:
    """Serve the site and the desk; on SQLite, schedule and send in the same process."""
    set_up_logs()
    with stated_failures():
        runtime = build_runtime(load_settings())
        load_signer(runtime.settings)  # a key that cannot be read is said now, not when the first mail leaves
        prepare_or_refuse(runtime)
        works = runtime.settings.uses_sqlite if with_work is None else with_work
        app = make_app(runtime, ROUTERS)
        log.info(
            "serving", address=f"http://{host}:{port}", work=works, environment=runtime.settings.environment
        )
        settle_down()
        with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
            stop = stack.enter_context(clockwork(runtime)) if works else None
            serve_site(app, host=host, port=port, stop=stop)
        log.info("stopped")
