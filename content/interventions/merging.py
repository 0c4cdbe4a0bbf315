"""Merging and splitting: an editor overrules the matching. What they said is kept, and no crawl undoes it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from content.errors import PlacingRefused, UnknownIntervention
from content.interventions.canonical import as_text
from content.interventions.changes import Kind
from content.interventions.labelling import label
from content.interventions.pairing import keep_apart, new_intervention, pair_of
from content.interventions.tables import (
    ChangeEvent,
    EventState,
    Fact,
    Intervention,
    Pair,
    PairState,
    Placing,
    PlacingKind,
    SourceRecord,
)
from content.vocabulary import Vocabulary


def merge(
    session: Session,
    *,
    source: Intervention,
    target: Intervention,
    vocabulary: Vocabulary,
    by: str,
    now: datetime,
) -> Placing:
    """Make `source` part of `target`: all that is under it moves, its address leads there, and a `merged` event tells of it.

    Raises:
        PlacingRefused: they are one and the same, or one of them was merged already.
    """
    for row in sorted(
        (source, target), key=lambda row: row.id or 0
    ):  # in one order, so that two editors never wait crosswise
        session.refresh(row, with_for_update=True)
    if source.id == target.id or source.merged_into is not None or target.merged_into is not None:
        raise PlacingRefused("These are one intervention already, or one of them was merged elsewhere.")
    placing = Placing(
        kind=PlacingKind.MERGE,
        from_id=source.id or 0,
        to_id=target.id or 0,
        records=_numbers(session, SourceRecord, source),
        facts=_numbers(session, Fact, source),
        events=_numbers(session, ChangeEvent, source),
        at=now,
        by=by,
    )
    _move(session, placing, to=target.id or 0)
    source.merged_into, source.changed_at, target.changed_at = target.id, now, now
    event = ChangeEvent(
        intervention_id=target.id or 0, at=now, kind=Kind.MERGED, old=source.name, new=target.name
    )
    session.add_all([placing, source, target, event])
    session.flush()
    placing.event_id = event.id
    _say(session, source.id or 0, target.id or 0, PairState.ACCEPTED, by=by, now=now)
    session.flush()
    label(session, target, vocabulary=vocabulary)
    return placing


def split(
    session: Session,
    *,
    record: SourceRecord,
    vocabulary: Vocabulary,
    by: str,
    now: datetime,
) -> tuple[Intervention, Placing]:
    """Take a record out into an intervention of its own; the two are kept apart from now on.

    Raises:
        PlacingRefused: the record is all that there is under its intervention.
    """
    old = session.get_one(Intervention, record.intervention_id)
    if len(_numbers(session, SourceRecord, old)) + len(_numbers(session, Fact, old)) < 2:
        raise PlacingRefused("There is nothing to split: this record is all there is of the intervention.")
    made = new_intervention(session, name=as_text(record.fields.get("name", "")) or record.key, now=now)
    events = select(ChangeEvent.id).where(ChangeEvent.record_id == record.id)
    placing = Placing(
        kind=PlacingKind.SPLIT,
        from_id=old.id or 0,
        to_id=made.id or 0,
        records=[record.id or 0],
        events=[number or 0 for number in session.exec(events)],
        at=now,
        by=by,
    )
    session.add(placing)
    _move(session, placing, to=made.id or 0)
    record.matched_by = []
    old.changed_at = now
    keep_apart(session, made.id or 0, old.id or 0, by=by, now=now)
    for intervention in (old, made):
        label(session, intervention, vocabulary=vocabulary)
    return made, placing


def undo(session: Session, *, placing: Placing, vocabulary: Vocabulary, now: datetime) -> Intervention:
    """Take a merge or a split back: what moved goes back to where it was. Gives the intervention that it came from.

    Raises:
        PlacingRefused: it was undone already, or something of it was moved again since.
    """
    session.refresh(placing, with_for_update=True)
    if placing.undone_at is not None:
        raise PlacingRefused("This was undone already.")
    old, new = (session.get_one(Intervention, number) for number in (placing.from_id, placing.to_id))
    moved = [session.get_one(SourceRecord, number) for number in placing.records]
    if any(record.intervention_id != new.id for record in moved) or new.merged_into is not None:
        raise PlacingRefused("Something of this was moved again since: undo that first.")
    _move(session, placing, to=old.id or 0)
    if placing.kind == PlacingKind.MERGE:
        old.merged_into = None
        if placing.event_id is not None:
            session.get_one(ChangeEvent, placing.event_id).state = EventState.UNDONE
        _say(session, old.id or 0, new.id or 0, PairState.PROPOSED, by="", now=now)
    else:
        _end(session, new, into=old, now=now)
    placing.undone_at = now
    session.add_all([placing, old, new])
    session.flush()
    for intervention in (old, new):
        if intervention.merged_into is None:
            label(session, intervention, vocabulary=vocabulary)
    return old


def placing_by_id(session: Session, placing_id: int) -> Placing:
    """The merge or split with this number.

    Raises:
        UnknownIntervention: there is none.
    """
    found = session.get(Placing, placing_id)
    if found is None:
        raise UnknownIntervention(f"There is no merge or split {placing_id}.")
    return found


def placings_of(session: Session, intervention: Intervention) -> list[Placing]:
    """What was merged into or split off an intervention, the latest first."""
    number = intervention.id
    wanted = select(Placing).where((col(Placing.to_id) == number) | (col(Placing.from_id) == number))
    return list(session.exec(wanted.order_by(col(Placing.id).desc())))


def _numbers(
    session: Session, table: type[SourceRecord | Fact | ChangeEvent], intervention: Intervention
) -> list[int]:
    wanted = select(table.id).where(table.intervention_id == intervention.id).order_by(col(table.id))
    return [number or 0 for number in session.exec(wanted)]


def _move(session: Session, placing: Placing, *, to: int) -> None:
    moved: Sequence[tuple[type[SourceRecord | Fact | ChangeEvent], list[int]]] = (
        (SourceRecord, placing.records),
        (Fact, placing.facts),
        (ChangeEvent, placing.events),
    )
    for table, numbers in moved:
        for number in numbers:
            row = session.get_one(table, number)
            row.intervention_id = to
            session.add(row)
    session.flush()


def _say(session: Session, one: int, other: int, state: PairState, *, by: str, now: datetime) -> None:
    pair = pair_of(session, one, other)
    if pair is None and state is PairState.PROPOSED:
        return
    pair = pair or Pair(intervention_id=one, other_id=other, proposed_at=now)
    pair.state, pair.decided_by, pair.decided_at = state, by, now if by else None
    session.add(pair)


def _end(session: Session, made: Intervention, *, into: Intervention, now: datetime) -> None:
    """An intervention that a split made and that is empty again; its address leads back."""
    made.merged_into, made.changed_at = into.id, now
    pair = pair_of(session, made.id or 0, into.id or 0)
    if pair is not None:
        pair.state, pair.decided_at = PairState.ACCEPTED, now
        session.add(pair)
