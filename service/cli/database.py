"""`kennispost migrate`: bring the database to the tables of this version."""

from rich.console import Console
from sqlalchemy.exc import OperationalError
from typer import Exit

from service.database import open_engine
from service.migrating import migrate
from service.settings import load_settings


def migrate_database() -> None:
    """Make or change the tables to fit this version. Safe to run at any time, more than once, and from two places."""
    notes = Console(stderr=True, highlight=False)
    engine = open_engine(load_settings())
    try:
        migrate(engine)
    except OperationalError as error:
        notes.print(f"The database does not answer: {error.orig}", markup=False)
        raise Exit(code=1) from error
    notes.print("The database is up to date.")
