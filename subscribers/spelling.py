"""Spelling: how alike a typed name and a known name are. Pure functions of texts."""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

NOISE = frozenset({"gemeente", "gem", "gemeenten", "municipality", "of", "stad", "regio", "de", "het", "the"})
"""Words that people add or leave out; they count only when nothing else was typed."""

EXACT = 1.0
SURE = 0.9
"""From here on it is the same name with a slip of the keyboard."""
LIKELY = 0.72
"""From here on it is worth showing."""


@lru_cache(maxsize=4096)  # the names of all organisations are asked for at each search
def plain(text: str) -> str:
    """Small ASCII letters, digits and single spaces: "'s-Gravenhage" is "s gravenhage", "Súdwest" is "sudwest"."""
    bare = "".join(
        sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign)
    )
    return " ".join(re.findall(r"[a-z0-9]+", bare.replace("'", " ").replace("’", " ")))


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words that tell names apart."""
    found = plain(text).split()
    return tuple(word for word in found if word not in NOISE) or tuple(found)


def likeness(typed: str, name: str) -> float:
    """How likely it is that someone who typed `typed` means `name`: 1 is the same name, 0 has nothing to do with it.

    Forgiven are capitals, diacritics, hyphens and spaces, "gemeente" before it, the order of words, an unfinished
    name, and slips of the keyboard.
    """
    mine, other = words(typed), words(name)
    if not mine or not other:
        return 0.0
    joined, target = "".join(mine), "".join(other)
    if joined == target:
        return EXACT
    if sorted(mine) == sorted(other):
        return 0.98
    share = min(1.0, len(joined) / len(target))
    # With the small words in, so that a slip in a short name beside one ("De Bilt") is forgiven too.
    spelled = min(0.97, _ratio(plain(typed).replace(" ", ""), plain(name).replace(" ", "")))
    return max(
        _begun(mine, other, joined, target, share), _slipped(mine, other, joined, target, share), spelled
    )


def _begun(mine: tuple[str, ...], other: tuple[str, ...], joined: str, target: str, share: float) -> float:
    """An unfinished name: the beginning of the whole, or of some of its words."""
    if target.startswith(joined):
        return 0.8 + 0.08 * share
    if all(any(word.startswith(part) for word in other) for part in mine):
        return 0.76 + 0.08 * share
    return 0.0


def _slipped(mine: tuple[str, ...], other: tuple[str, ...], joined: str, target: str, share: float) -> float:
    """Slips: in the whole, in words that changed places, or in the part that was typed so far."""
    if len(joined) < 4:
        return 0.0
    whole = max(_ratio(joined, target), _ratio("".join(sorted(mine)), "".join(sorted(other))))
    part = _ratio(joined, target[: len(joined)]) * (0.85 + 0.05 * share) if share < 1 else 0.0
    return max(min(whole, 0.97), part)


def _ratio(first: str, second: str) -> float:
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if matcher.real_quick_ratio() < LIKELY or matcher.quick_ratio() < LIKELY:
        return 0.0
    return matcher.ratio()
