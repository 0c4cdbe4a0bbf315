"""Sources: where items come from, and what each fetch of one brought."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from content.columns import Instant, Record


class UrlConfidence(StrEnum):
    """Whether the address of a source was ever seen to answer."""

    VERIFIED = "verified"
    INFERRED = "inferred"


class FetchOutcome(StrEnum):
    """How a fetch of a source ended."""

    OK = "ok"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class Source(Record, table=True):
    """A feed that is harvested. `key` is its name on the command line; validators are opaque and sent back as they came."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    name: str
    url: str = Field(unique=True)
    home_url: str = ""
    enabled: bool = True
    url_confidence: str = UrlConfidence.VERIFIED
    etag: str = ""
    last_modified: str = ""
    created_at: datetime = Field(sa_type=Instant)
    last_fetched_at: datetime | None = Field(default=None, sa_type=Instant)
    last_ok_at: datetime | None = Field(default=None, sa_type=Instant)
    last_problem: str = ""
    failures: int = 0


class Fetch(Record, table=True):
    """One visit to a source. `received` counts bytes after decompression."""

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime = Field(sa_type=Instant)
    outcome: str
    http_status: int | None = None
    received: int = 0
    entries: int = 0
    new_items: int = 0
    problem: str = ""
