"""Matching: where in a folded text the rules of a vocabulary find their words."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from content.rules import Rule, any_of, expression_of, openings_of

CONTEXT_WORDS = 12
_WORDS = re.compile(r"(?<!\w)\w{1,40}")
_FIRST = 3  # letters by which the beginnings of words are sorted: an open phrase has at least so many
_REMEMBERED = 50_000  # words: news repeats itself, hostile text does not
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


Word = tuple[str, int]
"""A run of letters and digits in a folded text (of a very long one, the beginning), and where it starts."""


def words_in(text: str) -> list[Word]:
    """The words of a folded text: several lexicons can read the same list."""
    return [(found[0], found.start()) for found in _WORDS.finditer(text)]


@dataclass(frozen=True, slots=True)
class _Opening:
    """The phrases that can begin with a word. Those that begin with just this word are many where the word is common
    ("in", "een"): `gate` finds in one go whether any of them stands there."""

    gate: re.Pattern[str] | None
    whole: tuple[_Probe, ...]
    longer: tuple[_Probe, ...]

    def probes(self, text: str, at: int) -> tuple[_Probe, ...]:
        if self.gate is None or self.gate.match(text, at) is None:
            return self.longer
        return self.whole + self.longer


class Lexicon(dict[str, _Opening | None]):
    """Rules under keys, compiled once. As a dictionary it remembers for each word which phrases can begin with it."""

    def __init__(self, entries: Iterable[tuple[str, Rule]]) -> None:
        super().__init__()
        self._whole: dict[str, list[_Probe]] = defaultdict(list)
        self._open: dict[str, list[tuple[str, _Probe]]] = defaultdict(list)
        self._gates: dict[str, re.Pattern[str]] = {}
        for key, rule in entries:
            for probe in _probes(key, rule):
                whole, beginnings = openings_of(probe.phrase, open_tail=rule.kind == "open_tail")
                for word in whole:
                    self._whole[word].append(probe)
                for beginning in beginnings:
                    self._open[beginning[:_FIRST]].append((beginning, probe))

    def __missing__(self, word: str) -> _Opening | None:
        openings = self._open.get(word[:_FIRST], ())
        longer = tuple(probe for beginning, probe in openings if word.startswith(beginning))
        if len(self) >= _REMEMBERED:
            self.clear()
        opening = self[word] = self._opening(word, longer) if longer or word in self._whole else None
        return opening

    def _opening(self, word: str, longer: tuple[_Probe, ...]) -> _Opening:
        if word not in self._gates and word in self._whole:
            expressions = (probe.expression.pattern for probe in self._whole[word])
            self._gates[word] = re.compile("|".join(f"(?:{one})" for one in expressions))
        return _Opening(self._gates.get(word), tuple(self._whole.get(word, ())), longer)

    def hits(self, text: str, words: Iterable[Word] | None = None) -> list[Hit]:
        """Everything found in a folded text, in order, without what `not_in`, `near` and `block` refuse.

        Args:
            text: folded.
            words: its words, where the caller has them.
        """
        found = []
        for word, start in words_in(text) if words is None else words:
            opening = self[word]
            if opening is None:
                continue
            for probe in opening.probes(text, start):
                hit = probe.find(text, start)
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
