"""Work: a reader's policy domain, the policy their municipality has, and the step they are at, where readers are asked that."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import select as rows
from sqlalchemy.orm import aliased
from sqlmodel import col

from content.vocabulary import Vocabulary
from subscribers.people import Subscriber
from subscribers.segments.predicates import Choice, Ids, Predicate

POLICY_KINDS = (
    "aparte-nota",
    "aparte-nota-en-andere-notas",
    "overkoepelend-middelenbeleid",
    "activiteiten-in-andere-notas",
    "geen-beleid",
)
"""Kinds of policy on drug prevention, after table 3 of the survey of 2022."""

OTHER_DOMAIN = "overig"


def work_predicates(vocabulary: Vocabulary) -> tuple[Predicate, ...]:
    """What can be asked of someone's work. What readers are not asked (a column that is not there) is not offered."""
    domains = (*_terms(vocabulary, "domain"), Choice(OTHER_DOMAIN))
    wanted = (
        ("domain", "domain", domains),
        ("policy-kind", "policy_kind", tuple(Choice(kind) for kind in POLICY_KINDS)),
        ("step", "strategy_step", _terms(vocabulary, "step")),
    )
    return tuple(
        Predicate(key, choices, partial(_holds, column))
        for key, column, choices in wanted
        if column in Subscriber.model_fields
    )


def _holds(column: str, values: Sequence[str]) -> Ids:
    """Such columns are "" and never null."""
    reader = aliased(Subscriber)
    return rows(col(reader.id)).where(col(getattr(reader, column)).in_(values))


def _terms(vocabulary: Vocabulary, facet: str) -> tuple[Choice, ...]:
    return tuple(Choice(term.slug, nl=term.nl, en=term.en) for term in vocabulary.facet(facet))
