"""Issues: what is published, as a list of blocks in sections."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field

from content.columns import Instant, Record


class IssueKind(StrEnum):
    """The stream an issue belongs to; all three are approved by people."""

    MONTHLY = "monthly"
    DIGEST = "digest"
    ALERT = "alert"


class BlockKind(StrEnum):
    """What a block was made from."""

    ITEM = "item"
    TEXT = "text"
    LINK = "link"


class Issue(Record, table=True):
    """One issue. `send_at` is when it is to leave; `closed_at` is set once its mailing is planned, and freezes it.

    `slug` is its public address under /edities. `occasion` is the month ("2026-12") or moment that a schedule opened it
    for: unique, so that two processes cannot open the same issue twice; null for issues made by hand.
    """

    id: int | None = Field(default=None, primary_key=True)
    kind: str = IssueKind.MONTHLY
    occasion: str | None = Field(default=None, unique=True)
    slug: str = Field(unique=True)
    title: str
    introduction: str = ""
    minimum: int = 3
    maximum: int = 12
    allow_nothing: bool = False
    created_at: datetime = Field(sa_type=Instant)
    created_by: str = ""
    changed_at: datetime = Field(sa_type=Instant)
    send_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class Section(Record, table=True):
    """A heading of an issue, with the blocks below it. `key` is stable ("news"), `title` is what readers see."""

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    key: str
    title: str
    position: int


class Block(Record, table=True):
    """A piece of an issue. It copies the text of its item, so that a later harvest never voids an approval.

    `body` is Markdown. `weight` is the editors' importance (higher is more important). `tags` are slugs of any facet;
    with `everyone` every reader gets it. `brought_by` names the stream that brought it to its followers before.
    """

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    section_id: int = Field(foreign_key="section.id", index=True)
    kind: str
    position: int
    weight: int = 0
    everyone: bool = False
    title: str
    body: str = ""
    link: str = ""
    source_name: str = ""
    item_id: int | None = Field(default=None, foreign_key="item.id", index=True)
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    brought_by: str = ""
    added_by: str = ""


class Approval(Record, table=True):
    """A second person's yes to the content that has this hash. `approver` is the person's key, not a User."""

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    content_hash: str
    approver: str
    approved_at: datetime = Field(sa_type=Instant)
