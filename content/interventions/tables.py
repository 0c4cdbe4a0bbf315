"""The tables: interventions with their facts and tags, what databases say of them, and what happened there."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Session, select

from content.columns import Instant, Record
from content.errors import UnknownIntervention
from content.interventions.knowing import RecordState


class EventState(StrEnum):
    """What the editors did with an event. An undone one tells of a merge that was taken back: it is history of nothing."""

    NEW = "new"
    USED = "used"
    DROPPED = "dropped"
    UNDONE = "undone"


class PairState(StrEnum):
    """What the editors said of two interventions that look alike."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class PlacingKind(StrEnum):
    """How records came under another intervention."""

    MERGE = "merge"
    SPLIT = "split"


class Intervention(Record, table=True):
    """What a municipality can have done, under one name; its records say what each database has of it.

    `slug` is its public address under /interventies. One that was merged keeps its row and names where it went, so that its
    address goes on working. `search_text` is everything that is said of it, folded; `levels` the slugs of the levels that its
    sources give it, between blanks. `withdrawn` says that no source has it any more.
    """

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    name: str = Field(index=True)
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    merged_into: int | None = Field(default=None, foreign_key="intervention.id", index=True)
    tagged_by: str = "rule"
    search_text: str = ""
    levels: str = ""
    withdrawn: bool = False


