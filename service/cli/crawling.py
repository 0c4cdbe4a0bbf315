"""`kennispost crawl`: visit databases of interventions now. A line of JSON for each on standard output."""

from typing import Annotated, Any

import typer

from content.errors import UnknownSource
from service.cli.failing import stated_failures
from service.cli.lines import WRONG_USE, end, note, say
from service.crawling import Crawled, crawl_all
from service.preparing import prepare_or_refuse
from service.runtime import build_runtime
from service.settings import load_settings


def crawl(
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            help="Keys of databases; none means those that are enabled and due.", show_default=False
        ),
    ] = None,
) -> None:
    """Visit databases of interventions, record by record and in no hurry; some take many minutes."""
    with stated_failures():
        runtime = build_runtime(load_settings())
        prepare_or_refuse(runtime)
        try:
            crawls = crawl_all(runtime, only=keys or None)
        except UnknownSource as error:
            note(str(error))
            raise typer.Exit(code=WRONG_USE) from error
        for one in crawls:
            say(_line(one))
        end(failed=sum(bool(one.problem) for one in crawls), of=len(crawls))


def _line(one: Crawled) -> dict[str, Any]:
    result = one.result
    return {
        "key": one.key,
        "complete": bool(result and result.complete),
        "listed": len(result.listed) if result else 0,
        "declared_total": result.declared_total if result else None,
        "records": len(result.parsed) if result else 0,
        "gone": dict(result.gone) if result else {},
        "errors": dict(result.errors) if result else {},
        "note": one.note,
        "problems": [one.problem] if one.problem else [],
    }
