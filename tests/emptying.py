"""Databases that are used again: emptied rather than made, by connections and engines that stay warm."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine, create_engine, event, make_url, text

from service.database import open_engine
from service.migrating import migrate
from service.settings import Settings

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"

LEFT_OVER = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(:ours)"
)
"""Ends what a test before left open: it would be waited for."""


@dataclass
class EmptiedDatabase:
    """A PostgreSQL database with all tables. `engine` and its connections serve all tests of a process."""

    url: str
    engine: Engine
    caretaker: Engine
    used: str
    """Gives the tables that have rows and the sequences that were called; one statement, so that it is planned once."""
    ours: set[int] = field(default_factory=set)
    """The server's numbers of the engine's connections."""

    def empty(self) -> None:
        """Make it as new: far faster than another copy. Without triggers, since some tables refuse to lose a row."""
        with self.caretaker.connect() as connection:
            connection.execute(text(LEFT_OVER), {"ours": list(self.ours)})
            for is_sequence, name in connection.exec_driver_sql(self.used).all():
                connection.exec_driver_sql(
                    f'ALTER SEQUENCE "{name}" RESTART' if is_sequence else f'DELETE FROM "{name}"'
                )

    def take_back(self) -> None:
        """After a test: connections that it still holds are no longer ours, and end before the next."""
        if self.engine.pool.checkedout():
            self.engine.dispose()
            self.ours.clear()


@contextmanager
def emptied_database(url: str) -> Iterator[EmptiedDatabase]:
    """Make the tables in an empty database on PostgreSQL, for as long as the block runs."""
    engine = open_engine(Settings(database_url=url))
    migrate(engine)
    engine.dispose()
    caretaker = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
        connect_args={"options": "-c session_replication_role=replica"},
    )
    made = EmptiedDatabase(url, engine, caretaker, _used(caretaker))
    event.listen(engine, "connect", lambda opened, _record: made.ours.add(opened.info.backend_pid))
    yield made
    engine.dispose()
    caretaker.dispose()


def _used(engine: Engine) -> str:
    with engine.connect() as connection:
        tables = [
            f"SELECT false, '{name}' WHERE EXISTS (SELECT FROM \"{name}\")"
            for (name,) in connection.exec_driver_sql(TABLES)
        ]
        sequences = [
            f"SELECT true, '{name}' FROM \"{name}\" WHERE is_called"
            for (name,) in connection.exec_driver_sql(SEQUENCES)
        ]
    return " UNION ALL ".join(tables + sequences)


_first: list[Engine] = []


def share_statements(engine: Engine) -> Engine:
    """Let an engine for SQLite use the SQL that engines before it wrote: to write it takes longer than to run it."""
    if not _first:
        _first.append(engine)
    engine.dialect, engine._compiled_cache = _first[0].dialect, _first[0]._compiled_cache
    return engine
