"""Importing: one batch of an import further, in the transaction of the caller. Killed between two, it goes on where it was."""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, update
from sqlalchemy import select as rows
from sqlmodel import Session, col

from content.vocabulary import Vocabulary
from subscribers.adding import add_readers, change_readers
from subscribers.bulk import update_rows
from subscribers.imports import Import, ImportLine, ImportState, Outcome
from subscribers.judging import Names, Verdict, Wanted, judge, organisation_names, read_line, term_names
from subscribers.search import names_of_organisations
from subscribers.standing import known_by_address
from subscribers.suppression import suppressed_keys
from subscribers.undoing import undo_lines

BATCH = 2_000
"""Lines in one transaction: under a second on either engine, so that on SQLite nobody who signs up waits long."""

VERDICT = {"address_key": "text", "outcome": "text", "why": "text", "detail": "text"}
RESULT = {"outcome": "text", "why": "text", "detail": "text", "subscriber_id": "integer", "before": "json"}
"""Columns of a line that the dry run and the import fill in."""

Mailed = Callable[[Session, Collection[int]], Set[int]]
"""Which of these readers mail was planned for or sent to; the ledger is not ours to read."""


@dataclass(frozen=True)
class Tools:
    """What the work asks of outside: the terms, the keys of the suppression list (oldest first), the ledger."""

    vocabulary: Vocabulary
    keys: Sequence[str]
    mailed: Mailed


def step(session: Session, import_id: int, tools: Tools, *, now: datetime, batch: int = BATCH) -> bool:
    """Do the next batch of what an import is at; whether it moved. Two that try at once do it once.

    Each batch claims its lines by moving `position`, so that a batch is done and counted in one transaction, or not at all.
    """
    found = session.get(Import, import_id, populate_existing=True)
    work = _WORK.get(ImportState(found.state)) if found is not None else None
    if found is None or work is None:
        return False
    wanted, act = work
    chosen = (
        rows(*_LINE)
        .where(col(ImportLine.import_id) == import_id, col(ImportLine.number) > found.position)
        .order_by(col(ImportLine.number))
        .limit(batch)
    )
    if wanted:
        chosen = chosen.where(col(ImportLine.outcome).in_(wanted))
    lines = session.connection().execute(chosen).all()
    before = found.position
    if not _claimed(session, found, lines[-1].number if lines else found.position + 1):
        return False
    if lines:
        act(session, found, lines, before, tools, now)
    else:
        _finish(session, found, now)
    return True


def _check(
    session: Session, found: Import, lines: Sequence[Row[Any]], before: int, tools: Tools, _now: datetime
) -> None:
    wanted = _read(session, found, lines, tools)
    verdicts = _judged(session, found, wanted, before, tools)
    _note(session, lines, wanted, verdicts)


def _run(
    session: Session, found: Import, lines: Sequence[Row[Any]], _before: int, tools: Tools, now: datetime
) -> None:
    """What the dry run took for new or changed is judged again: someone may have left since."""
    wanted = _read(session, found, lines, tools)
    verdicts = _judged(session, found, wanted, None, tools)
    pairs = [
        (line.id, one, verdict.outcome)
        for line, one, verdict in zip(lines, wanted, verdicts, strict=True)
        if isinstance(one, Wanted)
    ]
    facets = {slug: term.facet for slug, term in tools.vocabulary.by_slug.items()}
    new = [(line, one) for line, one, outcome in pairs if outcome is Outcome.NEW]
    changed = [(line, one) for line, one, outcome in pairs if outcome is Outcome.CHANGED]
    notes = add_readers(session, found, new, facets=facets, now=now)
    notes |= change_readers(session, found, changed, facets=facets, now=now)
    others = [
        {"key": line.id, "outcome": str(verdict.outcome), "why": verdict.why, "detail": verdict.detail,
         "subscriber_id": None, "before": None}
        for line, verdict in zip(lines, verdicts, strict=True)
        if line.id not in notes
    ]  # fmt: skip
    for line_id, (outcome, reader, note) in notes.items():
        others.append(
            {
                "key": line_id,
                "outcome": str(outcome),
                "why": "",
                "detail": "",
                "subscriber_id": reader,
                "before": note,
            }
        )
    update_rows(session, ImportLine, RESULT, others)


