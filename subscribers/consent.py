"""Consent: what a reader agreed to, when, how, and in which words. Events are only ever added."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field

from content.columns import Instant, Record


class ConsentKind(StrEnum):
    """What a reader did."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


class ConsentEvent(Record, table=True):
    """One act of a reader. `wording_version` names the text they saw; `source` the place ("form /aanmelden", "one-click").

    A trigger of the database refuses UPDATE, and DELETE while the reader exists: events go only with the person.
    """

    __tablename__ = "consent_event"
    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True, ondelete="CASCADE")
    kind: str
    at: datetime = Field(sa_type=Instant)
    wording_version: str
    streams: list[str] = Field(default_factory=list, sa_type=JSON)
    topics: list[str] = Field(default_factory=list, sa_type=JSON)
    source: str
