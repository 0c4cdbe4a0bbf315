"""Predicates: what can be asked of readers. A pure function from values to whoever has one, and the values it knows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy import select as rows
from sqlalchemy.orm import aliased
from sqlmodel import col

from subscribers.people import Subscriber

Ids = Select[Any]
"""A query for ids of subscribers, in its first column and never null; the same one may come more than once."""

Ask = Callable[[Sequence[str]], Ids]
"""From values to the readers who have one of them."""


Holds = Callable[[Any, Sequence[str]], ColumnElement[bool]]
"""From a reader (the table, or an alias of it) and values to the condition that they have one of them, never null."""


@dataclass(frozen=True)
class Choice:
    """A value that a person can choose. Empty names: the desk has its words for it."""

    value: str
    nl: str = ""
    en: str = ""

    def name(self, language: str) -> str:
        """What it is called; empty where the desk has the words."""
        return (self.en or self.nl) if language == "en" else self.nl


@dataclass(frozen=True)
class Predicate:
    """A question about readers. `key` names it in stored segments and, for its words, at the desk: it never changes.

    Where the answer stands in the reader's own row, `holds` asks it there, and no set need be made of it.
    """

    key: str
    choices: tuple[Choice, ...]
    ask: Ask
    holds: Holds | None = None

    @cached_property
    def by_value(self) -> Mapping[str, Choice]:
        """The choices by their value."""
        return {choice.value: choice for choice in self.choices}


Predicates = Mapping[str, Predicate]
"""All that can be asked now, by key."""


def by_key(predicates: Iterable[Predicate]) -> Predicates:
    """Those with anything to choose, in this order."""
    return {predicate.key: predicate for predicate in predicates if predicate.choices}


def in_own_row(key: str, choices: tuple[Choice, ...], column: str) -> Predicate:
    """A question that a column of `Subscriber` answers, which is never null."""

    def holds(reader: Any, values: Sequence[str]) -> ColumnElement[bool]:
        return col(getattr(reader, column)).in_(values)

    def ask(values: Sequence[str]) -> Ids:
        reader = aliased(Subscriber)
        return rows(col(reader.id)).where(holds(reader, values))

    return Predicate(key, choices, ask, holds)
