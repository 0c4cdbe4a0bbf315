"""Claims find what is due along the small indexes: a million that wait are not looked through for each batch."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlmodel import Session

from service.database import writing
from service.mailing.claims import anything_due, claim, recover
from service.mailing.closing import anything_over
from service.runtime import Runtime
from tests.mailings import plan


@contextmanager
def asked(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile, with its values."""
    statements: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement: str, values: Any, *_rest) -> None:
        statements.append((statement, values))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def way(connection: Connection, statement: str, values: Any) -> list[str]:
    """How the engine finds what a statement wants, step by step."""
    if connection.dialect.name == "sqlite":
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # which it prefers while there are a few
    return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values)]


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (claim, "ix_delivery_urgent"),
        (anything_due, "ix_delivery_urgent"),
        (recover, "ix_delivery_lease_until"),
        (anything_over, "ix_delivery_lease_until"),
    ],
)
def test_no_delivery_is_looked_through_that_is_not_wanted(runtime: Runtime, ask, index: str) -> None:
    plan(runtime, readers=3)
    with writing(runtime.engine) as session:
        with asked(session) as statements:
            named = {"worker": "one", "batch": 2} if ask is claim else {}
            ask(session, now=runtime.clock(), **named)
        ways = [way(session.connection(), *one) for one in statements if "delivery" in one[0]]
    steps = [step for steps in ways for step in steps]
    assert any(index in step for step in steps)
    assert not [step for step in steps if step.startswith(("SCAN delivery", "USE TEMP B-TREE"))]
    assert not [step for step in steps if "Seq Scan on delivery" in step]
