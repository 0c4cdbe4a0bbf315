"""Matching: where in a folded text the rules of a vocabulary find their words."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from content.rules import Rule, any_of, expression_of, keys_of

CONTEXT_WORDS = 12
_WORD_STARTS = re.compile(r"(?<!\w)\w{1,3}")
_REACH = 80  # characters around a match in which a longer phrase may enclose it


class Hit(NamedTuple):
    """A phrase found. `start` and `end` count in the folded text."""

    key: str
    rule: Rule
    phrase: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Probe:
    key: str
    rule: Rule
    phrase: str
    expression: re.Pattern[str]


class Lexicon:
    """Rules under keys, compiled once, found by the first letters of each word."""

    def __init__(self, entries: Iterable[tuple[str, Rule]]) -> None:
        self._probes: dict[str, list[_Probe]] = defaultdict(list)
        for key, rule in entries:
            for phrase in rule.phrases:
                self._add(key, rule, phrase)
        self._probes = dict(self._probes)

    def _add(self, key: str, rule: Rule, phrase: str) -> None:
        expression = re.compile(expression_of(phrase, open_tail=rule.kind == "open_tail"))
        for letters in keys_of(phrase):
            self._probes[letters].append(_Probe(key, rule, phrase, expression))

    def hits(self, text: str) -> list[Hit]:
        """Everything found in a folded text, in order, without what `not_in`, `near` and `block` refuse."""
        found = []
        for word in _WORD_STARTS.finditer(text):
            for probe in self._probes.get(word[0], ()):
                match = probe.expression.match(text, word.start())
                if match is not None:
                    hit = Hit(probe.key, probe.rule, probe.phrase, *match.span())
                    if _stands(hit, text):
                        found.append(hit)
        return found


def _stands(hit: Hit, text: str) -> bool:
    rule = hit.rule
    if rule.not_in and _enclosed(hit, text):
        return False
    if not (rule.near or rule.block):
        return True
    before, after = _around(hit, text)
    if rule.block and (any_of(rule.block).search(before) or any_of(rule.block).search(after)):
        return False
    return not rule.near or bool(any_of(rule.near).search(before) or any_of(rule.near).search(after))


def _enclosed(hit: Hit, text: str) -> bool:
    for phrase in any_of(hit.rule.not_in).finditer(text, max(0, hit.start - _REACH), hit.end + _REACH):
        if phrase.start() < hit.end and hit.start < phrase.end():
            return True
    return False


def _around(hit: Hit, text: str) -> tuple[str, str]:
    """The words on both sides of a match, and the match itself with what follows, so that compounds count."""
    before = text[: hit.start].rsplit(None, CONTEXT_WORDS)
    after = text[hit.start :].split(None, CONTEXT_WORDS + hit.phrase.count(" ") + 1)
    return " ".join(before[-CONTEXT_WORDS:]), " ".join(after[: CONTEXT_WORDS + hit.phrase.count(" ") + 1])


def words_between(one: Hit, other: Hit, text: str) -> int:
    """How many words stand between two matches; 0 when they touch or overlap."""
    first, second = sorted((one, other), key=lambda hit: hit.start)
    return len(text[first.end : second.start].split())


def in_context(hit: Hit, others: Iterable[Hit], text: str) -> bool:
    """Whether another match stands within twelve words, apart from this one."""
    return any(
        (other.end <= hit.start or hit.end <= other.start)
        and words_between(hit, other, text) <= CONTEXT_WORDS
        for other in others
    )
