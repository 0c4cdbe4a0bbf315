"""Checking: an editor holds a fact against its source, and confirms it, corrects it, or says that it is wrong."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from content.errors import UnknownIntervention
from content.interventions.labelling import label
from content.interventions.tables import Fact, Intervention, intervention_by_id
from content.vocabulary import FACETS, Vocabulary


def fact_by_id(session: Session, fact_id: int) -> Fact:
    """The fact with this number.

    Raises:
        UnknownIntervention: there is none.
    """
    fact = session.get(Fact, fact_id)
    if fact is None:
        raise UnknownIntervention(f"There is no fact {fact_id}.")
    return fact


def confirm_fact(session: Session, *, fact: Fact, by: str, now: datetime) -> None:
    """An editor has held the fact against its source."""
    fact.checked_at, fact.checked_by, fact.refused_at = now, by, None
    session.add(fact)
    session.flush()


def confirm_all(session: Session, *, intervention: Intervention, by: str, now: datetime) -> list[Fact]:
    """Confirm what is unchecked of an intervention; give the facts that were."""
    unchecked = select(Fact).where(
        Fact.intervention_id == intervention.id,
        col(Fact.checked_at).is_(None),
        col(Fact.refused_at).is_(None),
    )
    facts = list(session.exec(unchecked.order_by(col(Fact.id))))
    for fact in facts:
        confirm_fact(session, fact=fact, by=by, now=now)
    return facts


def refuse_fact(session: Session, *, fact: Fact, vocabulary: Vocabulary, by: str, now: datetime) -> None:
    """The fact is wrong: it is no longer shown. It can be taken back with `reopen_fact`."""
    fact.refused_at, fact.checked_at, fact.checked_by = now, None, by
    session.add(fact)
    _relabel(session, fact, vocabulary)


def reopen_fact(session: Session, *, fact: Fact, vocabulary: Vocabulary) -> None:
    """Back to unchecked, whatever an editor said before."""
    fact.refused_at, fact.checked_at, fact.checked_by = None, None, ""
    session.add(fact)
    _relabel(session, fact, vocabulary)


def correct_fact(
    session: Session,
    *,
    fact: Fact,
    value: Sequence[str],
    source: str,
    vocabulary: Vocabulary,
    by: str,
    now: datetime,
) -> None:
    """Put the right value in its place, with where it was found; that makes it checked.

    Raises:
        UnknownTerm: the fact is a list of terms, and one is not in the vocabulary; nothing was changed.
    """
    values = [one.strip() for one in value if one.strip()]
    if fact.field in FACETS:
        values = [vocabulary.term(one).slug for one in values]
    fact.value, fact.source, fact.source_link = values, source.strip() or fact.source, ""
    confirm_fact(session, fact=fact, by=by, now=now)
    _relabel(session, fact, vocabulary)


def _relabel(session: Session, fact: Fact, vocabulary: Vocabulary) -> None:
    session.flush()
    label(session, intervention_by_id(session, fact.intervention_id), vocabulary=vocabulary)
