"""What the builder of a segment shows: a draft with its questions and choices in words, and whom it means."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from content.vocabulary import Vocabulary
from service.desk.frame import FACET_NAMES
from service.desk.segment_form import Draft, Place, fault_of
from service.desk.segment_words import HINTS, label_of, sentence, value_name
from service.i18n import translate
from subscribers.errors import SegmentBroken
from subscribers.people import Subscriber, SubscriberState
from subscribers.segments.compiling import count_readers, sample_readers
from subscribers.segments.expression import parse_expression
from subscribers.segments.predicates import Predicate, Predicates

Choices = list[tuple[str, str]]
"""Value and name."""


@dataclass(frozen=True)
class Meant:
    """Whom a draft means now. `fault` is a message in Dutch that says what is missing; then the rest is empty."""

    fault: str
    sentence: str = ""
    count: int = 0
    active: int = 0
    sample: tuple[Subscriber, ...] = ()


def meant_by(session: Session, draft: Draft, predicates: Predicates, language: str) -> Meant:
    """Count, and a few readers as an example.

    Raises:
        SegmentBroken: it asks what cannot be asked.
    """
    if fault := fault_of(draft):
        return Meant(fault)
    expression = parse_expression(draft)
    active = select(func.count()).where(col(Subscriber.state) == SubscriberState.ACTIVE)
    return Meant(
        fault="",
        sentence=sentence(expression, predicates, language),
        count=count_readers(session, expression, predicates),
        active=session.exec(active).one(),
        sample=tuple(sample_readers(session, expression, predicates)),
    )


def view_of(draft: Draft, predicates: Predicates, vocabulary: Vocabulary, language: str) -> dict[str, Any]:
    """The tree for the template: each group and condition with its place ("1.0") and its words."""
    return _group(draft, (), predicates, vocabulary, language)


def offered(predicates: Predicates, language: str) -> Choices:
    """What can be added."""
    return [(key, label_of(key, language)) for key in predicates]


def is_broken(draft: Draft, predicates: Predicates) -> bool:
    """Whether it asks what cannot be asked any more."""
    try:
        _ask_all(draft, predicates)
    except SegmentBroken:
        return True
    return False


def _ask_all(draft: Draft, predicates: Predicates) -> None:
    for part in draft["parts"]:
        if "parts" in part:
            _ask_all(part, predicates)
            continue
        predicate = predicates.get(part["predicate"])
        if predicate is None or any(value not in predicate.by_value for value in part["values"]):
            raise SegmentBroken(f"Nothing answers {part['predicate']!r}.")


def _group(
    draft: Draft, place: Place, predicates: Predicates, vocabulary: Vocabulary, language: str
) -> dict[str, Any]:
    parts = [
        _group(part, (*place, number), predicates, vocabulary, language)
        if "parts" in part
        else _condition(part, (*place, number), predicates, vocabulary, language)
        for number, part in enumerate(draft["parts"])
    ]
    return {"place": _name(place), "level": len(place), "match": draft["match"], "parts": parts}


def _condition(
    draft: Draft, place: Place, predicates: Predicates, vocabulary: Vocabulary, language: str
) -> dict[str, Any]:
    key, values = draft["predicate"], draft["values"]
    predicate = predicates.get(key)
    gone = [value for value in values if predicate is None or value not in predicate.by_value]
    return {
        "place": _name(place),
        "key": key,
        "label": label_of(key, language),
        "hint": translate(language, HINTS[key]) if key in HINTS else "",
        "chosen": values,
        "names": [value_name(predicate, key, value, language) for value in values],
        "groups": _choices(predicate, vocabulary, language) if predicate else [],
        "gone": [(value, value_name(predicate, key, value, language)) for value in gone],
    }


def _choices(predicate: Predicate, vocabulary: Vocabulary, language: str) -> list[tuple[str, Choices]]:
    """The choices under headings; only topics have any: their facets."""
    grouped: dict[str, Choices] = {}
    for choice in predicate.choices:
        term = vocabulary.by_slug.get(choice.value) if predicate.key == "interest" else None
        heading = translate(language, FACET_NAMES[term.facet]) if term else ""
        name = value_name(predicate, predicate.key, choice.value, language)
        grouped.setdefault(heading, []).append((choice.value, name))
    return list(grouped.items())


def _name(place: Place) -> str:
    return "".join(f".{step}" for step in place)
