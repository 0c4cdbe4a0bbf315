"""Expressions: what a segment says, as it is stored: conditions in groups that want all, any or none of their parts.

{"match": "all", "parts": [
    {"predicate": "province", "values": ["Drenthe", "Groningen"]},
    {"match": "none", "parts": [{"predicate": "interest", "values": ["snus"]}]}]}
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Union

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from subscribers.errors import SegmentFault

MOST_LEVELS = 4
"""Groups within groups; deeper than this nobody reads a sentence either."""

MOST_CONDITIONS = 40
"""Conditions in all groups together: each is a part of one statement, and engines have their limits."""

MOST_PARTS = 20
MOST_VALUES = 400
"""More than there are municipalities."""


class Match(StrEnum):
    """How many parts of a group a reader must meet: AND, OR, and NOT (none of them)."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


class Condition(BaseModel):
    """A reader has one of these values, as the predicate with this key sees it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    predicate: Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,39}$")]
    values: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=200)], ...],
        Field(min_length=1, max_length=MOST_VALUES),
    ]


class Group(BaseModel):
    """Parts, and how many of them a reader must meet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: Match
    parts: Annotated[tuple[Union[Condition, "Group"], ...], Field(min_length=1, max_length=MOST_PARTS)]

    def stored(self) -> dict[str, Any]:
        """As JSON knows it; `parse_expression` reads it back."""
        return self.model_dump(mode="json")


def parse_expression(stored: object) -> Group:
    """Read an expression as it was stored or built, within the limits.

    Raises:
        SegmentFault: it is not one: a wrong form, an empty group, too deep or too large.
    """
    _refuse_depth(stored)
    try:
        expression = Group.model_validate(stored)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SegmentFault(f"Not a segment, at {place or 'the top'}: {first['msg']}.") from error
    if (number := sum(1 for _ in conditions_of(expression))) > MOST_CONDITIONS:
        raise SegmentFault(f"A segment has at most {MOST_CONDITIONS} conditions; this one has {number}.")
    return expression


def conditions_of(expression: Group) -> Iterator[Condition]:
    """All conditions, in the order in which they stand."""
    for part in expression.parts:
        if isinstance(part, Group):
            yield from conditions_of(part)
        else:
            yield part


def _refuse_depth(stored: object) -> None:
    """Before anything walks down it: what is nested without end must not reach a function that calls itself."""
    level, nodes = 0, [stored]
    while nodes:
        level += 1
        inner = [node.get("parts") for node in nodes if isinstance(node, dict)]
        nodes = [
            part
            for parts in inner
            if isinstance(parts, list | tuple)
            for part in parts
            if isinstance(part, dict) and "parts" in part
        ]
        if nodes and level >= MOST_LEVELS:
            raise SegmentFault(f"A segment has at most {MOST_LEVELS} groups within each other.")
