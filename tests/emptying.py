"""Databases that are used again: emptied rather than made, by connections and engines that stay warm."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, make_url, text

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
    janitor: Connection
    used: str
    """Gives the tables that have rows and the sequences that were called; one statement, so that it is planned once."""
    ours: set[int] = field(default_factory=set)
    """The server's numbers of the engine's connections."""

    def empty(self) -> None:
        """Make it as new: eighty times as fast as another copy. Without triggers, since some tables refuse to lose a row."""
        self.janitor.execute(text(LEFT_OVER), {"ours": list(self.ours)})
        mend = [
            f'ALTER SEQUENCE "{name}" RESTART' if is_sequence else f'DELETE FROM "{name}"'
            for is_sequence, name in self.janitor.exec_driver_sql(self.used)
        ]
        if mend:
            self.janitor.exec_driver_sql(";".join(mend))

    def take_back(self) -> None:
        """After a test: connections that it still holds are no longer ours, and end before the next."""
        if self.engine.pool.checkedout():  # type: ignore[attr-defined]
            self.engine.dispose()
            self.ours.clear()


@contextmanager
def emptied_database(url: str) -> Iterator[EmptiedDatabase]:
    """Make the tables in an empty database on PostgreSQL, for as long as the block runs."""
    engine = open_engine(Settings(database_url=url))
    migrate(engine)
    engine.dispose()
    driver_url = make_url(url).set(drivername="postgresql+psycopg")
    caretaker = create_engine(driver_url, isolation_level="AUTOCOMMIT", poolclass=StaticPool)
    with caretaker.connect() as janitor:
        janitor.exec_driver_sql("SET session_replication_role = replica")
        tables = [
            f"SELECT false, '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")"
            for (name,) in janitor.exec_driver_sql(TABLES)
        ]
        sequences = [
            f"SELECT true, '{name}' FROM \"{name}\" WHERE is_called"
            for (name,) in janitor.exec_driver_sql(SEQUENCES)
        ]
        made = EmptiedDatabase(url, engine, janitor, " UNION ALL ".join([*tables, *sequences]))
        event.listen(engine, "connect", lambda opened, _record: made.ours.add(opened.info.backend_pid))
        yield made
    engine.dispose()
    caretaker.dispose()


_first: list[Engine] = []


@contextmanager
def sharing_statements(engine: Engine) -> Iterator[Engine]:
    """Let an engine for SQLite use the SQL that the engines of earlier tests wrote: to write it takes longer than to run it."""
    _first.append(engine)
    engine.dialect, engine._compiled_cache = _first[0].dialect, _first[0]._compiled_cache
    del _first[1:]
    yield engine
    engine.dispose()
