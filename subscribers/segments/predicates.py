"""Predicates: what can be asked of readers. A pure function from values to whoever has one, and the values it knows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Select

Ids = Select[Any]
"""A query for ids of subscribers, in its first column and never null; the same one may come more than once."""

Ask = Callable[[Sequence[str]], Ids]
"""From values to the readers who have one of them."""


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
    """A question about readers. `key` names it in stored segments and, for its words, at the desk: it never changes."""

    key: str
    choices: tuple[Choice, ...]
    ask: Ask

    @cached_property
    def by_value(self) -> Mapping[str, Choice]:
        """The choices by their value."""
        return {choice.value: choice for choice in self.choices}


Predicates = Mapping[str, Predicate]
"""All that can be asked now, by key."""


def by_key(predicates: Iterable[Predicate]) -> Predicates:
    """Those with anything to choose, in this order."""
    return {predicate.key: predicate for predicate in predicates if predicate.choices}
