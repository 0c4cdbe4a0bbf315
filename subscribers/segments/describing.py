"""Describing: an expression as a sentence, so that who approves reads who gets it."""

from collections.abc import Callable
from dataclasses import dataclass

from subscribers.segments.expression import Condition, Group, Match


@dataclass(frozen=True)
class Words:
    """The words of a language: between parts that must all hold, between those of which one must, and before what must not."""

    every: str
    some: str
    none: str
    condition: Callable[[Condition], str]


def describe(expression: Group, words: Words) -> str:
    """One sentence, without its full stop. Groups of more than one part stand between brackets within others."""
    parts = [
        _within(part, words) if isinstance(part, Group) else words.condition(part)
        for part in expression.parts
    ]
    if expression.match is Match.ALL:
        return f" {words.every} ".join(parts)
    either = f" {words.some} ".join(parts)
    if expression.match is Match.ANY:
        return either
    return f"{words.none} ({either})" if len(parts) > 1 else f"{words.none} {either}"


def _within(group: Group, words: Words) -> str:
    said = describe(group, words)
    return f"({said})" if len(group.parts) > 1 and group.match is not Match.NONE else said
