"""Levels of recognition: what databases call them, and the names under which we compare them.

Dutch: the levels of the RIVM recognition system, which NJi, Movisie and Sport & Bewegen share. EUDA: the Xchange registry
of prevention programmes; EUDA's scale for treatment is another one and is not read.
"""

from collections.abc import Mapping
from types import MappingProxyType

from content.plaintext import folded

NOT_RECOGNISED = "niet-erkend"

_DUTCH = {
    "goed-beschreven": ("goed beschreven",),
    "goed-onderbouwd": ("goed onderbouwd", "theoretisch goed onderbouwd"),
    "eerste-aanwijzingen": ("eerste aanwijzingen",),
    "goede-aanwijzingen": ("goede aanwijzingen",),
    "sterke-aanwijzingen": ("sterke aanwijzingen",),
    NOT_RECOGNISED: ("niet erkend", "niet meer erkend", "niet langer erkend", "erkenning vervallen"),
}
_EUDA = {
    "beneficial": ("beneficial",),
    "likely-beneficial": ("likely to be beneficial", "likely beneficial"),
    "possibly-beneficial": ("possibly beneficial",),
    "additional-studies-recommended": ("additional studies recommended",),
    "unlikely-to-be-beneficial": ("unlikely to be beneficial", "unlikely beneficial", "unlikely"),
    "possibly-harmful": ("possibly harmful",),
}
SCALES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType({"dutch": _DUTCH, "euda": _EUDA})
"""By name: each level's slug, lowest first in the Dutch one, with the words that stand for it."""

_AROUND = " :;,.()–-"


def read_level(text: str, *, scale: str) -> tuple[str, str]:
    """The level that a text names, and what it says besides ("Niet erkend: te weinig onderbouwd"); ("", text) for none.

    A text that names two levels, neither of them first, or that denies one ("niet goed onderbouwd"), names none.
    """
    words = folded(text)
    named = {(words.find(name), name, slug) for slug, names in SCALES[scale].items() for name in names}
    found = [one for one in named if one[0] >= 0 and not words[: one[0]].rstrip().endswith(("niet", "not"))]
    longest = [one for one in found if not any(_inside(one, other) for other in found)]
    first = [one for one in longest if one[0] == 0] or longest
    if len({slug for _start, _name, slug in first}) != 1:
        return "", text
    start, name, slug = min(first)
    same_length = len(words) == len(text)  # else folding moved the letters, and the rest cannot be cut out
    return slug, text[start + len(name) :].strip(_AROUND) if same_length and start == 0 else ""


def _inside(one: tuple[int, str, str], other: tuple[int, str, str]) -> bool:
    """Whether a name is only a part of a longer one: "beneficial" in "possibly beneficial"."""
    (start, name, _), (outer, longer, _) = one, other
    return len(longer) > len(name) and outer <= start and start + len(name) <= outer + len(longer)
