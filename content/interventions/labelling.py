"""Labelling: the terms of the vocabulary that an intervention gets, so that `choose` meets readers' interests with it."""

from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from content.interventions.canonical import as_text
from content.interventions.knowing import RecordState
from content.interventions.tables import Fact, Intervention, InterventionTag, SourceRecord
from content.plaintext import folded
from content.scales import level_of
from content.tagging import AFFIRMED, tag
from content.vocabulary import FACETS, Vocabulary

READ = ("summary", "target_group", "setting", "goal", "approach", "theme", "prevention_type")
"""Fields of a record in which words are looked for, beside its name."""

EVIDENCE_LIMIT = 5


def label(session: Session, intervention: Intervention, *, vocabulary: Vocabulary) -> None:
    """Tag by the facts and the records as they are now, unless an editor chose the tags; bring the search text up to date."""
    facts, records = summarise(session, intervention)
    if intervention.tagged_by == "editor":
        return
    found = {row.slug: row for row in (*_by_rule(records, vocabulary), *_by_fact(facts, vocabulary))}
    session.exec(delete(InterventionTag).where(col(InterventionTag.intervention_id) == intervention.id))
    for row in sorted(found.values(), key=lambda row: (FACETS.index(row.facet), row.slug)):
        row.intervention_id = intervention.id or 0
        session.add(row)
    session.flush()


def summarise(session: Session, intervention: Intervention) -> tuple[list[Fact], list[SourceRecord]]:
    """Bring up to date by what an intervention is searched and filtered; give the facts and records that it comes from."""
    facts, records = current_facts(session, intervention), records_under(session, intervention)
    present = [record for record in records if record.state != RecordState.WITHDRAWN]
    levels = {as_text(record.fields["level"]) for record in present if record.fields.get("level")}
    levels |= {value for fact in facts if fact.field == "level" for value in fact.value}
    known = sorted(level.slug for level in map(level_of, levels) if level is not None)
    intervention.levels = f" {' '.join(known)} "
    intervention.withdrawn = bool(records) and not present
    intervention.search_text = _search_text(intervention, facts, records)
    session.add(intervention)
    session.flush()
    return facts, records


def retag(session: Session, intervention: Intervention, *, slugs: list[str], vocabulary: Vocabulary) -> None:
    """Give an intervention exactly these tags by an editor's hand: from now on no crawl changes them.

    Raises:
        UnknownTerm: a slug is not in the vocabulary; nothing was changed.
    """
    terms = [vocabulary.term(slug) for slug in dict.fromkeys(slugs)]
    kept = {row.slug: row for row in tags_of(session, intervention)}
    gone = [row.id for slug, row in kept.items() if slug not in {term.slug for term in terms}]
    session.exec(delete(InterventionTag).where(col(InterventionTag.id).in_(gone)))
    session.add_all(
        InterventionTag(
            intervention_id=intervention.id or 0, facet=term.facet, slug=term.slug, origin="editor"
        )
        for term in terms
        if term.slug not in kept
    )
    intervention.tagged_by = "editor"
    session.add(intervention)
    session.flush()


def tags_of(session: Session, intervention: Intervention) -> list[InterventionTag]:
    """The tags of an intervention."""
    wanted = select(InterventionTag).where(InterventionTag.intervention_id == intervention.id)
    return list(session.exec(wanted.order_by(col(InterventionTag.id))))


def current_facts(session: Session, intervention: Intervention) -> list[Fact]:
    """What we say of an intervention ourselves, without what proved wrong."""
    wanted = select(Fact).where(Fact.intervention_id == intervention.id, col(Fact.refused_at).is_(None))
    return list(session.exec(wanted.order_by(col(Fact.id))))


def records_under(session: Session, intervention: Intervention) -> list[SourceRecord]:
    """What databases have of an intervention; those withdrawn last."""
    wanted = select(SourceRecord).where(SourceRecord.intervention_id == intervention.id)
    found = session.exec(wanted.order_by(col(SourceRecord.id))).all()
    return sorted(found, key=lambda record: record.state == RecordState.WITHDRAWN)


def _by_fact(facts: list[Fact], vocabulary: Vocabulary) -> list[InterventionTag]:
    return [
        InterventionTag(facet=fact.field, slug=slug, origin="starter", intervention_id=0)
        for fact in facts
        if fact.field in FACETS
        for slug in fact.value
        if slug in vocabulary.by_slug
    ]


def _by_rule(records: list[SourceRecord], vocabulary: Vocabulary) -> list[InterventionTag]:
    """What the rules find in the records; a term that the words deny ("geen drugs") is not what it is about."""
    evidence: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for record in records:
        text = ". ".join(as_text(record.fields[name]) for name in READ if record.fields.get(name))
        tagging = tag(vocabulary, title=as_text(record.fields.get("name", "")), summary=text)
        for match in tagging.matches:
            if match.polarity == AFFIRMED:
                evidence.setdefault((match.facet, match.slug), []).append(_evidence(record, match))
    return [
        InterventionTag(facet=facet, slug=slug, evidence=matches[:EVIDENCE_LIMIT], intervention_id=0)
        for (facet, slug), matches in evidence.items()
    ]


def _evidence(record: SourceRecord, match: Any) -> dict[str, Any]:
    names = ("text", "field", "start", "rule")
    return {"source": record.source_key, **{name: getattr(match, name) for name in names}}


def _search_text(intervention: Intervention, facts: list[Fact], records: list[SourceRecord]) -> str:
    said = [as_text(tuple(fact.value)) for fact in facts if fact.field not in FACETS]
    said += [as_text(value) for record in records for value in record.fields.values()]
    return folded(" ".join([intervention.name, *said]))
