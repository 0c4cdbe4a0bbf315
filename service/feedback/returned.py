"""Returned mail: what was taken in, so that nothing is taken in twice. No address and no text of it is kept."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from content.columns import Instant, Record


class Done(StrEnum):
    """What was done with a message. `not-ours` names no delivery of ours that can be believed: it changes nothing."""

    SUPPRESSED = "suppressed"
    COUNTED = "counted"
    ALERTED = "alerted"
    FORWARDED = "forwarded"
    NOTHING = "nothing"
    NOT_OURS = "not-ours"


class ReturnedMail(Record, table=True):
    """A message that came back. `digest` is the SHA-256 of what stays the same on each copy of it."""

    __tablename__ = "returned_mail"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True)
    at: datetime = Field(sa_type=Instant, index=True)
    kind: str
    status: str = ""
    reason: str = ""
    done: str
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id", index=True, ondelete="SET NULL")
