"""Imports: a file of subscribers, its lines while they are needed, and how far it came. The tables, and beginning one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, delete, func, update
from sqlmodel import Field as Column
from sqlmodel import Session, col, select

from content.columns import Instant, Record
from subscribers.bulk import insert_rows
from subscribers.errors import BasisMissing, ImportRefused, UnknownImport
from subscribers.mapping import guess, read_mapping
from subscribers.people import Stream
from subscribers.sheets import Sheet

KEPT = timedelta(days=30)
"""How long the lines of an import are kept: before it ran as the file, after it as what undoing needs."""

AT_ONCE = 5_000
SHORTEST_BASIS = 20
"""Signs of the text that states the legal ground; "toestemming" alone states nothing."""


class ImportState(StrEnum):
    """How far an import came. CHECKING, RUNNING and UNDOING go on by themselves, batch by batch."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


MOVING = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)


class Outcome(StrEnum):
    """What happens, or happened, to a line."""

    NEW = "new"
    CHANGED = "changed"
    KNOWN = "known"
    SUPPRESSED = "suppressed"
    UNSUBSCRIBED = "unsubscribed"
    REFUSED = "refused"
    REMOVED = "removed"  # undone: as if it never was
    STOPPED = "stopped"  # undone for someone who has had mail: they stay in the list, unsubscribed
    KEPT = "kept"  # not undone: the reader changed something since


class BasisKind(StrEnum):
    """The legal ground for mailing these people."""

    CONSENT = "consent"  # they said yes to this newsletter (GDPR 6.1.a)
    TRANSFERRED = "transferred"  # they read a newsletter that goes on in this one, and were told
    PUBLISHED = "published"  # the organisation published the address for this (Telecommunicatiewet 11.7.2)


@dataclass(frozen=True)
class Basis:
    """On which ground, in words that someone who asks can be shown, and since when."""

    kind: BasisKind
    text: str
    since: date


class Import(Record, table=True):
    """A file of subscribers. `position` is the number of the last line that is done in the present state.

    `counts` holds outcomes by name. The file itself is not kept: its lines are rows, for `KEPT` at most.
    """

    __tablename__ = "subscriber_import"

    id: int | None = Column(default=None, primary_key=True)
    name: str
    by: str
    created_at: datetime = Column(sa_type=Instant)
    finished_at: datetime | None = Column(default=None, sa_type=Instant)
    state: str = Column(default=ImportState.UPLOADED, index=True)
    columns: list[str] = Column(default_factory=list, sa_type=JSON)
    mapping: list[str] = Column(default_factory=list, sa_type=JSON)
    basis_kind: str = ""
    basis_text: str = ""
    basis_since: date | None = None
    streams: list[str] = Column(default_factory=list, sa_type=JSON)
    lines: int = 0
    position: int = 0
    counts: dict[str, int] = Column(default_factory=dict, sa_type=JSON)

    @property
    def source(self) -> str:
        """What consent events say of where they came from."""
        return f"import {self.id}"


class ImportLine(Record, table=True):
    """A line. `cells` are emptied once it ran; `before` is what undoing needs. It goes with the reader it is about."""

    __tablename__ = "subscriber_import_line"
    __table_args__ = (
        Index("ix_subscriber_import_line_number", "import_id", "number", unique=True),
        Index("ix_subscriber_import_line_address", "import_id", "address_key"),
    )

    id: int | None = Column(default=None, primary_key=True)
    import_id: int = Column(foreign_key="subscriber_import.id", ondelete="CASCADE")
    number: int
    cells: list[str] = Column(default_factory=list, sa_type=JSON)
    address_key: str = ""
    outcome: str = ""
    why: str = ""
    detail: str = ""
    subscriber_id: int | None = Column(
        default=None, foreign_key="subscriber.id", ondelete="CASCADE", index=True
    )
    before: dict[str, Any] | None = Column(default=None, sa_type=JSON)


def begin_import(session: Session, *, name: str, sheet: Sheet, by: str, now: datetime) -> Import:
    """Keep the lines of a file, with a guess at its columns. Nobody's subscription changes."""
    first = [cells for _number, cells in sheet.lines[:20]]
    made = Import(
        name=name[:200],
        by=by,
        created_at=now,
        columns=list(sheet.columns),
        mapping=[str(field) for field in guess(sheet.columns, first)],
        lines=len(sheet.lines),
    )
    session.add(made)
    session.flush()
    for start in range(0, len(sheet.lines), AT_ONCE):
        rows = [
            {"import_id": made.id, "number": number, "cells": list(cells), "address_key": "", "outcome": "",
             "why": "", "detail": ""}
            for number, cells in sheet.lines[start : start + AT_ONCE]
        ]  # fmt: skip
        insert_rows(session, ImportLine, rows)
    return made


