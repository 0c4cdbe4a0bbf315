"""Wishes: what a reader follows, which streams they receive, in which language, and what they agreed to."""

from collections.abc import Sequence

from sqlalchemy import select as rows
from sqlmodel import col

from content.vocabulary import Vocabulary
from subscribers.consent import WORDINGS, ConsentEvent, ConsentKind
from subscribers.people import Interest, Stream, Subscription
from subscribers.segments.predicates import Choice, Ids, Predicate, in_own_row

LANGUAGES = ("nl", "en")
AGREED = (ConsentKind.CONFIRMED, ConsentKind.RESTORED)
"""Acts by which someone agrees to the words they saw."""


def wish_predicates(vocabulary: Vocabulary) -> tuple[Predicate, ...]:
    """What can be asked of someone's own choices."""
    terms = tuple(Choice(term.slug, nl=term.nl, en=term.en) for term in vocabulary.terms)
    return (
        Predicate("interest", terms, _follows),
        Predicate("stream", tuple(Choice(stream.value) for stream in Stream), _receives),
        in_own_row("language", tuple(Choice(language) for language in LANGUAGES), "language"),
        Predicate("consent", tuple(Choice(wording.version) for wording in WORDINGS), _agreed_to),
    )


def _follows(values: Sequence[str]) -> Ids:
    return rows(col(Interest.subscriber_id)).where(col(Interest.slug).in_(values))


def _receives(values: Sequence[str]) -> Ids:
    return rows(col(Subscription.subscriber_id)).where(col(Subscription.stream).in_(values))


def _agreed_to(values: Sequence[str]) -> Ids:
    shown = [
        wording.shown_as(language)
        for wording in WORDINGS
        if wording.version in values
        for language in LANGUAGES
    ]
    return rows(col(ConsentEvent.subscriber_id)).where(
        col(ConsentEvent.kind).in_(AGREED), col(ConsentEvent.wording_version).in_(shown)
    )
