"""Levels of recognition: which one a database's words name. The scales themselves are in `content.scales`."""

from collections.abc import Mapping
from types import MappingProxyType

from content.plaintext import folded
from content.scales import LEVELS
from content.scales import SCALES as KNOWN_SCALES

SCALES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        scale: {
            level.slug: tuple(dict.fromkeys(folded(name) for name in level.names))
            for level in LEVELS
            if level.scale == scale
        }
        for scale in KNOWN_SCALES
    }
)
"""By the name that a declaration gives a scale: each level's slug, lowest first, with the words that stand for it."""

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
