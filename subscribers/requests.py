"""Requests that wait for a yes from a mailbox: another address for a reader, or a colleague in their place."""

from datetime import datetime

from sqlmodel import Field

from content.columns import Instant, Record


class AddressChange(Record, table=True):
    """A reader wants their mail at another address. It is done when both mailboxes said yes; a later one replaces it."""

    __tablename__ = "address_change"

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True, ondelete="CASCADE")
    address: str
    address_key: str
    asked_at: datetime = Field(sa_type=Instant)
    old_said_yes_at: datetime | None = Field(default=None, sa_type=Instant)
    new_said_yes_at: datetime | None = Field(default=None, sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


class HandOver(Record, table=True):
    """A reader hands over to a colleague, who says yes in their own name; then the reader ends, unless they stay."""

    __tablename__ = "hand_over"

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True, ondelete="CASCADE")
    colleague_id: int = Field(foreign_key="subscriber.id", index=True, ondelete="CASCADE")
    stays: bool
    asked_at: datetime = Field(sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


class LeavingReason(Record, table=True):
    """Why somebody left, one of `subscribers.reasons.REASONS`. Nobody's: it says when and why, never who."""

    __tablename__ = "leaving_reason"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant, index=True)
    reason: str
