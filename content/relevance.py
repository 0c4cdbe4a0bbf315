"""Relevance: is an item one for the newsletter, only about substances, or neither?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from content.matching import Hit

FOR_THE_NEWSLETTER = 2
ABOUT_SUBSTANCES = 1
NEITHER = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """A relevance and the cues that led to it, with their points."""

    relevance: int
    score: int
    reasons: tuple[str, ...]


def judge(
    cues: Iterable[Hit], *, points: Mapping[str, int], threshold: int, title_end: int, all_negated: bool
) -> Judgement:
    """Weigh the cues of an item in which a substance was found.

    A cue counts once, and double when it stands in the title. From the threshold on the item is one for the
    newsletter. Below it, an item that only says that there are no drugs is about something else.
    """
    weights: dict[str, int] = {}
    for hit in cues:
        weights[hit.key] = max(weights.get(hit.key, 1), 2 if hit.start < title_end else 1)
    score = sum(points[name] * weight for name, weight in weights.items())
    reasons = tuple(f"{name} {points[name] * weight:+d}" for name, weight in sorted(weights.items()))
    if score >= threshold:
        return Judgement(FOR_THE_NEWSLETTER, score, reasons)
    return Judgement(NEITHER if all_negated else ABOUT_SUBSTANCES, score, reasons)
