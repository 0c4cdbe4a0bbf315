"""Tagging: which terms an item is about, which of its words say so, and how relevant it is. Pure and explained."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from content.folding import Folded, fold
from content.matching import Hit, Word, in_context, words_in
from content.relevance import NEITHER, judge
from content.vocabulary import FACETS, Vocabulary

TITLE_WEIGHT = 2
LEAD_LENGTH = 300  # characters of the summary that tell what an item is about; feeds send the body along
AFFIRMED = "affirmed"
NEGATED = "negated"
_NEGATION_REACH = 60  # characters before a match


@dataclass(frozen=True, slots=True)
class Match:
    """The evidence for one term: `text` stands at `start` (in characters) in `field` (title or summary).

    `polarity` is `negated` where the words say that there is none of it ("geen drugs", "alcoholvrij").
    """

    facet: str
    slug: str
    text: str
    field: str
    start: int
    rule: str
    polarity: str = AFFIRMED


@dataclass(frozen=True, slots=True)
class Tagging:
    """Relevance 2 (for a newsletter), 1 (about substances) or 0 (neither), the matches, and the cues behind it."""

    relevance: int
    matches: tuple[Match, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def tags(self) -> dict[str, list[str]]:
        """Slugs by facet; what the title says, or the lead says most often, comes first."""
        weights: dict[str, dict[str, int]] = {}
        for match in self.matches:
            of_facet = weights.setdefault(match.facet, {})
            of_facet[match.slug] = of_facet.get(match.slug, 0) + (
                TITLE_WEIGHT if match.field == "title" else 1
            )
        return {
            facet: sorted(weights[facet], key=lambda slug: -weights[facet][slug])
            for facet in FACETS
            if facet in weights
        }


@dataclass(frozen=True, slots=True)
class _Reading:
    """A title and a summary as one folded text: rules may look from the one into the other, phrases may not."""

    title: Folded
    summary: Folded
    text: str

    @property
    def title_end(self) -> int:
        return len(self.title.text)

    def place(self, hit: Hit) -> tuple[str, int, str]:
        """The field, the offset in it, and the words as they stand there."""
        in_title = hit.start < self.title_end
        folded, shift = (self.title, 0) if in_title else (self.summary, self.title_end + 1)
        start, end = folded.span(hit.start - shift, hit.end - shift)
        return ("title" if in_title else "summary"), start, folded.original[start:end]


def tag(vocabulary: Vocabulary, *, title: str, summary: str) -> Tagging:
    """Tag an item. Without a substance in it, an item gets nothing: the other facets are tagged in its context."""
    reading = _read(title, summary)
    words = words_in(reading.text)
    substances = _not_in_passing(vocabulary, reading, _substances(vocabulary, reading.text, words))
    if not substances:
        return Tagging(NEITHER)
    others = [
        hit
        for hit in vocabulary.others.hits(reading.text, words)
        if not hit.rule.needs_context or in_context(hit, substances, reading.text)
    ]
    matches = [_match(vocabulary, reading, hit) for hit in _longest([*substances, *others])]
    judgement = judge(
        vocabulary.signals.hits(reading.text, words),
        points=vocabulary.points,
        threshold=vocabulary.threshold,
        title_end=reading.title_end,
        all_negated=all(match.polarity == NEGATED for match in matches if match.facet == "substance"),
    )
    return Tagging(judgement.relevance, tuple(matches), judgement.reasons)


def _read(title: str, summary: str) -> _Reading:
    folded_title, folded_summary = fold(title), fold(summary)
    return _Reading(folded_title, folded_summary, f"{folded_title.text}\n{folded_summary.text}")


def _substances(vocabulary: Vocabulary, text: str, words: list[Word]) -> list[Hit]:
    found = vocabulary.substances.hits(text, words)
    certain = [hit for hit in found if not hit.rule.needs_context]
    supported = [hit for hit in found if hit.rule.needs_context and in_context(hit, certain, text)]
    hits = sorted(certain + supported, key=lambda hit: hit.start)
    named = {hit.key for hit in hits if not hit.rule.only_alone}
    return [hit for hit in hits if not hit.rule.only_alone or not _others_named(hit, named)]


def _not_in_passing(vocabulary: Vocabulary, reading: _Reading, hits: list[Hit]) -> list[Hit]:
    """Without what is named once, after the lead, where the title is about another substance."""
    titled = {hit.key for hit in hits if hit.start < reading.title_end}
    if all(vocabulary.by_slug[key].general for key in titled):
        return hits
    times = Counter(hit.key for hit in hits)
    lead_end = reading.title_end + LEAD_LENGTH
    return [hit for hit in hits if hit.key in titled or times[hit.key] > 1 or hit.start <= lead_end]


def _others_named(hit: Hit, named: set[str]) -> bool:
    """Whether something more precise is named, so that the general word means that."""
    return bool(named - {hit.key, *hit.rule.beside})


def _longest(hits: Iterable[Hit]) -> list[Hit]:
    """In the order of the text; of the matches of one term that overlap, the longest."""
    last: dict[str, int] = {}
    kept: list[Hit | None] = []
    for hit in sorted(hits, key=lambda one: (one.start, one.start - one.end)):
        at = last.get(hit.key)
        other = None if at is None else kept[at]
        if at is not None and other is not None and hit.start < other.end:
            if hit.end - hit.start <= other.end - other.start:
                continue
            kept[at] = None
        last[hit.key] = len(kept)
        kept.append(hit)
    return [hit for hit in kept if hit is not None]


def _match(vocabulary: Vocabulary, reading: _Reading, hit: Hit) -> Match:
    field, start, text = reading.place(hit)
    before = reading.text[max(0, hit.start - _NEGATION_REACH) : hit.start]
    negated = hit.rule.negated or _is_negated(vocabulary.negations, before)
    return Match(
        facet=vocabulary.by_slug[hit.key].facet,
        slug=hit.key,
        text=text,
        field=field,
        start=start,
        rule=hit.rule.explain(hit.phrase),
        polarity=NEGATED if negated else AFFIRMED,
    )


@lru_cache(maxsize=8)
def _negation(words: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(re.escape(fold(word).text) for word in words)
    quantity = r"(?:(?:meer|enkele?|enige|andere|extra)[ ]+)?"
    listed = r"(?:(?:[\w-]+,[ ]+)*[\w-]+[ ]+(?:of|en|noch)[ ]+)?"  # "geen alcohol, tabak of drugs" denies all three
    return re.compile(rf"(?<!\w)(?:{either})[ ]+{quantity}{listed}$")


def _is_negated(words: tuple[str, ...], before: str) -> bool:
    return bool(words) and _negation(words).search(before) is not None
