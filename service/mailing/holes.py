"""Holes: what differs per reader in a text that is rendered once. A text is split once and joined for each reader.

A hole is a name between two brackets that nobody types: they survive MJML and CSS inlining as they are, in text and in
attributes (where mrml writes what cannot be printed, such as private-use characters, as an escape), and `without_holes`
takes them out of whatever editors and feeds wrote. What stands between `if-region` and
`end-region` stays only for readers who have something to put into `region`.
"""

import re
from collections.abc import Mapping

OPEN, CLOSE = "\u27e6", "\u27e7"
_HOLE = re.compile(f"{OPEN}([a-z0-9-]+){CLOSE}")
_OPTIONAL = re.compile(f"{OPEN}if-([a-z0-9-]+){CLOSE}(.*?){OPEN}end-\\1{CLOSE}", re.DOTALL)
_CONTROLS = dict.fromkeys({*range(32), 127} - {9, 10})
_PLAIN = _CONTROLS | str.maketrans({OPEN: "[[", CLOSE: "]]"})

Pieces = tuple[str, ...]
"""A text in turns: fixed, hole's name, fixed, hole's name, …, fixed."""


def hole(name: str) -> str:
    """The place where `name` goes."""
    return f"{OPEN}{name}{CLOSE}"


def without_holes(text: str) -> str:
    """Foreign text, in which nothing can look like a hole, and without control characters, which XML refuses."""
    return text.translate(_PLAIN)


def split(text: str, *, present: frozenset[str]) -> Pieces:
    """Take a rendered text apart. Optional parts stay only when their name is in `present`."""
    kept = _OPTIONAL.sub(lambda match: match[2] if match[1] in present else "", text)
    return tuple(_HOLE.split(kept))


def places(text: str) -> int:
    """How many holes a rendered text has; the signs of an optional part take no room."""
    return sum(not name.startswith(("if-", "end-")) for name in _HOLE.findall(text))


def names(pieces: Pieces) -> frozenset[str]:
    """The holes of a text."""
    return frozenset(pieces[1::2])


def fill(pieces: Pieces, values: Mapping[str, str]) -> str:
    """Join a text for one reader. A hole without a value is a defect (KeyError), never an empty place."""
    filled = list(pieces)
    filled[1::2] = [values[name] for name in pieces[1::2]]
    return "".join(filled)
