"""Occurrences: each moment of each schedule happens once, whoever looks, however late."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from content.columns import Instant, Record


class OccurrenceState(StrEnum):
    """`running` has a lease; `expired` waits for a person; `failed` is tried again until it expires."""

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
