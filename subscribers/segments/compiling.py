"""Compiling: an expression becomes one condition of bound SQL. No text of it reaches the statement as anything but a value."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, select, union
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from subscribers.errors import SegmentBroken
from subscribers.people import Subscriber, SubscriberState
from subscribers.segments.expression import Condition, Group, Match
from subscribers.segments.predicates import Ids, Predicate, Predicates

SAMPLE = 5
"""Readers that are shown as an example."""


def compile_expression(expression: Group, predicates: Predicates) -> ColumnElement[bool]:
    """The condition on `Subscriber` that holds for exactly the readers whom the expression means.

    Raises:
        SegmentBroken: it asks what cannot be asked (any more), or for a value that is gone.
    """
    return _holds(expression, predicates, Subscriber, wanted=True)


# Every part becomes a set of ids that readers are joined with, or kept out by: AND is one join after the other, OR a UNION,
# NOT an anti-join, pushed inward by De Morgan's laws. An OR of subqueries would do on paper; PostgreSQL runs those anew for
# each reader as soon as one is larger than its work_mem (for a million readers: hours). A UNION ALL it takes for 200 rows.


def _holds(
    part: Group | Condition, predicates: Predicates, reader: Any, *, wanted: bool
) -> ColumnElement[bool]:
    """The condition that `reader` meets the part, or (not `wanted`) that they do not."""
    if isinstance(part, Condition):
        predicate = _known(part, predicates)
        if predicate.holds is not None:
            condition = predicate.holds(reader, part.values)
            return condition if wanted else not_(condition)
        ids = predicate.ask(part.values)
        return _among(reader, ids) if wanted else _not_among(reader, ids)
    inner = wanted if part.match is not Match.NONE else not wanted
    if inner is (part.match is Match.ALL):  # all must hold, or none of any
        return and_(*(_holds(one, predicates, reader, wanted=inner) for one in part.parts))
    return _among(reader, union(*_either(part.parts, predicates, wanted=inner)))


def _either(
    parts: Iterable[Group | Condition], predicates: Predicates, *, wanted: bool
) -> Iterable[Select[Any]]:
    """Ids of those who meet each part, or of those who do not."""
    for part in parts:
        if wanted and isinstance(part, Condition):
            yield _known(part, predicates).ask(part.values)
            continue
        reader = aliased(Subscriber)
        yield select(col(reader.id)).where(_holds(part, predicates, reader, wanted=wanted))


def _among(reader: Any, ids: Any) -> ColumnElement[bool]:
    return col(reader.id).in_(ids)


def _not_among(reader: Any, ids: Ids) -> ColumnElement[bool]:
    return ~exists(ids.where(ids.selected_columns[0] == reader.id).correlate(reader))


def readers_of(expression: Group, predicates: Predicates) -> Select[int | None]:
    """A query for the ids of the active readers whom the expression means, whatever they receive.

    Raises:
        SegmentBroken: as `compile_expression`.
    """
    active = select(col(Subscriber.id)).where(col(Subscriber.state) == SubscriberState.ACTIVE)
    return active.where(compile_expression(expression, predicates))


def count_readers(session: Session, expression: Group, predicates: Predicates) -> int:
    """How many active readers the expression means."""
    counted = readers_of(expression, predicates).with_only_columns(func.count(), maintain_column_froms=True)
    return session.connection().execute(counted).scalar_one()


def sample_readers(session: Session, expression: Group, predicates: Predicates) -> list[Subscriber]:
    """A few of them, the newest first."""
    some = readers_of(expression, predicates).order_by(col(Subscriber.id).desc()).limit(SAMPLE)
    ids = session.connection().execute(some).scalars().all()
    return [session.get_one(Subscriber, one) for one in ids]


def _known(condition: Condition, predicates: Predicates) -> Predicate:
    """The question, when it can be asked and knows all values."""
    predicate = predicates.get(condition.predicate)
    if predicate is None:
        raise SegmentBroken(f"Nothing answers the question {condition.predicate!r}.")
    for value in condition.values:
        if value not in predicate.by_value:
            raise SegmentBroken(f"The question {condition.predicate!r} knows no value {value!r} (any more).")
    return predicate
