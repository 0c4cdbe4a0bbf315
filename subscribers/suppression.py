"""Suppression: addresses that are never mailed again, kept as a keyed hash so that the list names no one."""

from datetime import datetime

from sqlmodel import Field

from content.columns import Instant, Record


class Suppression(Record, table=True):
    """An address that must not be mailed. It never comes back by itself."""

    id: int | None = Field(default=None, primary_key=True)
    address_hash: str = Field(unique=True)
    reason: str
    at: datetime = Field(sa_type=Instant)
