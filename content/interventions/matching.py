"""Matching: which interventions are the same one under another roof, and what speaks for it. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

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


@lru_cache(maxsize=20_000)
def normal_name(name: str) -> str:
    """A name without case, accents, punctuation and what stands between brackets."""
    bare = re.sub(r"\([^)]*\)", " ", fold(name).text).replace("&", " en ")
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


@lru_cache(maxsize=20_000)
def short_names(name: str) -> frozenset[str]:
    """Other ways to call it: what stands before a colon or a dash, and an abbreviation between brackets."""
    folded = fold(name).text
    abbreviations = re.findall(r"\(([^)]{2,20})\)", folded)
    first = re.split(r":| - ", folded)[0]
    return frozenset(
        {normal_name(first), *(normal_name(one) for one in abbreviations)} - {"", normal_name(name)}
    )


@lru_cache(maxsize=20_000)
def owner_words(owner: str) -> frozenset[str]:
    """The words of an owner's name that tell it apart: "Stichting Trimbos-instituut, Utrecht" and "Trimbos" share one."""
    words = re.sub(r"[^a-z0-9]+", " ", fold(owner).text).split()
    return frozenset(word for word in words if word not in _SMALL and len(word) > 2)


def owners_meet(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether an owner on either side is the same one: the words of the shorter name all stand in the longer."""
    left = [words for words in map(owner_words, some) if words]
    right = [words for words in map(owner_words, others) if words]
    return any(one <= other or other <= one for one in left for other in right)


@dataclass
class Among:
    """All interventions, found by what could make two the same, so that a record is compared with a few and not with each."""

    traits: dict[int, Traits] = field(default_factory=dict)
    _clues: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def put(self, one: Traits) -> None:
        """Add an intervention, or what is known of it now."""
        self.traits[one.key] = one
        for clue in _clues(one):
            self._clues[clue].add(one.key)

    def like(self, one: Traits) -> list[Traits]:
        """Those that share at least one clue, by their key."""
        keys = {key for clue in _clues(one) for key in self._clues.get(clue, ())}
        return [self.traits[key] for key in sorted(keys)]


def _clues(one: Traits) -> set[str]:
    """An id, an address, a name; or a word of the name together with one of the owner's, for names that are only alike."""
    names = {normal_name(name) for name in one.names} - {""}
    short = {short for name in one.names for short in short_names(name)}
    owner = {word for owner in one.owners for word in owner_words(owner)}
    words = {word for name in names for word in name.split() if len(word) > 3}
    return {
        *(f"id {known}" for known in one.ids),
        *(f"link {same_address(link)}" for link in one.links),
        *(f"name {name}" for name in names | short),
        *(f"words {word} {other}" for word in words for other in owner),
    }


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
    elif any(_alike(a, b) for a in left for b in right):
        yield Evidence.LIKE_NAME
    if owners_meet(one.owners, other.owners):
        yield Evidence.SAME_OWNER
    elif not one.owners or not other.owners:
        yield Evidence.NO_OTHER_OWNER
    if _databases(one) & _databases(other) and not one.ids & other.ids:
        yield Evidence.SAME_DATABASE


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _short(one: Traits) -> set[str]:
    return {short for name in one.names for short in short_names(name)}


def _databases(one: Traits) -> set[str]:
    return {known.partition(":")[0] for known in one.ids}


def _weight(match: Match) -> int:
    order = list(Evidence)
    return sum(len(order) - order.index(evidence) for evidence in match.evidence)
