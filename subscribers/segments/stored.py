"""Stored segments: a name and an expression, kept by the desk."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from content.columns import Instant, Record

_LIVE = text("removed_at IS NULL")


class Segment(Record, table=True):
    """Who gets something, under a name that is unique among those not removed. `changed_by` is a person's key, no User.

    A removed segment stays, so that removing can be undone.
    """

    __table_args__ = (
        Index("uq_segment_name", "name", unique=True, postgresql_where=_LIVE, sqlite_where=_LIVE),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    expression: dict[str, Any] = Field(sa_type=JSON)
    created_at: datetime = Field(sa_type=Instant)
    created_by: str
    changed_at: datetime = Field(sa_type=Instant)
    changed_by: str
    removed_at: datetime | None = Field(default=None, sa_type=Instant)
