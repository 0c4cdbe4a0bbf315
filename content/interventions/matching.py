"""Matching: which interventions are the same one under another roof, and what speaks for it. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from content.folding import fold
from content.links import canonical as same_address


class Evidence(StrEnum):
    """What speaks for two being one; the last speaks against it: a database seldom has one intervention twice."""

    KNOWN_ID = "known_id"
    SAME_PAGE = "same_page"
    SAME_NAME = "same_name"
    SAME_OWNER = "same_owner"
    SHORT_NAME = "short_name"
    LIKE_NAME = "like_name"
    NO_OTHER_OWNER = "no_other_owner"
    SAME_DATABASE = "same_database"


@dataclass(frozen=True)
class Traits:
    """What matching looks at. `ids` are "source:key" as databases and editors know it; `key` is ours.

    For an intervention names, owners, ids and links are those of all its records together.
    """

    key: int
    names: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Match:
    """Two that may be one. `certain` ones are joined at once; the rest waits for an editor."""

    key: int
    evidence: tuple[Evidence, ...]

    @property
    def certain(self) -> bool:
        """A known id, the same page, or the same full name and no other owner, in another database."""
        found = set(self.evidence)
        named = Evidence.SAME_NAME in found and bool(found & {Evidence.SAME_OWNER, Evidence.NO_OTHER_OWNER})
        sure = bool(found & {Evidence.KNOWN_ID, Evidence.SAME_PAGE})
        return sure or (named and Evidence.SAME_DATABASE not in found)


ALIKE = 0.88
"""How alike two names must be (difflib's ratio) to be shown to an editor, where the owner is the same."""

_SMALL = frozenset(
    {"de", "het", "een", "the", "stichting", "instituut", "ggz", "bv", "nederland", "en", "and", "voor"}
)


def normal_name(name: str) -> str:
    """A name without case, accents, punctuation and what stands between brackets."""
    bare = re.sub(r"\([^)]*\)", " ", fold(name).text).replace("&", " en ")
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


def short_names(name: str) -> frozenset[str]:
    """Other ways to call it: what stands before a colon or a dash, and an abbreviation between brackets."""
    folded = fold(name).text
    abbreviations = re.findall(r"\(([^)]{2,20})\)", folded)
    first = re.split(r":| - ", folded)[0]
    return frozenset(
        {normal_name(first), *(normal_name(one) for one in abbreviations)} - {"", normal_name(name)}
    )


def owner_words(owner: str) -> frozenset[str]:
    """The words of an owner's name that tell it apart: "Stichting Trimbos-instituut, Utrecht" and "Trimbos" share one."""
    words = re.sub(r"[^a-z0-9]+", " ", fold(owner).text).split()
    return frozenset(word for word in words if word not in _SMALL and len(word) > 2)


def owners_meet(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether an owner on either side is the same one: the words of the shorter name all stand in the longer."""
    left = [words for words in map(owner_words, some) if words]
    right = [words for words in map(owner_words, others) if words]
    return any(one <= other or other <= one for one in left for other in right)


def best_match(one: Traits, others: Sequence[Traits]) -> Match | None:
    """The intervention that `one` most likely is: a certain match before a likely one; None where nothing speaks for any."""
    found = [match for match in (compare_traits(one, other) for other in others) if match is not None]
    return min(found, key=lambda match: (not match.certain, -_weight(match), match.key), default=None)


def compare_traits(one: Traits, other: Traits) -> Match | None:
    """What speaks for these two being one; None where it is too little to ask anybody."""
    evidence = tuple(_evidence(one, other))
    said = set(evidence)
    enough = said & {Evidence.KNOWN_ID, Evidence.SAME_PAGE, Evidence.SAME_NAME, Evidence.SHORT_NAME}
    alike = Evidence.LIKE_NAME in said and Evidence.SAME_OWNER in said
    return Match(other.key, evidence) if enough or alike else None


def _evidence(one: Traits, other: Traits) -> Iterable[Evidence]:
    if one.ids & other.ids:
        yield Evidence.KNOWN_ID
    if {same_address(link) for link in one.links} & {same_address(link) for link in other.links}:
        yield Evidence.SAME_PAGE
    left, right = set(map(normal_name, one.names)) - {""}, set(map(normal_name, other.names)) - {""}
    if left & right:
        yield Evidence.SAME_NAME
    elif _short(one) & (right | _short(other)) or left & _short(other):
        yield Evidence.SHORT_NAME
    elif any(SequenceMatcher(None, a, b).ratio() >= ALIKE for a in left for b in right):
        yield Evidence.LIKE_NAME
    if owners_meet(one.owners, other.owners):
        yield Evidence.SAME_OWNER
    elif not one.owners or not other.owners:
        yield Evidence.NO_OTHER_OWNER
    if _databases(one) & _databases(other) and not one.ids & other.ids:
        yield Evidence.SAME_DATABASE


def _short(one: Traits) -> set[str]:
    return {short for name in one.names for short in short_names(name)}


def _databases(one: Traits) -> set[str]:
    return {known.partition(":")[0] for known in one.ids}


def _weight(match: Match) -> int:
    order = list(Evidence)
    return sum(len(order) - order.index(evidence) for evidence in match.evidence)
