"""Cards: everything that is said of an intervention, by source, as pages and mails show it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlmodel import Session, col, select

from content.crawled import FIELDS, Value
from content.interventions.canonical import YES, ages_of, as_text
from content.interventions.changes import UNPUBLISHED
from content.interventions.databases import database_name
from content.interventions.knowing import RecordState
from content.interventions.statements import Conflict, Source, Statement, conflicts, statements_of
from content.interventions.tables import (
    ChangeEvent,
    EventState,
    Fact,
    Intervention,
    InterventionTag,
    SourceRecord,
)
from content.interventions.validity import expiry
from content.scales import Level, level_of
from content.vocabulary import FACETS

Row = TypeVar("Row", Fact, SourceRecord, InterventionTag, ChangeEvent)


@dataclass(frozen=True)
class Recognition:
    """What sources say of the evidence, in the same words. `expires` is derived; without `level` only the day is known."""

    level: Level | None
    words: str
    day: str
    committee: str
    in_reassessment: bool
    expires: date | None
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Listing:
    """A database that has the intervention. `present` is False for one that withdrew it."""

    name: str
    link: str
    present: bool
    last_seen: datetime


@dataclass(frozen=True)
class Card:
    """An intervention as readers see it.

    `said` holds the statements by field, without those that only repeat another; `tags` slugs by facet, and `tagged_from` where
    the editors have them from. `known_to` and `used_by` are how many of the 37 municipalities with a policy knew it and
    used it in 2022, None where nobody asked.
    """

    intervention_id: int
    slug: str
    name: str
    said: Mapping[str, tuple[Statement, ...]]
    tags: Mapping[str, tuple[str, ...]]
    tagged_from: Mapping[str, tuple[Source, ...]]
    recognitions: tuple[Recognition, ...]
    conflicts: tuple[Conflict, ...]
    listings: tuple[Listing, ...]
    last_change: ChangeEvent | None
    known_to: int | None
    used_by: int | None

    def first(self, field: str) -> Statement | None:
        """The first statement on a field: an editor's own before those of databases."""
        return next(iter(self.said.get(field, ())), None)

    @property
    def slugs(self) -> tuple[str, ...]:
        """All tags, in the order of the facets."""
        return tuple(slug for facet in FACETS for slug in self.tags.get(facet, ()))

    @property
    def source_names(self) -> tuple[str, ...]:
        """Who says what is on it, databases first, each once."""
        said = [one.source.name for row in self.said.values() for one in row]
        tagged = [source.name for row in self.tagged_from.values() for source in row]
        return tuple(dict.fromkeys([*(listing.name for listing in self.listings), *said, *tagged]))

    @property
    def withdrawn(self) -> bool:
        """Whether every database that had it has it no longer."""
        return bool(self.listings) and not any(listing.present for listing in self.listings)

    @property
    def unchecked(self) -> bool:
        """Whether anything on it was not checked by an editor yet."""
        sources = [one.source for said in self.said.values() for one in said]
        return any(
            not one.checked for one in (*sources, *(one for row in self.tagged_from.values() for one in row))
        )


def card_of(session: Session, intervention: Intervention) -> Card:
    """The card of one intervention."""
    return cards_of(session, [intervention])[0]


def cards_of(session: Session, interventions: Sequence[Intervention]) -> list[Card]:
    """The cards of several, read together."""
    ids = [one.id or 0 for one in interventions]
    facts = _by_intervention(
        session.exec(
            select(Fact)
            .where(col(Fact.intervention_id).in_(ids), col(Fact.refused_at).is_(None))
            .order_by(col(Fact.id))
        )
    )
    records = _by_intervention(
        session.exec(
            select(SourceRecord)
            .where(col(SourceRecord.intervention_id).in_(ids))
            .order_by(col(SourceRecord.id))
        )
    )
    tags = _by_intervention(
        session.exec(
            select(InterventionTag)
            .where(col(InterventionTag.intervention_id).in_(ids))
            .order_by(col(InterventionTag.id))
        )
    )
    changes = _by_intervention(
        session.exec(
            select(ChangeEvent)
            .where(
                col(ChangeEvent.intervention_id).in_(ids),
                col(ChangeEvent.kind).not_in(UNPUBLISHED),
                ChangeEvent.state != EventState.UNDONE,
            )
            .order_by(col(ChangeEvent.at).desc(), col(ChangeEvent.id).desc())
        )
    )
    return [
        make_card(one, facts[one.id], records[one.id], tags[one.id], changes[one.id]) for one in interventions
    ]


