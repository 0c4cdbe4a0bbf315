"""Migrations and models agree, on both engines, whoever migrates first."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from service.database import open_engine, writing
from service.migrating import COMPARISON, is_current, migrate
from service.settings import Settings
from service.tables import METADATA
from subscribers.people import Subscriber

ENGINES = ("sqlite", "postgresql")
TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": (
        "SELECT tgname, pg_get_triggerdef(pg_trigger.oid) || pg_get_functiondef(tgfoid) "
        "FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
    ),
}


@pytest.fixture
def empty(empty_database: Callable[[str], Settings]) -> Iterator[Callable[[str], Engine]]:
    """Makes engines on databases without tables."""
    engines: list[Engine] = []

    def make(kind: str) -> Engine:
        engines.append(open_engine(empty_database(kind)))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture(params=ENGINES)
def migrated(request: pytest.FixtureRequest, empty: Callable[[str], Engine]) -> Engine:
    engine = empty(request.param)
    migrate(engine)
    return engine


def test_migrations_make_exactly_the_tables_of_the_models(migrated: Engine) -> None:
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={**COMPARISON, "target_metadata": METADATA})
        assert compare_metadata(context, METADATA) == []
        assert set(inspect(connection).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_migrations_make_exactly_the_triggers_of_the_models(
    migrated: Engine, empty: Callable[[str], Engine]
) -> None:
    query = text(TRIGGERS[migrated.dialect.name])
    created = empty(migrated.dialect.name)
    METADATA.create_all(created)
    with created.connect() as models, migrated.connect() as migrations:
        expected = [tuple(row) for row in models.execute(query)]
        assert [tuple(row) for row in migrations.execute(query)] == expected
    assert len(expected) >= 2


def test_a_consent_event_cannot_be_changed_after_migrating(migrated: Engine) -> None:
    moment = datetime(2026, 12, 1, tzinfo=UTC)
    with writing(migrated) as session:
        session.add(
            Subscriber(
                id=1, reference="r", address="a@b.example", address_key="a@b.example", created_at=moment
            )
        )
        session.flush()
        session.connection().execute(
            text(
                "INSERT INTO consent_event (subscriber_id, kind, at, wording_version, streams, topics, source) "
                "VALUES (1, 'requested', '2026-12-01 00:00:00', '2026-1/nl', '[]', '[]', 'form')"
            )
        )
    with pytest.raises(DBAPIError, match="append-only"), migrated.begin() as connection:
        connection.execute(text("UPDATE consent_event SET source = 'other'"))
    with pytest.raises(DBAPIError, match="append-only"), migrated.begin() as connection:
        connection.execute(text("DELETE FROM consent_event"))


def test_migrating_twice_changes_nothing(migrated: Engine) -> None:
    assert is_current(migrated)
    migrate(migrated)
    assert is_current(migrated)


@pytest.mark.parametrize("kind", ENGINES)
def test_an_empty_database_is_not_current(kind: str, empty: Callable[[str], Engine]) -> None:
    assert not is_current(empty(kind))


@pytest.mark.parametrize("kind", ENGINES)
def test_processes_that_migrate_at_once_wait_for_each_other(
    kind: str, empty_database: Callable[[str], Settings]
) -> None:
    settings = empty_database(kind)
    starts = (
        f"from service.migrating import migrate; from service.database import open_engine; "
        f"from service.settings import Settings; from pathlib import Path; "
        f"migrate(open_engine(Settings(data_dir=Path({str(settings.data_dir)!r}), database_url={settings.database_url!r})))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", starts]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    engine = open_engine(settings)
    assert is_current(engine)
    engine.dispose()


def test_sqlite_checks_references_again_after_migrating(empty: Callable[[str], Engine]) -> None:
    engine = empty("sqlite")
    migrate(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.parametrize("kind", ENGINES)
def test_the_command_migrates_and_fills_the_register_twice_over(
    kind: str, empty_database: Callable[[str], Settings]
) -> None:
    settings = empty_database(kind)
    values = {"KENNISPOST_DATA_DIR": str(settings.data_dir), "KENNISPOST_DATABASE_URL": settings.database_url}
    for _time in range(2):
        subprocess.run(
            [str(Path(sys.executable).parent / "kennispost"), "migrate"],
            env={**os.environ, **values},
            check=True,
        )
    engine = open_engine(settings)
    with engine.connect() as connection:
        assert is_current(connection)
        count = text("SELECT count(*) FROM organisation WHERE kind = 'municipality'")
        assert connection.execute(count).scalar() == 342
    engine.dispose()


def test_the_command_says_in_a_line_that_the_database_does_not_answer(tmp_path: Path) -> None:
    values = {
        "KENNISPOST_DATA_DIR": str(tmp_path),
        "KENNISPOST_DATABASE_URL": "postgresql://127.0.0.1:1/kennispost",
    }
    kennispost = str(Path(sys.executable).parent / "kennispost")
    ended = subprocess.run(
        [kennispost, "migrate"], check=False, env={**os.environ, **values}, capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert "does not answer" in ended.stderr
    assert "Traceback" not in ended.stderr
