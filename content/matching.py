"""Matching: where in a folded text the rules of a vocabulary find their words."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from content.rules import Rule, any_of, expression_of, keys_of

CONTEXT_WORDS = 12
_WORD_STARTS = re.compile(r"(?<!\w)\w{1,3}")
_REACH = 80  # characters around a match in which a longer phrase may enclose it
_WINDOW = 240  # characters in which twelve words are looked for: keeps the work linear in the text


class Hit(NamedTuple):
    """A phrase found. `start` and `end` count in the folded text."""

    key: str
    rule: Rule
    phrase: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Probe:
    """One phrase of a rule, with all that the rule asks of the words around it."""

    key: str
    rule: Rule
    phrase: str
    expression: re.Pattern[str]
    near: re.Pattern[str] | None
    block: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    not_in: re.Pattern[str] | None

    def find(self, text: str, at: int) -> Hit | None:
        """The match that begins at a place in a folded text, if it stands."""
        match = self.expression.match(text, at)
        if match is None:
            return None
        hit = Hit(self.key, self.rule, self.phrase, at, match.end())
        return hit if self._stands(hit, text) else None

    def _stands(self, hit: Hit, text: str) -> bool:
        if self.not_in is not None and _enclosed(self.not_in, hit, text):
            return False
        if self.near is None and self.block is None:
            return True
        around = _around(hit, text)
        return not self._is_blocked(around) and (self.near is None or any(map(self.near.search, around)))

    def _is_blocked(self, around: tuple[str, str]) -> bool:
        if self.block is None or not any(map(self.block.search, around)):
            return False
        return self.unless is None or not any(map(self.unless.search, around))


class Lexicon:
    """Rules under keys, compiled once, found by the first letters of each word."""

    def __init__(self, entries: Iterable[tuple[str, Rule]]) -> None:
        self._probes: dict[str, list[_Probe]] = defaultdict(list)
        for key, rule in entries:
            for probe in _probes(key, rule):
                for letters in keys_of(probe.phrase):
                    self._probes[letters].append(probe)
        self._probes = dict(self._probes)

    def hits(self, text: str) -> list[Hit]:
        """Everything found in a folded text, in order, without what `not_in`, `near` and `block` refuse."""
        found = []
        for word in _WORD_STARTS.finditer(text):
            for probe in self._probes.get(word[0], ()):
                hit = probe.find(text, word.start())
                if hit is not None:
                    found.append(hit)
        return found


def _probes(key: str, rule: Rule) -> Iterator[_Probe]:
    lists = (any_of(rule.near), any_of(rule.block), any_of(rule.unless), any_of(rule.not_in))
    for phrase in rule.phrases:
        expression = re.compile(expression_of(phrase, open_tail=rule.kind == "open_tail"))
        yield _Probe(key, rule, phrase, expression, *lists)


def _enclosed(phrases: re.Pattern[str], hit: Hit, text: str) -> bool:
    for phrase in phrases.finditer(text, max(0, hit.start - _REACH), hit.end + _REACH):
        if phrase.start() < hit.end and hit.start < phrase.end():
            return True
    return False


def _around(hit: Hit, text: str) -> tuple[str, str]:
    """The words on both sides of a match; the match counts with what follows, so that compounds are seen."""
    before = text[max(0, hit.start - _WINDOW) : hit.start].split()
    after = text[hit.start : hit.end + _WINDOW].split()
    return " ".join(before[-CONTEXT_WORDS:]), " ".join(after[: CONTEXT_WORDS + hit.phrase.count(" ") + 1])


def in_context(hit: Hit, others: Sequence[Hit], text: str) -> bool:
    """Whether another match (they come in the order of the text) stands within twelve words, apart from this one."""
    first = bisect_left(others, hit.start - _WINDOW, key=_start)
    last = bisect_right(others, hit.end + _WINDOW, key=_start)
    return any(_apart_but_near(hit, other, text) for other in others[first:last])


def _start(hit: Hit) -> int:
    return hit.start


def _apart_but_near(one: Hit, other: Hit, text: str) -> bool:
    first, second = (one, other) if one.start <= other.start else (other, one)
    return first.end <= second.start and len(text[first.end : second.start].split()) <= CONTEXT_WORDS
