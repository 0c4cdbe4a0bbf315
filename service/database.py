"""The database: one engine, two sizes. SQLite is the embedded default, PostgreSQL the engine for more than one machine."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlmodel import Session

from service.settings import Settings

WRITES = "kennispost_writes"
BUSY_TIMEOUT_MS = 15_000


def open_engine(settings: Settings) -> Engine:
    """Connect to what the settings name; the SQLite folder is made when it is missing."""
    pool = settings.web_threads + 5
    if not settings.uses_sqlite:
        return create_engine(
            settings.resolved_database_url, pool_size=pool, max_overflow=5, pool_pre_ping=True
        )
    Path(settings.resolved_database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    # The connection that was used last knows what it read: each other reads its pages anew once something was written.
    engine = create_engine(settings.resolved_database_url, pool_size=pool, max_overflow=5, pool_use_lifo=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; _begin_sqlite does
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    # A read that turns into a write is refused at once, whatever the time-out: what writes says so at its start.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose work is committed at the end, or rolled back as a whole when it fails."""
    with (
        Session(engine.execution_options(**{WRITES: True}), expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads; whatever it changed is dropped."""
    with Session(engine) as session:
        yield session
