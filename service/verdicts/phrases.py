"""The words: which reason a text gives, by phrases.txt beside this file. No gap in a pattern is open-ended, so that no text
takes long to search."""

import re
from collections.abc import Iterator
from pathlib import Path

FILE = Path(__file__).with_name("phrases.txt")

_GAP = ".{0,40}"
_WORD_START = r"(?<![^\W\d_])"
"""Where a word begins: "rbl" is not in "marble". Chinese and Japanese have no such places."""


def read_phrases(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The groups of phrases.txt in their order: a reason, and its phrases. A reason may come more than once."""
    for group in text.split("\n== ")[1:]:
        reason, _, lines = group.partition("\n")
        yield reason, tuple(line for line in lines.splitlines() if line and not line.startswith("# "))


def reason_in(words: str) -> str | None:
    """The reason that these words give, lower case and with single blanks; None when they give none."""
    return next((reason for reason, pattern in _PATTERNS if pattern.search(words)), None)


def pattern_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """What finds any of these phrases in a text of lower case and single blanks.

    Grouped by their first sign, so that at each place of a text only a few of hundreds are tried.
    """
    groups: dict[str, list[str]] = {}
    for phrase in phrases:
        groups.setdefault(phrase[0], []).append(phrase)
    return re.compile("|".join(_group(sign, group) for sign, group in groups.items()))


def _group(sign: str, phrases: list[str]) -> str:
    ends = "|".join(_GAP.join(map(_part, phrase.split("..")))[len(_part(sign)) :] for phrase in phrases)
    return f"{_part(sign)}(?:{ends})"


def _part(words: str) -> str:
    lettered = words[0].isascii() and words[0].isalpha()
    return (_WORD_START if lettered else "") + re.escape(words)


_PATTERNS = tuple(
    (reason, pattern_of(phrases)) for reason, phrases in read_phrases(FILE.read_text(encoding="utf-8"))
)