def make_card(
    intervention: Intervention,
    facts: Sequence[Fact],
    records: Sequence[SourceRecord],
    tags: Sequence[InterventionTag],
    changes: Sequence[ChangeEvent],
) -> Card:
    """A card from rows. Pure."""
    present = [record for record in records if record.state != RecordState.WITHDRAWN]
    said = all_statements(facts, present)
    figures = next((fact.value for fact in facts if fact.field == "in_municipalities"), [])
    known_to, used_by = (int(figures[0]), int(figures[1])) if len(figures) == 2 else (None, None)
    by_field: dict[str, list[Statement]] = defaultdict(list)
    for statement in said:
        if statement.text not in {one.text for one in by_field[statement.field]}:
            by_field[statement.field].append(statement)
    return Card(
        intervention_id=intervention.id or 0,
        slug=intervention.slug,
        name=intervention.name,
        said={name: tuple(by_field[name]) for name in FIELDS if name in by_field},
        tags=_by_facet(tags),
        tagged_from={
            facet: tuple(dict.fromkeys(_source_of(fact) for fact in facts if fact.field == facet))
            for facet in FACETS
            if intervention.tagged_by != "editor" and any(fact.field == facet for fact in facts)
        },
        recognitions=_recognitions(said),
        conflicts=conflicts(said),
        listings=tuple(
            Listing(
                database_name(record.source_key),
                record.link,
                record.state != RecordState.WITHDRAWN,
                record.last_seen_at,
            )
            for record in records
        ),
        last_change=next(iter(changes), None),
        known_to=known_to,
        used_by=used_by,
    )


def all_statements(facts: Iterable[Fact], records: Iterable[SourceRecord]) -> list[Statement]:
    """What editors and databases say. An unchecked fact gives way where a database speaks of the same field."""
    of_records = [
        statement
        for record in records
        for statement in statements_of(
            Source(database_name(record.source_key), record.link), record_fields(record)
        )
    ]
    spoken = {statement.field for statement in of_records}
    of_facts = [
        Statement(fact.field, _fact_value(fact), _source_of(fact))
        for fact in facts
        if fact.field in FIELDS
        and fact.field not in FACETS
        and (fact.checked_at is not None or fact.field not in spoken)
    ]
    return of_facts + of_records


def record_fields(record: SourceRecord) -> dict[str, Value]:
    """The fields of a record's newest snapshot."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in record.fields.items()}


def _source_of(fact: Fact) -> Source:
    return Source(fact.source, fact.source_link, fact.checked_at is not None)


def _fact_value(fact: Fact) -> Value:
    values = tuple(ages_of(one) for one in fact.value) if fact.field == "age" else tuple(fact.value)
    return values if len(values) != 1 else values[0]


def _recognitions(said: Iterable[Statement]) -> tuple[Recognition, ...]:
    """Each source's own, those that say the same together; a source that names neither a level nor a day says nothing here."""
    by_source: dict[Source, dict[str, Value]] = defaultdict(dict)
    for statement in said:
        by_source[statement.source][statement.field] = statement.value
    found: dict[tuple[str, ...], list[Source]] = defaultdict(list)
    for source, fields in by_source.items():
        if fields.get("level") or fields.get("level_date"):
            names = ("level", "level_date", "committee", "in_reassessment")
            found[tuple(as_text(fields.get(name, "")) for name in names)].append(source)
    return tuple(
        Recognition(
            level=level_of(level),
            words=level,
            day=day,
            committee=committee,
            in_reassessment=reassessed == YES,
            expires=expiry(day),
            sources=tuple(sources),
        )
        for (level, day, committee, reassessed), sources in found.items()
    )


def _by_facet(tags: Iterable[InterventionTag]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in tags:
        found[row.facet].append(row.slug)
    return {facet: tuple(found[facet]) for facet in FACETS if facet in found}


def _by_intervention(rows: Iterable[Row]) -> defaultdict[int | None, list[Row]]:
    found: defaultdict[int | None, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.intervention_id].append(row)
    return found
