"""Marks: the words by which a message is told apart, from marks.txt beside this file."""

from pathlib import Path

from service.verdicts.phrases import pattern_of, read_phrases

FILE = Path(__file__).with_name("marks.txt")

_PHRASES = dict(read_phrases(FILE.read_text(encoding="utf-8")))
_PATTERNS = {mark: pattern_of(phrases) for mark, phrases in _PHRASES.items()}

_RULES = " \t>*=_|-:."
"""What people and servers draw lines with."""


def has_mark(mark: str, text: str) -> bool:
    """Whether a text holds one of the phrases of a mark."""
    return _PATTERNS[mark].search(" ".join(text.lower().split())) is not None


def begins_returned_mail(line: str) -> bool:
    """Whether the mail that is returned begins with this line."""
    lower = line[:300].lower().lstrip(_RULES)
    return lower.startswith(_PHRASES["returned-begins"]) or lower.rstrip(_RULES) in _PHRASES["returned-alone"]
