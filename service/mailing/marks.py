"""Marks: the statements that write down what becomes of many deliveries at once, each with a value of its own.

One statement for all of them, and all their values as one: a driver lets go of the interpreter for every row that it
writes or reads by itself, and a statement with a name for each value takes longer to fill in than to run. What SQLite takes
as a JSON document, PostgreSQL takes as arrays.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, text

from content.columns import Instant
from service.mailing.outbox import DeliveryState

_ATTEMPT = {"delivery_id": "integer", "server": "text", "outcome": "text", "code": "integer", "reply": "text"}
"""What is kept of a try, and PostgreSQL's names of what it is."""


_MOMENTS = ("now", "lease")


def _by_engine(template: str, **parts: Mapping[str, str]) -> dict[str, TextClause]:
    """The statement for each engine: `parts` says, by engine, what stands for each name between braces."""
    return {
        engine: text(template.format(**{name: part[engine] for name, part in parts.items()})).bindparams(
            *(bindparam(name, type_=Instant) for name in _MOMENTS if f":{name}" in template)
        )
        for engine in ("sqlite", "postgresql")
    }


_IDS = {"sqlite": "IN (SELECT value FROM json_each(:ids))", "postgresql": "= ANY(:ids)"}

_CLAIMING = _by_engine(
    "UPDATE delivery SET state = 'claimed', claimed_by = :worker, lease_until = :lease WHERE id {ids}",
    ids=_IDS,
)
_HANDING_OVER = _by_engine(
    "UPDATE delivery SET state = :after, handed_over_at = :now, lease_until = :lease, message_id = one.name"
    " FROM {rows} WHERE delivery.id = one.id AND claimed_by = :worker AND state = :before"
    " AND mailing_id IN (SELECT id FROM mailing WHERE state = 'sending')",
    rows={
        "sqlite": "(SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS name"
        " FROM json_each(:rows)) AS one",
        "postgresql": "unnest(CAST(:id AS integer[]), CAST(:name AS text[])) AS one (id, name)",
    },
)
_SENDING = _by_engine(
    "UPDATE delivery SET state = :sent, reply = '', settled_at = :now, lease_until = NULL,"
    " attempts = attempts + 1, first_tried_at = COALESCE(first_tried_at, :now)"
    " WHERE id {ids} AND claimed_by = :worker AND state IN (:held0, :held1, :held2)",
    ids=_IDS,
)
_TRYING = _by_engine(
    "INSERT INTO attempt (at, {names}) SELECT :now, {values}",
    names=dict.fromkeys(("sqlite", "postgresql"), ", ".join(_ATTEMPT)),
    values={
        "sqlite": ", ".join(f"json_extract(value, '$[{at}]')" for at in range(len(_ATTEMPT)))
        + " FROM json_each(:rows)",
        "postgresql": "one.* FROM unnest("
        + ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _ATTEMPT.items())
        + ") AS one",
    },
)
_HANDED_OVER_NOW = _by_engine(
    "SELECT id FROM delivery WHERE id {ids} AND claimed_by = :worker"
    " AND state = 'handed_over' AND handed_over_at = :now",
    ids=_IDS,
)
_SENT_NOW = _by_engine(
    "SELECT id FROM delivery WHERE id {ids} AND claimed_by = :worker AND state = 'sent' AND settled_at = :now",
    ids=_IDS,
)


def mark_claimed(connection: Connection, ids: Collection[int], *, worker: str, lease: datetime) -> None:
    """These deliveries, which the transaction holds, are this worker's until its lease runs out."""
    values = {"ids": _many(connection, ids), "worker": worker, "lease": lease}
    connection.execute(_CLAIMING[connection.dialect.name], values)


def mark_handed_over(
    connection: Connection, message_ids: Mapping[int, str], *, worker: str, now: datetime, lease: datetime
) -> set[int]:
    """Those of these deliveries that this worker has claimed, and whose mailing goes on, may have left from now on; which."""
    values = {
        **_rows(connection, ("id", "name"), list(message_ids.items())),
        "before": DeliveryState.CLAIMED.value,
        "after": DeliveryState.HANDED_OVER.value,
        "worker": worker,
        "now": now,
        "lease": lease,
    }
    done = connection.execute(_HANDING_OVER[connection.dialect.name], values)
    if done.rowcount == len(message_ids):
        return set(message_ids)
    return _marked_now(connection, _HANDED_OVER_NOW, message_ids, worker=worker, now=now)


def mark_sent(
    connection: Connection,
    ids: Sequence[int],
    *,
    worker: str,
    now: datetime,
    held: tuple[DeliveryState, DeliveryState, DeliveryState],
) -> set[int]:
    """Those of these deliveries that this worker has, in one of the states `held`, were sent; which."""
    states = {f"held{at}": state.value for at, state in enumerate(held)}
    values = {
        "ids": _many(connection, ids),
        **states,
        "worker": worker,
        "now": now,
        "sent": DeliveryState.SENT.value,
    }
    done = connection.execute(_SENDING[connection.dialect.name], values)
    if done.rowcount == len(ids):
        return set(ids)
    return _marked_now(connection, _SENT_NOW, ids, worker=worker, now=now)


def add_attempts(connection: Connection, attempts: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Add a try at a delivery for each of these: `delivery_id`, `server`, `outcome`, `code` and `reply`."""
    rows = _rows(connection, tuple(_ATTEMPT), [tuple(one[name] for name in _ATTEMPT) for one in attempts])
    connection.execute(_TRYING[connection.dialect.name], {**rows, "now": now})


def _marked_now(
    connection: Connection,
    asking: Mapping[str, TextClause],
    ids: Collection[int],
    *,
    worker: str,
    now: datetime,
) -> set[int]:
    """Which of them the statement before this met. What stood so already, from an earlier moment, is not among them."""
    values = {"ids": _many(connection, ids), "worker": worker, "now": now}
    return set(connection.execute(asking[connection.dialect.name], values).scalars())


def _many(connection: Connection, values: Collection[int]) -> Any:
    """Values as the one that the engine takes."""
    return json.dumps(list(values)) if connection.dialect.name == "sqlite" else list(values)


def _rows(connection: Connection, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """Rows as the engine takes them: one document, or an array for each column."""
    if connection.dialect.name == "sqlite":
        return {"rows": json.dumps(rows)}
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
