"""The database keeps its promises on both engines."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from content.sources import Source
from service.database import reading, writing
from service.runtime import Runtime


def test_an_instant_comes_back_aware_and_in_utc(runtime: Runtime) -> None:
    moment = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    with writing(runtime.engine) as session:
        session.add(Source(key="a", name="A", url="https://a.example/feed", created_at=moment))
    with reading(runtime.engine) as session:
        stored = session.exec(text("SELECT 1")) and session.get(Source, 1)
        assert stored is not None
        assert stored.created_at == moment
        assert stored.created_at.tzinfo is UTC


def test_a_naive_instant_is_refused(runtime: Runtime) -> None:
    naive = datetime(2027, 1, 1)  # noqa: DTZ001  this is what is refused
    with pytest.raises(StatementError, match="naive"), writing(runtime.engine) as session:
        session.add(Source(key="a", name="A", url="https://a.example/feed", created_at=naive))


def test_work_that_fails_leaves_nothing(runtime: Runtime, clock) -> None:
    with pytest.raises(RuntimeError), writing(runtime.engine) as session:
        session.add(Source(key="a", name="A", url="https://a.example/feed", created_at=clock()))
        session.flush()
        raise RuntimeError
    with reading(runtime.engine) as session:
        assert session.get(Source, 1) is None


def test_sqlite_is_set_up_as_promised(runtime: Runtime) -> None:
    if not runtime.settings.uses_sqlite:
        return  # PostgreSQL has no pragmas
    with runtime.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 15000