def _undo(
    session: Session, found: Import, lines: Sequence[Row[Any]], _before: int, tools: Tools, now: datetime
) -> None:
    outcomes = undo_lines(session, found, lines, mailed=tools.mailed, now=now)
    counts = dict(found.counts)
    for outcome in outcomes.values():
        counts[outcome] = counts.get(outcome, 0) + 1
    found.counts = counts
    session.add(found)
    session.flush()
    changed = [{"key": key, "outcome": str(outcome)} for key, outcome in outcomes.items()]
    update_rows(session, ImportLine, {"outcome": "text"}, changed)


_Act = Callable[[Session, Import, Sequence[Row[Any]], int, Tools, datetime], None]
_WORK: Mapping[ImportState, tuple[tuple[str, ...], _Act]] = {
    ImportState.CHECKING: ((), _check),
    ImportState.RUNNING: ((Outcome.NEW, Outcome.CHANGED), _run),
    ImportState.UNDOING: ((Outcome.NEW, Outcome.CHANGED), _undo),
}
_NEXT = {
    ImportState.CHECKING: ImportState.CHECKED,
    ImportState.RUNNING: ImportState.DONE,
    ImportState.UNDOING: ImportState.UNDONE,
}
_LINE = tuple(
    ImportLine.metadata.tables["subscriber_import_line"].c[name]
    for name in ("id", "number", "cells", "outcome", "subscriber_id", "before")
)


def _claimed(session: Session, found: Import, position: int) -> bool:
    moved = session.connection().execute(
        update(Import)
        .where(
            col(Import.id) == found.id,
            col(Import.state) == found.state,
            col(Import.position) == found.position,
        )
        .values(position=position)
    )
    session.refresh(found)
    return moved.rowcount == 1


def _read(session: Session, found: Import, lines: Sequence[Row[Any]], tools: Tools) -> list[Any]:
    names = Names(organisation_names(names_of_organisations(session)), term_names(tools.vocabulary))
    return [read_line(found.mapping, line.cells, names) for line in lines]


def _judged(
    session: Session, found: Import, wanted: Sequence[Any], before: int | None, tools: Tools
) -> list[Verdict]:
    keys = {one.address_key for one in wanted if isinstance(one, Wanted)}
    known = known_by_address(session, keys, lock=found.state == ImportState.RUNNING)
    refused = suppressed_keys(session, keys, keys=tools.keys)
    earlier = _earlier(session, found, keys, before) if before is not None else set()
    verdicts = []
    for one in wanted:
        key = one.address_key if isinstance(one, Wanted) else ""
        verdicts.append(judge(one, known=known.get(key), suppressed=key in refused, earlier=earlier))
        if key:
            earlier.add(key)
    return verdicts


def _earlier(session: Session, found: Import, keys: Collection[str], before: int) -> set[str]:
    wanted = rows(col(ImportLine.address_key)).where(
        col(ImportLine.import_id) == found.id,
        col(ImportLine.address_key).in_(keys),
        col(ImportLine.number) <= before,
    )
    return set(session.connection().execute(wanted).scalars())


def _note(
    session: Session, lines: Sequence[Row[Any]], wanted: Sequence[Any], verdicts: Sequence[Verdict]
) -> None:
    noted = [
        {
            "key": line.id,
            "address_key": one.address_key if isinstance(one, Wanted) else "",
            "outcome": str(verdict.outcome),
            "why": verdict.why,
            "detail": verdict.detail,
        }
        for line, one, verdict in zip(lines, wanted, verdicts, strict=True)
    ]
    update_rows(session, ImportLine, VERDICT, noted)


def _finish(session: Session, found: Import, now: datetime) -> None:
    """The next state, with the figures; what ran needs the cells no more."""
    counted = rows(col(ImportLine.outcome), func.count()).where(col(ImportLine.import_id) == found.id)
    if (
        found.state != ImportState.UNDOING
    ):  # undoing takes lines away with their readers, and has counted itself
        figures = session.connection().execute(counted.group_by(col(ImportLine.outcome)))
        found.counts = {row[0]: row[1] for row in figures}
    if found.state == ImportState.RUNNING:
        emptied = update(ImportLine).where(col(ImportLine.import_id) == found.id)
        session.connection().execute(emptied.values(cells=[], address_key=""))
    found.state = _NEXT[ImportState(found.state)]
    found.finished_at = now
    session.add(found)
    session.flush()
