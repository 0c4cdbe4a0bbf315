"""Rules: the words by which a term is recognised, as the vocabulary file writes them, and what they compile to."""

import re
from dataclasses import dataclass

from content.folding import fold

KINDS = ("open_tail", "whole_word")
GAP = ".."
_BETWEEN = "[ -]{1,5}"  # the repeats are bounded, so that no text can stall the search
_TAIL = r"\w{0,60}(?:-\w{1,40}){0,4}"
_SKIPPED = r"(?:[^ .!?\n-][^ .!?\n]{0,40}[ ]{1,5}){0,4}?"
_ALLOWED = re.compile(r"[\w][\w',.&+/-]*\*?")
_LETTERS_BEFORE_A_TAIL = 3


@dataclass(frozen=True)
class Rule:
    """One entry under `match`. The comment at the top of vocabulary.yaml says what each key means."""

    kind: str
    phrases: tuple[str, ...]
    needs_context: bool = False
    only_alone: bool = False
    negated: bool = False
    beside: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()

    def explain(self, phrase: str) -> str:
        """The rule in words, for the evidence of a match."""
        extras = [name for name in ("needs_context", "only_alone", "negated", "near") if getattr(self, name)]
        return " + ".join([f"{self.kind}: {phrase}", *extras])


def phrase_fault(phrase: str, *, open_tail: bool) -> str | None:
    """What is wrong with a phrase, or None. `..` stands for at most four words, `*` for the rest of a word."""
    words = fold(phrase).text.split()
    if not words:
        return "is empty"
    if GAP in (words[0], words[-1]):
        return "must not begin or end with .."
    for word in words:
        if word != GAP and not _ALLOWED.fullmatch(word):
            return f"has a part that cannot be read: {word!r} (letters, digits, - ' and a * at the end of a word)"
    for word in (words[0], words[-1]):
        is_open = word.endswith("*") or (open_tail and word is words[-1])
        if is_open and len(word.rstrip("*")) < _LETTERS_BEFORE_A_TAIL:
            return f"is too short to stay open at the end: {word!r}"
    return None


def openings_of(phrase: str, *, open_tail: bool) -> tuple[set[str], set[str]]:
    """The words (runs of letters and digits) that a phrase can begin with: whole ones, and beginnings of longer ones."""
    first, *rest = fold(phrase).text.split()
    parts = first.rstrip("*").split("-")
    whole = {_letters("".join(parts[:number])) for number in range(1, len(parts))}
    last = "".join(parts)
    if last.isalnum() and not first.endswith("-") and (first.endswith("*") or (open_tail and not rest)):
        return whole, {last}
    return whole | {_letters(last)}, set()


def _letters(word: str) -> str:
    return re.match(r"\w+", word)[0]  # type: ignore[index]  # `phrase_fault` saw to it that it begins with a letter or digit


def expression_of(phrase: str, *, open_tail: bool) -> str:
    """The regular expression of a phrase; it expects to begin at the start of a word."""
    parts: list[str] = []
    for word in fold(phrase).text.split():
        if word == GAP:
            parts.append(_SKIPPED)
            continue
        stem = word.rstrip("*")
        body = re.escape(stem.rstrip("-")).replace(r"\-", "[- ]?") + "-" * stem.endswith("-")
        parts.append(body + (r"\w*" if word.endswith("*") else "") + _BETWEEN)
    expression = "".join(parts).removesuffix(_BETWEEN)
    return expression + (_TAIL if open_tail else r"(?!\w)")


def any_of(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    """One expression for a list of phrases, each from the start of a word; None for no phrases."""
    if not phrases:
        return None
    return re.compile(r"(?<!\w)(?:" + "|".join(expression_of(one, open_tail=False) for one in phrases) + ")")
