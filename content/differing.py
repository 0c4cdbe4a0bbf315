"""Differing: which words of a text went away, and which came."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class How(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """A piece of text, and what became of it."""

    text: str
    how: How


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts as one, in pieces of whole words: those that stayed and came are the later text, those that stayed and
    went the earlier one."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for how, begin, end, start, stop in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if how == "equal":
            pieces.append(Piece("".join(new[start:stop]), How.SAME))
            continue
        pieces += [Piece("".join(old[begin:end]), How.GONE)] if end > begin else []
        pieces += [Piece("".join(new[start:stop]), How.NEW)] if stop > start else []
    return tuple(pieces)
