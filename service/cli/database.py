"""`kennispost migrate`: bring the database to this version."""

import typer

from service.cli.failing import stated_failures
from service.preparing import prepare
from service.runtime import build_runtime
from service.settings import load_settings


def migrate_database() -> None:
    """Make or change the tables, and bring the register of municipalities up to date. Safe to run more than once."""
    with stated_failures():
        prepare(build_runtime(load_settings()))
    typer.echo("The database is up to date.", err=True)
