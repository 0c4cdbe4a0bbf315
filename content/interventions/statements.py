"""Statements: what each source says of an intervention, side by side, and where they contradict each other. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from content.crawled import Value
from content.interventions.canonical import ages_in, as_text, as_values
from content.interventions.matching import owners_meet
from content.scales import SCALES, level_of

COMPARED = ("age", "level", "level_date", "owner")
"""Fields in which two sources cannot both be right. Descriptions may differ, and are shown by source."""

RUNNING = ("target_group", "summary")
"""Fields of running text that may name ages other than the field for it does."""


@dataclass(frozen=True)
class Source:
    """Who says something: a record of a database, or an entry of the starter knowledge. `within` is a field of running text."""

    name: str
    link: str = ""
    checked: bool = True
    within: str = ""


@dataclass(frozen=True)
class Statement:
    """What one source says of one field."""

    field: str
    value: Value
    source: Source

    @property
    def text(self) -> str:
        """The value on one line."""
        return as_text(self.value)


@dataclass(frozen=True)
class Conflict:
    """A field on which sources contradict each other; every statement is kept, none is weighed."""

    field: str
    statements: tuple[Statement, ...]


def statements_of(source: Source, fields: Mapping[str, Value]) -> list[Statement]:
    """What a record says, field by field; ages that stand only in its running text count as a statement of their own."""
    said = [Statement(name, value, source) for name, value in fields.items() if value]
    ages = {as_text(fields.get("age", ""))}
    for name in RUNNING:
        spoken = ages_in(as_text(fields.get(name, "")))
        if spoken and spoken not in ages:
            ages.add(spoken)
            said.append(Statement("age", spoken, replace(source, within=name)))
    return said


def conflicts(statements: Iterable[Statement]) -> tuple[Conflict, ...]:
    """The fields of `COMPARED` on which the statements differ, in that order."""
    by_field: dict[str, list[Statement]] = {}
    for statement in statements:
        by_field.setdefault(statement.field, []).append(statement)
    return tuple(
        Conflict(name, tuple(by_field[name]))
        for name in COMPARED
        if name in by_field and _differ(name, by_field[name])
    )


def _differ(name: str, said: list[Statement]) -> bool:
    if name == "owner":
        first = as_values(said[0].value)
        return not all(owners_meet(first, as_values(other.value)) for other in said[1:])
    if name == "level":  # levels of two scales say different things, and do not contradict each other
        levels = [level_of(one.text) for one in said]
        return any(len({one for one in levels if one and one.scale == scale}) > 1 for scale in SCALES)
    return len({one.text for one in said}) > 1
