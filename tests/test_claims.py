"""What a batch asks is found along indexes: a million readers and deliveries are not looked through for two hundred."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlmodel import Session

from service.database import writing
from service.mailing.claims import Settlement, anything_due, claim, hand_over, recover, settle
from service.mailing.closing import anything_over
from service.mailing.outbox import DeliveryState
from service.mailing.recipients import load_recipients
from service.runtime import Runtime
from tests.mailings import a_claim, plan

LARGE = ("delivery", "membership", "subscriber", "subscription", "shared_reading")
"""Tables of which a batch needs a few rows in a million."""

QUESTIONS: dict[str, Callable[[Session, Runtime], object]] = {
    "claim": lambda session, runtime: claim(session, worker="one", now=runtime.clock(), batch=2),
    "anything due": lambda session, runtime: anything_due(session, now=runtime.clock()),
    "recover": lambda session, runtime: recover(session, now=runtime.clock()),
    "anything over": lambda session, runtime: anything_over(session, now=runtime.clock()),
    "recipients": lambda session, runtime: load_recipients(
        session, runtime.settings.model_copy(update={"count_clicks": True}), [a_claim(1), a_claim(2)]
    ),
    "hand over": lambda session, runtime: hand_over(session, {1: "<1@x>"}, worker="one", now=runtime.clock()),
    "settle": lambda session, runtime: settle(
        session, [Settlement(1, DeliveryState.SENT, "", 250, "relay")], worker="one", now=runtime.clock()
    ),
}
ALONG = {
    "claim": "ix_delivery_urgent",
    "anything due": "ix_delivery_urgent",
    "recover": "ix_delivery_lease_until",
    "anything over": "ix_delivery_lease_until",
}


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
    """How SQLite finds what a statement wants, step by step."""
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_batch_is_found_along_indexes(runtime: Runtime, name: str) -> None:
    plan(runtime, readers=3)
    with writing(runtime.engine) as session:
        with asked(session) as statements:
            QUESTIONS[name](session, runtime)
        steps = [step for one in statements for step in way(session.connection(), *one)]
    assert [step for step in steps if step.startswith("SEARCH")]
    assert not [step for step in steps if step.startswith(tuple(f"SCAN {table}" for table in LARGE))]
    assert ALONG.get(name, "") in " ".join(steps)
