"""Marks: the statements that write down what becomes of many deliveries at once, each with a value of its own.

One statement for all of them, its text made once for each number of rows: a driver lets go of the interpreter for every row
that it writes or reads by itself, and each time the connections' thread would have to be waited for.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from string import Template
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, text

from content.columns import Instant
from service.mailing.outbox import DeliveryState

_ATTEMPT = ("delivery_id", "server", "outcome", "code", "reply")

# What is filled in is numbered names of values, never a value.
_HANDING_OVER = Template(
    "UPDATE delivery SET state = :after, handed_over_at = :now, lease_until = :lease, message_id = CASE id $names END"
    " WHERE id IN ($ids) AND claimed_by = :worker AND state = :before"
    " AND mailing_id IN (SELECT id FROM mailing WHERE state = 'sending')"
)
_SENDING = Template(
    "UPDATE delivery SET state = :sent, reply = '', settled_at = :now, lease_until = NULL,"
    " attempts = attempts + 1, first_tried_at = COALESCE(first_tried_at, :now)"
    " WHERE id IN ($ids) AND claimed_by = :worker AND state IN ($held)"
)
_TRYING = Template("INSERT INTO attempt (at, $names) VALUES $rows")
_HANDED_OVER_NOW = Template(
    "SELECT id FROM delivery WHERE id IN ($ids) AND claimed_by = :worker"
    " AND state = 'handed_over' AND handed_over_at = :now"
)
_SENT_NOW = Template(
    "SELECT id FROM delivery WHERE id IN ($ids) AND claimed_by = :worker AND state = 'sent' AND settled_at = :now"
)


def mark_handed_over(
    connection: Connection, message_ids: Mapping[int, str], *, worker: str, now: datetime, lease: datetime
) -> set[int]:
    """Those of these deliveries that this worker has claimed, and whose mailing goes on, may have left from now on; which."""
    ids = {f"id{at}": one for at, one in enumerate(message_ids)}
    names = {f"name{at}": name for at, name in enumerate(message_ids.values())}
    states = {"before": DeliveryState.CLAIMED.value, "after": DeliveryState.HANDED_OVER.value}
    values = {**ids, **names, **states, "worker": worker, "now": now, "lease": lease}
    done = connection.execute(_handing_over(len(message_ids)), values)
    if done.rowcount == len(message_ids):
        return set(message_ids)
    return _marked_now(connection, _HANDED_OVER_NOW, message_ids, worker=worker, now=now)


def mark_sent(
    connection: Connection, ids: Sequence[int], *, worker: str, now: datetime, held: Collection[str]
) -> set[int]:
    """Those of these deliveries that this worker has, in one of the states `held`, were sent; which."""
    values: dict[str, Any] = {f"id{at}": one for at, one in enumerate(ids)} | {"worker": worker, "now": now}
    states = {f"held{at}": str(state) for at, state in enumerate(held)}
    values |= {**states, "sent": DeliveryState.SENT.value}
    done = connection.execute(_sending(len(ids), len(states)), values)
    if done.rowcount == len(ids):
        return set(ids)
    return _marked_now(connection, _SENT_NOW, ids, worker=worker, now=now)


def add_attempts(connection: Connection, attempts: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Add a try at a delivery for each of these: `delivery_id`, `server`, `outcome`, `code` and `reply`."""
    values = {f"{name}{at}": one[name] for at, one in enumerate(attempts) for name in _ATTEMPT}
    connection.execute(_trying(len(attempts)), {**values, "now": now})


def _marked_now(
    connection: Connection, asking: Template, ids: Collection[int], *, worker: str, now: datetime
) -> set[int]:
    """Which of them the statement before this met. What stood so already, from an earlier moment, is not among them."""
    values = {f"id{at}": one for at, one in enumerate(ids)} | {"worker": worker, "now": now}
    return set(connection.execute(_asking(asking, len(ids)), values).scalars())


@lru_cache(maxsize=128)
def _handing_over(number: int) -> TextClause:
    names = " ".join(f"WHEN :id{at} THEN :name{at}" for at in range(number))
    made = text(_HANDING_OVER.substitute(names=names, ids=_ids(number)))
    return made.bindparams(bindparam("now", type_=Instant), bindparam("lease", type_=Instant))


@lru_cache(maxsize=128)
def _sending(number: int, states: int) -> TextClause:
    held = ", ".join(f":held{at}" for at in range(states))
    made = text(_SENDING.substitute(ids=_ids(number), held=held))
    return made.bindparams(bindparam("now", type_=Instant))


@lru_cache(maxsize=128)
def _trying(number: int) -> TextClause:
    rows = (f"(:now, {', '.join(f':{name}{at}' for name in _ATTEMPT)})" for at in range(number))
    made = text(_TRYING.substitute(names=", ".join(_ATTEMPT), rows=", ".join(rows)))
    return made.bindparams(bindparam("now", type_=Instant))


@lru_cache(maxsize=128)
def _asking(template: Template, number: int) -> TextClause:
    return text(template.substitute(ids=_ids(number))).bindparams(bindparam("now", type_=Instant))


def _ids(number: int) -> str:
    return ", ".join(f":id{at}" for at in range(number))
