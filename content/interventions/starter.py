"""Starter knowledge: the interventions that a new knowledge base begins with, each fact with its source, none checked yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session, select

from content.crawled import FIELDS
from content.errors import InterventionFault
from content.interventions.labelling import label
from content.interventions.tables import Fact, Intervention
from content.vocabulary import FACETS, Vocabulary

STARTER = Path(__file__).parent.parent / "starter" / "interventions.yaml"

KNOWN_IDS = "known_ids"
IN_MUNICIPALITIES = "in_municipalities"
FACT_FIELDS = frozenset({*FIELDS, *FACETS, KNOWN_IDS, IN_MUNICIPALITIES})
"""What a fact can be about."""


@dataclass(frozen=True)
class StarterFact:
    """A fact as the file has it."""

    field: str
    value: tuple[str, ...]
    source: str
    source_link: str


@dataclass(frozen=True)
class StarterIntervention:
    """An intervention as the file has it."""

    slug: str
    name: str
    facts: tuple[StarterFact, ...]


def read_starter(vocabulary: Vocabulary, path: Path = STARTER) -> tuple[StarterIntervention, ...]:
    """Read and check the file, in its order.

    Raises:
        InterventionFault: names each fault: an unknown field, source or term, or facts that are said to be checked.
    """
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    sources = document["sources"]
    faults = (
        []
        if document.get("checked") is False
        else ["`checked` must be false: an editor confirms facts at the desk"]
    )
    faults += [
        fault
        for slug, entry in document["interventions"].items()
        for fault in _faults(slug, entry, sources, vocabulary)
    ]
    if faults:
        raise InterventionFault("\n".join(f"{path.name}: {fault}" for fault in faults))
    return tuple(
        StarterIntervention(slug, entry["name"], tuple(_fact(fact, sources) for fact in entry["facts"]))
        for slug, entry in document["interventions"].items()
    )


def load_starter_interventions(
    session: Session, *, vocabulary: Vocabulary, now: datetime, path: Path = STARTER
) -> int:
    """Add the interventions of the file that were never there; give how many. What editors made of the others stays."""
    known = set(session.exec(select(Intervention.slug)))
    fresh = [entry for entry in read_starter(vocabulary, path) if entry.slug not in known]
    for entry in fresh:
        made = Intervention(slug=entry.slug, name=entry.name, created_at=now, changed_at=now)
        session.add(made)
        session.flush()
        session.add_all(
            Fact(
                intervention_id=made.id or 0,
                field=fact.field,
                value=list(fact.value),
                source=fact.source,
                source_link=fact.source_link,
            )
            for fact in entry.facts
        )
        session.flush()
        label(session, made, vocabulary=vocabulary)
    return len(fresh)


def _fact(fact: list[Any], sources: dict[str, Any]) -> StarterFact:
    field, value, source = fact
    values = (value,) if isinstance(value, str) else tuple(value)
    return StarterFact(field, values, sources[source]["name"], sources[source].get("link", ""))


def _faults(
    slug: str, entry: dict[str, Any], sources: dict[str, Any], vocabulary: Vocabulary
) -> Iterator[str]:
    for fact in entry["facts"]:
        if len(fact) != 3:
            yield f"{slug}: {fact!r} is not [field, value, source]"
            continue
        field, value, source = fact
        if field not in FACT_FIELDS:
            yield f"{slug}: {field!r} is not a field"
        if source not in sources:
            yield f"{slug}: {source!r} is not one of the sources"
        for term in value if field in FACETS else ():
            if term not in vocabulary.by_slug or vocabulary.by_slug[term].facet != field:
                yield f"{slug}: {term!r} is not a {field} of the vocabulary"
