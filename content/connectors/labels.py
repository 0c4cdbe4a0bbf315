"""Labels: what a database calls a field, told apart without regard to case, accents, spaces and punctuation around it."""

from dataclasses import dataclass

from content.plaintext import folded

LABEL_LIMIT = 80
_AROUND = " :.?*-–—\u00a0"


@dataclass(frozen=True)
class Found:
    """A label with the text that belongs to it, and the parts of that text where it is a list."""

    label: str
    text: str
    parts: tuple[str, ...] = ()


def label_key(text: str) -> str:
    """What two spellings of one label have in common: "Datum  erkenning :" gives "datum erkenning"."""
    return folded(text).strip(_AROUND)


def is_label(text: str) -> bool:
    """Whether a text may be a label at all: a whole sentence in bold is none."""
    return 0 < len(text) <= LABEL_LIMIT and bool(label_key(text))
