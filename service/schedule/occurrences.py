"""Occurrences: each moment of each schedule happens once, whoever looks, however late."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import UniqueConstraint, bindparam, text, update
from sqlmodel import Field, Session, col, select

from content.columns import Instant, Record
from service.schedule.table import Due

LEASE = timedelta(minutes=15)
"""How long a process may work on an occurrence before another may think it died."""
RETRY = timedelta(minutes=5)
"""How long after a failure it is tried again."""


class OccurrenceState(StrEnum):
    """`running` has a lease; `failed` is tried again until it expires; `expired` waits for a person."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


class Occurrence(Record, table=True):
    """A moment of a schedule. Unique on (schedule, due_at): that is what makes it happen once."""

    __table_args__ = (UniqueConstraint("schedule", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    schedule: str
    due_at: datetime = Field(sa_type=Instant)
    state: str = Field(index=True)
    claimed_by: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    note: str = ""


_INSERT = text(
    "INSERT INTO occurrence (schedule, due_at, state, claimed_by, lease_until, started_at, note) "
    "VALUES (:schedule, :due_at, :state, :worker, :lease, :now, '') ON CONFLICT (schedule, due_at) DO NOTHING"
).bindparams(
    bindparam("due_at", type_=Instant), bindparam("lease", type_=Instant), bindparam("now", type_=Instant)
)


def occurrence_of(session: Session, due: Due) -> Occurrence | None:
    """The row of a moment, when there is one."""
    wanted = select(Occurrence).where(Occurrence.schedule == due.schedule, Occurrence.due_at == due.due_at)
    return session.exec(wanted).first()


def first_of_its_kind(session: Session, due: Due) -> bool:
    """Whether no earlier moment of this schedule was ever seen: Kennispost has only just been installed."""
    earlier = select(Occurrence.id).where(Occurrence.schedule == due.schedule, Occurrence.due_at < due.due_at)
    return session.exec(earlier).first() is None


def claim(session: Session, *, due: Due, worker: str, now: datetime) -> Occurrence | None:
    """Take a moment for this worker: a new one, or one whose worker died or failed. None when another has it, or it is over.

    The row is unique, and taking over is a conditional update that is checked: two processes never both get it.
    """
    values = {"schedule": due.schedule, "due_at": due.due_at, "worker": worker, "now": now}
    fresh = session.connection().execute(
        _INSERT, {**values, "state": OccurrenceState.RUNNING, "lease": now + LEASE}
    )
    if fresh.rowcount == 0:
        taken = session.connection().execute(
            update(Occurrence)
            .where(
                col(Occurrence.schedule) == due.schedule,
                col(Occurrence.due_at) == due.due_at,
                col(Occurrence.state).in_([OccurrenceState.RUNNING, OccurrenceState.FAILED]),
                col(Occurrence.lease_until) < now,
            )
            .values(state=OccurrenceState.RUNNING, claimed_by=worker, lease_until=now + LEASE, started_at=now)
        )
        if taken.rowcount == 0:
            return None
    return occurrence_of(session, due)


def renew(session: Session, *, due: Due, worker: str, now: datetime) -> bool:
    """Keep a claimed moment for another lease; False when another worker has it."""
    kept = session.connection().execute(
        update(Occurrence)
        .where(
            col(Occurrence.schedule) == due.schedule,
            col(Occurrence.due_at) == due.due_at,
            col(Occurrence.state) == OccurrenceState.RUNNING,
            col(Occurrence.claimed_by) == worker,
        )
        .values(lease_until=now + LEASE)
    )
    return bool(kept.rowcount == 1)


def settle(
    session: Session, *, due: Due, worker: str, state: OccurrenceState, note: str, now: datetime
) -> bool:
    """Write down how a claimed moment ended; False when it was no longer this worker's."""
    lease = now + RETRY if state is OccurrenceState.FAILED else None
    marked = session.connection().execute(
        update(Occurrence)
        .where(
            col(Occurrence.schedule) == due.schedule,
            col(Occurrence.due_at) == due.due_at,
            col(Occurrence.state) == OccurrenceState.RUNNING,
            col(Occurrence.claimed_by) == worker,
        )
        .values(state=state, note=note[:1000], finished_at=now, lease_until=lease)
    )
    return bool(marked.rowcount == 1)