class InterventionTag(Record, table=True):
    """A term that an intervention got. `origin` is `starter`, `rule` or `editor`; `evidence` lists the words that led to it."""

    __tablename__ = "intervention_tag"
    __table_args__ = (UniqueConstraint("intervention_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    intervention_id: int = Field(foreign_key="intervention.id", index=True)
    facet: str
    slug: str = Field(index=True)
    origin: str = "rule"
    evidence: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class Fact(Record, table=True):
    """Something that we say of an intervention ourselves, with where it comes from.

    `field` is one of `FIELDS`, a facet of the vocabulary (then `value` is a list of slugs), or `known_ids` ("source:key").
    Nobody has held it against its source until `checked_at` is set; one that proved wrong has `refused_at`.
    """

    __tablename__ = "intervention_fact"

    id: int | None = Field(default=None, primary_key=True)
    intervention_id: int = Field(foreign_key="intervention.id", index=True)
    field: str
    value: list[str] = Field(default_factory=list, sa_type=JSON)
    source: str
    source_link: str = ""
    checked_at: datetime | None = Field(default=None, sa_type=Instant)
    checked_by: str = ""
    refused_at: datetime | None = Field(default=None, sa_type=Instant)


class Crawl(Record, table=True):
    """One visit to a database. `guard` says why it is not believed about what it did not list, "" where it is.

    `held` are the keys that it did not list and about which nothing was concluded; `gone` what their pages answered. Both are
    kept so that an editor who accepts the crawl later lets just that be concluded.
    """

    __tablename__ = "intervention_crawl"
    __table_args__ = (UniqueConstraint("source_key", "started_at"),)

    id: int | None = Field(default=None, primary_key=True)
    source_key: str = Field(index=True)
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime = Field(sa_type=Instant)
    looked_at: datetime = Field(sa_type=Instant)
    complete: bool
    listed: int
    declared_total: int | None = None
    parsed: int
    parser_version: str
    errors: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    guard: str = ""
    stale: bool = False
    held: list[str] = Field(default_factory=list, sa_type=JSON)
    gone: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    lost_fields: list[str] = Field(default_factory=list, sa_type=JSON)
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    accepted_by: str = ""


class SourceRecord(Record, table=True):
    """An intervention as one database has it. `matched_by` is what spoke for its place, or the editor who gave it that.

    `fields` are those of its newest snapshot. See `Known` for the state.
    """

    __tablename__ = "intervention_record"
    __table_args__ = (UniqueConstraint("source_key", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    intervention_id: int = Field(foreign_key="intervention.id", index=True)
    source_key: str = Field(index=True)
    key: str
    link: str = ""
    fields: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    parser_version: str = ""
    raw_hash: str = ""
    state: str = Field(default=RecordState.PRESENT)
    missing_since: datetime | None = Field(default=None, sa_type=Instant)
    missing_crawls: int = 0
    first_seen_at: datetime = Field(sa_type=Instant)
    last_seen_at: datetime = Field(sa_type=Instant)
    matched_by: list[str] = Field(default_factory=list, sa_type=JSON)


class Snapshot(Record, table=True):
    """A record's fields, canonical, as a crawl found them; kept where they differ from the snapshot before."""

    __tablename__ = "intervention_snapshot"

    id: int | None = Field(default=None, primary_key=True)
    record_id: int = Field(foreign_key="intervention_record.id", index=True)
    crawl_id: int = Field(foreign_key="intervention_crawl.id")
    taken_at: datetime = Field(sa_type=Instant)
    parser_version: str
    raw_hash: str
    canonical_hash: str
    fields: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    extra: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class ChangeEvent(Record, table=True):
    """Something that happened to an intervention in a database, or by an editor's hand (merged). See `Change`."""

    __tablename__ = "intervention_event"

    id: int | None = Field(default=None, primary_key=True)
    intervention_id: int = Field(foreign_key="intervention.id", index=True)
    record_id: int | None = Field(default=None, foreign_key="intervention_record.id", index=True)
    crawl_id: int | None = Field(default=None, foreign_key="intervention_crawl.id")
    at: datetime = Field(sa_type=Instant, index=True)
    kind: str
    field: str = ""
    old: str = ""
    new: str = ""
    flagged: bool = False
    derived: bool = False
    state: str = Field(default=EventState.NEW, index=True)


class Pair(Record, table=True):
    """Two interventions that look alike, and what speaks for it. What an editor said of them is not asked again."""

    __tablename__ = "intervention_pair"
    __table_args__ = (UniqueConstraint("intervention_id", "other_id"),)

    id: int | None = Field(default=None, primary_key=True)
    intervention_id: int = Field(foreign_key="intervention.id", index=True)
    other_id: int = Field(foreign_key="intervention.id")
    evidence: list[str] = Field(default_factory=list, sa_type=JSON)
    state: str = Field(default=PairState.PROPOSED, index=True)
    proposed_at: datetime = Field(sa_type=Instant)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: str = ""


class Placing(Record, table=True):
    """An editor's merge or split: which records, facts and events went from where to where, so that it can be undone.

    `event_id` is the event that tells of a merge.
    """

    __tablename__ = "intervention_placing"

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    from_id: int = Field(foreign_key="intervention.id", index=True)
    to_id: int = Field(foreign_key="intervention.id", index=True)
    records: list[int] = Field(default_factory=list, sa_type=JSON)
    facts: list[int] = Field(default_factory=list, sa_type=JSON)
    events: list[int] = Field(default_factory=list, sa_type=JSON)
    event_id: int | None = Field(default=None, foreign_key="intervention_event.id")
    at: datetime = Field(sa_type=Instant)
    by: str
    undone_at: datetime | None = Field(default=None, sa_type=Instant)


def intervention_by_id(session: Session, intervention_id: int) -> Intervention:
    """The intervention with this number.

    Raises:
        UnknownIntervention: there is none.
    """
    found = session.get(Intervention, intervention_id)
    if found is None:
        raise UnknownIntervention(f"There is no intervention {intervention_id}.")
    return found


def intervention_by_slug(session: Session, slug: str) -> Intervention:
    """The intervention at this address, wherever it was merged into since.

    Raises:
        UnknownIntervention: there is none.
    """
    found = session.exec(select(Intervention).where(Intervention.slug == slug)).first()
    if found is None:
        raise UnknownIntervention(f"There is no intervention {slug!r}.")
    return whole(session, found)


def whole(session: Session, intervention: Intervention) -> Intervention:
    """What an intervention is part of since it was merged; itself where it was not."""
    while intervention.merged_into is not None:
        intervention = intervention_by_id(session, intervention.merged_into)
    return intervention
