"""Nearness: is an item the same news as one that another source brought? Pure, by words that both share, and explained.

Each item is a vector of its telling words, weighted by how rare they are (tf-idf, as in Manning, Raghavan and Schütze,
Introduction to Information Retrieval, chapter 6); the title counts double. Two items are the same news from a cosine of
`NEAR` on, with at least `SHARED` words in common, `TITLE_WORDS` words of each title in the other, and little time
between them. The figures are set so that two rows show the same news rather than one row two.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log, sqrt

from content.folding import fold

NEAR = 0.4
SHARED = 5
TITLE_WORDS = 2
APART = timedelta(days=4)
LEAD_WORDS = 60
WORDS = 8  # that are kept as evidence
COMMON = (
    60  # items that hold a word, from which on it is too common to look for others by: keeps the work linear
)
RARE = 3  # words less common than that, which two items must share before they are compared at all
CANDIDATES = 50
_TITLE_WEIGHT = 2.0
_PRIOR = (
    50  # items that the rarity of a word starts from, so that a small inbox does not take every word for rare
)
_WORD = re.compile(r"\w+")
_WITHOUT_MEANING = """
aan aangehouden achter afgelopen alle alleen als andere bij blijkt daar dan dat deze die dit door drie een eerste en
er gaat geen gisteren haar had heb hebben heeft hem het hier hij hoe hun iemand ik in is jaar jarige kan komt krijgt
kunnen maar maandag man meer meldt men met mensen meteen mij moet na naar negen niet nieuwe nog nu of om omdat onder
ons ook op over politie rond sinds te tegen ten ter tijdens toch toen tot tussen twee uit uur van vandaag vanaf veel
vier vijf volgens voor vrouw waar waren was wat week weer wel werd wie wil woensdag worden wordt zaterdag zegt zes
zich zijn zo zondag zou dinsdag donderdag vrijdag avond ochtend middag nacht
"""
_EMPTY_WORDS = frozenset(_WITHOUT_MEANING.split())


@dataclass(frozen=True, slots=True)
class News:
    """What is compared of an item. `moment` is when it was published, or first seen."""

    key: int
    title: str
    lead: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Likeness:
    """The item that says the same, how alike they are (0 to 1), and the words that both have, the most telling first."""

    key: int
    score: float
    words: tuple[str, ...]


class Index:
    """News by its telling words. Looking for what is near costs a bounded number of comparisons, however many there are."""

    def __init__(self, news: Iterable[News]) -> None:
        self._news = {one.key: one for one in news}
        weights = {key: _weights(one) for key, one in self._news.items()}
        self._holders: dict[str, list[int]] = defaultdict(list)
        for key, words in weights.items():
            for word in words:
                self._holders[word].append(key)
        self._vectors = {key: self._unit(words) for key, words in weights.items()}

    def nearest(self, key: int) -> list[Likeness]:
        """What is the same news as this item, the most alike first."""
        own, together = self._news[key], Counter[int]()
        for word in self._vectors[key]:
            holders = self._holders[word]
            if len(holders) <= COMMON:
                together.update(holders)
        likely = (
            other for other, words in together.most_common(CANDIDATES) if words >= RARE and other != key
        )
        found = (self._likeness(own, self._news[other]) for other in likely)
        return sorted((one for one in found if one is not None), key=lambda one: (-one.score, one.key))

    def _likeness(self, own: News, other: News) -> Likeness | None:
        if abs(other.moment - own.moment) > APART or _is_series(own, other):
            return None
        mine, theirs = self._vectors[own.key], self._vectors[other.key]
        parts = {word: mine[word] * theirs[word] for word in mine.keys() & theirs.keys()}
        score = sum(parts.values())
        if len(parts) < SHARED or score < NEAR or not (_names(own, theirs) and _names(other, mine)):
            return None
        return Likeness(
            other.key, round(score, 3), tuple(sorted(parts, key=lambda word: (-parts[word], word))[:WORDS])
        )

    def _unit(self, weights: Mapping[str, float]) -> dict[str, float]:
        """The weights times the rarity of the words, brought to length 1."""
        number = len(self._news) + _PRIOR
        vector = {
            word: weight * log(number / (len(self._holders[word]) + 1)) for word, weight in weights.items()
        }
        length = sqrt(sum(part * part for part in vector.values())) or 1.0
        return {word: part / length for word, part in vector.items()}


def _names(news: News, words: Mapping[str, float]) -> bool:
    """Whether the other item names what this title is about: columns of one writer end alike, but have other titles."""
    return sum(word in words for word in set(_telling(news.title))) >= TITLE_WORDS


def _weights(news: News) -> dict[str, float]:
    lead = dict.fromkeys(_telling(news.lead)[:LEAD_WORDS], 1.0)
    return lead | dict.fromkeys(_telling(news.title), _TITLE_WEIGHT)


def _telling(text: str) -> list[str]:
    words = _WORD.findall(fold(text).text)
    return [word for word in words if word not in _EMPTY_WORDS and (len(word) > 2 or word.isdigit())]


def _is_series(one: News, other: News) -> bool:
    """Whether two titles differ in their numbers only: "Brief 3", "Nieuws van 4 mei"."""
    first, second = fold(one.title).text, fold(other.title).text
    return first != second and re.sub(r"\d+", "#", first) == re.sub(r"\d+", "#", second)