def begin_check(
    session: Session,
    found: Import,
    *,
    mapping: Sequence[str],
    basis: Basis,
    streams: Sequence[str] = (Stream.MONTHLY,),
    today: date,
) -> None:
    """Say how the file is to be read and on which ground, and start the dry run; may be said again until it runs.

    Raises:
        MappingRefused: the columns are not mapped so that it can be read.
        BasisMissing: the ground is not stated, or lies in the future.
        ImportRefused: it ran already.
    """
    checked = read_mapping(mapping, found.columns)
    text = " ".join(basis.text.split())
    if len(text) < SHORTEST_BASIS:
        raise BasisMissing(
            f"State the legal ground in at least {SHORTEST_BASIS} signs: who said yes to what, and when."
        )
    if basis.since > today:
        raise BasisMissing("The ground must lie in the past.")
    values: dict[str, Any] = {
        "mapping": [str(field) for field in checked],
        "basis_kind": str(basis.kind),
        "basis_text": text,
        "basis_since": basis.since,
        "streams": sorted({str(Stream(one)) for one in streams}),
    }
    _move(
        session,
        found,
        (ImportState.UPLOADED, ImportState.CHECKED, ImportState.CHECKING),
        ImportState.CHECKING,
        values,
    )
    clean = {"address_key": "", "outcome": "", "why": "", "detail": ""}
    session.connection().execute(
        update(ImportLine).where(col(ImportLine.import_id) == found.id).values(clean)
    )
    session.refresh(found)


def begin_run(session: Session, found: Import) -> None:
    """Start to do what the dry run showed.

    Raises:
        ImportRefused: there was no dry run, or it ran already.
    """
    _move(session, found, (ImportState.CHECKED,), ImportState.RUNNING, {})


def begin_undo(session: Session, found: Import) -> None:
    """Start to undo all of it that is still as the import left it.

    Raises:
        ImportRefused: it did not run, or its lines are not kept any more.
    """
    left = select(func.count()).select_from(ImportLine).where(ImportLine.import_id == found.id)
    if not session.exec(left).one():
        raise ImportRefused("The lines of this import are not kept any more.")
    _move(session, found, (ImportState.DONE,), ImportState.UNDOING, {})


def import_by_id(session: Session, import_id: int) -> Import:
    """The import with this number.

    Raises:
        UnknownImport: there is none.
    """
    found = session.get(Import, import_id)
    if found is None:
        raise UnknownImport(f"There is no import {import_id}.")
    return found


def list_imports(session: Session, *, limit: int = 50) -> list[Import]:
    """The latest first."""
    return list(session.exec(select(Import).order_by(col(Import.id).desc()).limit(limit)))


def moving_imports(session: Session) -> list[int]:
    """Those with work to do."""
    return [
        found or 0
        for found in session.exec(
            select(Import.id).where(col(Import.state).in_(MOVING)).order_by(col(Import.id))
        )
    ]


def drop_import(session: Session, found: Import) -> None:
    """Forget a file that did not run.

    Raises:
        ImportRefused: it ran.
    """
    if found.state not in (ImportState.UPLOADED, ImportState.CHECKING, ImportState.CHECKED):
        raise ImportRefused("This import ran: undo it instead.")
    session.connection().execute(delete(ImportLine).where(col(ImportLine.import_id) == found.id))
    session.connection().execute(delete(Import).where(col(Import.id) == found.id))
    session.expunge(found)


def forget_lines(session: Session, *, now: datetime) -> int:
    """Delete the lines of imports older than `KEPT`; their figures, and the ground they stated, stay. Gives how many went."""
    old = select(Import.id).where(Import.created_at < now - KEPT, col(Import.state).not_in(MOVING))
    return session.connection().execute(delete(ImportLine).where(col(ImportLine.import_id).in_(old))).rowcount


def _move(
    session: Session,
    found: Import,
    before: Sequence[ImportState],
    after: ImportState,
    values: Mapping[str, Any],
) -> None:
    moved = session.connection().execute(
        update(Import)
        .where(col(Import.id) == found.id, col(Import.state).in_(before))
        .values(state=after, position=0, counts={}, finished_at=None, **values)
    )
    if moved.rowcount != 1:
        raise ImportRefused(f"Import {found.id} is {found.state}; this asks for {' or '.join(before)}.")
    session.refresh(found)
