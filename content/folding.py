"""Folding: the copy of a text that rules are compared with, and the way back into the original."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
APOSTROPHES = "'\u2018\u2019\u02bc\u00b4`"


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without case and diacritics. `offsets[i]` is where folded character i stands in `original`."""

    original: str
    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the folded text stands in the original, the marks on its last character included."""
        stop = self.offsets[end] if end < len(self.offsets) else len(self.original)
        return self.offsets[start], stop


class _Characters(dict[int, str]):
    """What each character becomes, worked out when it is first met."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()
        """Those met so far that do not become exactly one."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        if len(folded) != 1:
            self.uneven.add(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if character in HYPHENS:
        return "-"
    if character in APOSTROPHES:
        return "'"
    category = unicodedata.category(character)
    if category == "Cf":  # soft hyphens and zero-width characters stand inside words
        return ""
    if category == "Cc" or character.isspace():
        return " "
    decomposed = unicodedata.normalize("NFKD", character).casefold()
    return "".join(part for part in decomposed if not unicodedata.combining(part))


_CHARACTERS = _Characters()


def fold(text: str) -> Folded:
    """Casefold, take diacritics off, unify hyphens, apostrophes and white space (NFKD, so that ₂ is 2).

    Works on composed (NFC) and decomposed text alike.
    """
    folded = text.translate(_CHARACTERS)
    if text.isascii() or _CHARACTERS.uneven.isdisjoint(text):
        return Folded(text, folded, range(len(text)))
    offsets = [at for at, character in enumerate(text) for _ in _CHARACTERS[ord(character)]]
    return Folded(text, folded, offsets)
