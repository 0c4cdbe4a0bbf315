"""Recording: a crawl's result becomes crawls, records, snapshots and events. What it means is decided in `deciding`."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from content.crawled import CrawlResult, ParsedRecord
from content.interventions.canonical import canonical_hash
from content.interventions.changes import Change
from content.interventions.deciding import Decision, decide
from content.interventions.guards import listed_count, seen_keys
from content.interventions.knowing import Known, Memory
from content.interventions.labelling import label
from content.interventions.matching import Among
from content.interventions.pairing import place, traits_of_all
from content.interventions.remembering import as_known, records_of, remember
from content.interventions.tables import ChangeEvent, Crawl, Intervention, Snapshot, SourceRecord
from content.vocabulary import Vocabulary, load_vocabulary

ERRORS_KEPT = 100
"""How many errors of a crawl are kept; more would say no more."""


@dataclass(frozen=True)
class Recorded:
    """What a crawl did. `again` says that this very crawl was recorded before, and did nothing now."""

    crawl: Crawl
    events: tuple[ChangeEvent, ...] = ()
    new_records: int = 0
    again: bool = False

    @property
    def note(self) -> str:
        """What it did, in a line of English for a log or an operator."""
        if self.again:
            return "recorded before"
        if self.crawl.stale:
            return "older than a crawl that was judged: not counted"
        counts = Counter(event.kind for event in self.events)
        said = [f"{number} {kind}" for kind, number in sorted(counts.items())]
        said += [f"{self.new_records} new records"] if self.new_records else []
        said += (
            [f"held by a guard: {self.crawl.guard}, {len(self.crawl.held)} not listed"]
            if self.crawl.guard
            else []
        )
        return "; ".join(said) or "nothing changed"


def record_crawl(
    session: Session, *, result: CrawlResult, now: datetime, vocabulary: Vocabulary | None = None
) -> Recorded:
    """Take in a crawl. Recording the same one twice, or one older than the newest, changes nothing.

    Args:
        session: a transaction that writes; the caller commits.
        result: what a connector brought.
        now: the moment of judging; derived events depend on it.
        vocabulary: what interventions are tagged with; None reads the one that comes with Kennispost.
    """
    known_crawl = select(Crawl).where(
        Crawl.source_key == result.source_key, Crawl.started_at == result.started
    )
    before = session.exec(known_crawl).first()
    if before is not None:
        return Recorded(before, again=True)
    memory = remember(session, result.source_key)
    decision = decide(memory, result, now=now)
    crawl = _crawl(session, result, decision, now=now)
    if decision.stale:
        return Recorded(crawl)
    rows, new = _records(session, memory, decision, result, crawl=crawl, now=now)
    events = add_events(session, decision.changes, rows, crawl=crawl, now=now)
    touched = {row.intervention_id for row in new} | {event.intervention_id for event in events}
    touched |= _snapshots(session, rows, result, memory=memory, crawl=crawl, now=now)
    chosen = vocabulary or load_vocabulary()
    for intervention_id in sorted(touched):
        label(session, session.get_one(Intervention, intervention_id), vocabulary=chosen)
    return Recorded(crawl, tuple(events), len(new))


def add_events(
    session: Session,
    changes: Iterable[Change],
    rows: dict[str, SourceRecord],
    *,
    crawl: Crawl,
    now: datetime,
) -> list[ChangeEvent]:
    """Store what happened, each under the intervention that the record belongs to."""
    events = [
        ChangeEvent(
            intervention_id=rows[change.key].intervention_id,
            record_id=rows[change.key].id,
            crawl_id=crawl.id,
            at=now,
            kind=change.kind,
            field=change.field,
            old=change.old,
            new=change.new,
            flagged=change.flagged,
            derived=change.derived,
        )
        for change in changes
    ]
    session.add_all(events)
    for intervention_id in {event.intervention_id for event in events}:
        session.get_one(Intervention, intervention_id).changed_at = now
    session.flush()
    return events


def write_states(rows: dict[str, SourceRecord], memory: Memory) -> None:
    """Bring the rows to what is known now."""
    for key, known in memory.records.items():
        row = rows[key]
        if as_known(row) == known:
            continue
        row.link, row.fields, row.parser_version = known.link, dict(known.fields), known.parser_version
        row.state, row.missing_since, row.missing_crawls = (
            known.state,
            known.missing_since,
            known.missing_crawls,
        )


def _crawl(session: Session, result: CrawlResult, decision: Decision, *, now: datetime) -> Crawl:
    crawl = Crawl(
        source_key=result.source_key,
        started_at=result.started,
        finished_at=result.finished,
        looked_at=now,
        complete=result.complete,
        listed=listed_count(result),
        declared_total=result.declared_total,
        parsed=len(result.parsed),
        parser_version=result.parser_version,
        errors=dict(list(result.errors.items())[:ERRORS_KEPT]),
        guard=decision.guard or "",
        stale=decision.stale,
        held=list(decision.held),
        gone={key: answer for key, answer in result.gone.items() if key in decision.held},
        lost_fields=list(decision.lost_fields),
    )
    session.add(crawl)
    session.flush()
    return crawl


def _records(
    session: Session,
    memory: Memory,
    decision: Decision,
    result: CrawlResult,
    *,
    crawl: Crawl,
    now: datetime,
) -> tuple[dict[str, SourceRecord], list[SourceRecord]]:
    """All rows of the database by key, as they are after the crawl; and those that are new."""
    rows = {row.key: row for row in records_of(session, result.source_key)}
    fresh = [known for key, known in decision.memory.records.items() if key not in memory.records]
    among = traits_of_all(session) if fresh else Among()
    new = []
    for known in fresh:
        placed, match = place(session, source_key=result.source_key, known=known, among=among, now=now)
        row = _row(result.source_key, known, now)
        row.intervention_id = placed.id or 0
        row.matched_by = list(match.evidence) if match else []
        rows[known.key] = row
        new.append(row)
    write_states(rows, decision.memory)
    for key in seen_keys(result) & rows.keys():
        rows[key].last_seen_at = crawl.finished_at
    session.add_all(rows.values())
    session.flush()
    return rows, new


def _row(source_key: str, known: Known, now: datetime) -> SourceRecord:
    return SourceRecord(
        intervention_id=0, source_key=source_key, key=known.key, first_seen_at=now, last_seen_at=now
    )


def _snapshots(
    session: Session,
    rows: dict[str, SourceRecord],
    result: CrawlResult,
    *,
    memory: Memory,
    crawl: Crawl,
    now: datetime,
) -> set[int]:
    """Keep what was read where it is not what was read before; the interventions of which that is so."""
    touched = set()
    for one in {one.key: one for one in result.parsed}.values():
        row, before = rows[one.key], memory.records.get(one.key)
        row.raw_hash = one.raw_hash
        made = _snapshot(row, one, crawl=crawl, now=now)
        if before is None or (canonical_hash(before.fields), before.parser_version) != (
            made.canonical_hash,
            made.parser_version,
        ):
            session.add(made)
            touched.add(row.intervention_id)
    session.flush()
    return touched


def _snapshot(row: SourceRecord, one: ParsedRecord, *, crawl: Crawl, now: datetime) -> Snapshot:
    return Snapshot(
        record_id=row.id or 0,
        crawl_id=crawl.id or 0,
        taken_at=now,
        parser_version=row.parser_version,
        raw_hash=one.raw_hash,
        canonical_hash=canonical_hash(row.fields),
        fields=row.fields,
        extra=dict(one.extra),
    )
