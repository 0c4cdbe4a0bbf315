"""Failures that a person can mend are said in a line, without a traceback: exit 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.exc import OperationalError

from content.errors import ContentError
from service.errors import ServiceError
from subscribers.errors import SubscribersError


@contextmanager
def stated_failures() -> Iterator[None]:
    """Say on standard error what is wrong and what to do, and end with exit code 1."""
    try:
        yield
    except (ContentError, SubscribersError, ServiceError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(code=1) from error
    except OperationalError as error:
        typer.echo(f"The database does not answer: {error.orig}", err=True)
        raise typer.Exit(code=1) from error
