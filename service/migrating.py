"""Migrations: bring a database to the tables of this version, on either engine, once, whoever starts first."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, DateTime, Engine, text
from sqlmodel import AutoString

from content.columns import Instant
from service.database import WRITES, open_engine
from service.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x6B656E6E6973  # "kennis": any number will do, as long as all processes take the same


def migrate(engine: Engine) -> None:
    """Upgrade to this version's tables, in one transaction: all of it happened or nothing did.

    Processes that start at once wait for each other: by an advisory lock on PostgreSQL, by BEGIN IMMEDIATE on SQLite.

    Raises:
        RuntimeError: SQLite, and a migration left a reference that leads nowhere; nothing was changed.
    """
    with _alone(engine) as connection:
        command.upgrade(_configuration(MIGRATIONS, connection), "head")


def is_current(database: Engine | Connection) -> bool:
    """Whether the database has exactly this version's tables; false for one that is older, newer or empty."""
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(database.connect()) if isinstance(database, Engine) else database
        stands_at = MigrationContext.configure(connection).get_current_heads()
    return set(stands_at) == set(ScriptDirectory(str(MIGRATIONS)).get_heads())


def write_revision(message: str) -> Path:
    """For developers: write the migration from the last revision to the models. Read it before you commit it."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(Settings(data_dir=Path(folder), database_url=""))
        migrate(engine)
        with engine.begin() as connection:
            number = 1 + max(int(one.revision) for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions())
            path = _autogenerate(MIGRATIONS, connection, message=message, number=number)
        engine.dispose()
    return path


def rewrite_first() -> Path:
    """For developers, before the first release only: write 0001 anew from the models; later revisions stay as they are."""
    with tempfile.TemporaryDirectory() as folder:
        scripts = Path(folder) / "migrations"
        shutil.copytree(MIGRATIONS, scripts, ignore=shutil.ignore_patterns("[0-9]*", "__pycache__"))
        engine = open_engine(Settings(data_dir=Path(folder), database_url=""))
        with engine.begin() as connection:
            written = _autogenerate(scripts, connection, message="The first tables", number=1)
        engine.dispose()
        return Path(shutil.copy(written, MIGRATIONS / "versions" / written.name))


def render_type(kind: str, item: Any, _context: Any) -> str | bool:
    """Name types as SQLAlchemy does, so that no migration depends on code that changes after it."""
    if kind != "type":
        return False
    if isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


def same_type(_context: Any, _column: Any, _found: Any, inspected: Any, declared: Any) -> bool | None:
    """An instant is a DateTime to the database; all else Alembic compares itself."""
    if isinstance(declared, Instant):
        return not isinstance(inspected, DateTime)
    return None


COMPARISON: dict[str, Any] = {
    "render_item": render_type,
    "compare_type": same_type,
    "compare_server_default": True,
}
"""How models and tables are compared, in migrations and in their test."""


@contextlib.contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    with engine.execution_options(**{WRITES: True}).connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
                yield connection
            return
        # SQLite alters a table by dropping the old one, which would cascade; the pragma does nothing inside a transaction.
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101  an open connection has one
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError(f"A migration left a reference that leads nowhere: {tuple(broken)}")
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _configuration(scripts: Path, connection: Connection) -> Config:
    configuration = Config(attributes={"connection": connection})
    configuration.set_main_option("script_location", str(scripts).replace("%", "%%"))
    configuration.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return configuration


def _autogenerate(scripts: Path, connection: Connection, *, message: str, number: int) -> Path:
    made = command.revision(
        _configuration(scripts, connection), message=message, autogenerate=True, rev_id=f"{number:04}"
    )
    assert not isinstance(made, list)  # noqa: S101  one revision was asked for
    assert made is not None  # noqa: S101  as above
    path = Path(made.path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.strip().startswith("# ###")), encoding="utf-8")
    return path
