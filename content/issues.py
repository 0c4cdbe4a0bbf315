"""Issues: what is published, as a list of blocks in sections."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint, text
from sqlmodel import Field, Session, col, select

from content.choosing import Candidate, Limits
from content.columns import Instant, Record
from content.errors import UnknownIssue


class IssueKind(StrEnum):
    """The stream an issue belongs to; all are approved by people. A welcome mail is an issue that leaves reader by reader."""

    MONTHLY = "monthly"
    DIGEST = "digest"
    ALERT = "alert"
    WELCOME = "welcome"
    WEBINAR = "webinar"


class BlockKind(StrEnum):
    """What a block was made from."""

    ITEM = "item"
    TEXT = "text"
    LINK = "link"
    INTERVENTION = "intervention"
    CHANGE = "change"
    WEBINAR = "webinar"


class Issue(Record, table=True):
    """One issue. `send_at` is when it is to leave; `closed_at` is set once its mailing is planned, and freezes it.

    `slug` is its public address under /edities. `occasion` is the month ("2026-12") or moment that a schedule opened it
    for: unique, so that two processes cannot open the same issue twice; null for issues made by hand. `language` is the one
    that its texts are in.

    `audience` narrows the readers of its stream: a segment's expression, copied with its name when it is chosen and
    renewed when the segment changes, so that it is part of what is approved. `segment_id` says which; it is a key, no
    relation, since content knows nothing of subscribers.

    `webinar_id` is what an announcement is about; `reminds_id` the announcement that it reminds of.
    """

    id: int | None = Field(default=None, primary_key=True)
    kind: str = IssueKind.MONTHLY
    occasion: str | None = Field(default=None, unique=True)
    slug: str = Field(unique=True)
    title: str
    introduction: str = ""
    language: str = Field(default="nl", sa_column_kwargs={"server_default": text("'nl'")})
    minimum: int = 3
    maximum: int = 12
    allow_nothing: bool = False
    segment_id: int | None = Field(default=None, index=True)
    audience_name: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    audience: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    webinar_id: int | None = Field(default=None, foreign_key="webinar.id", index=True)
    reminds_id: int | None = Field(default=None, foreign_key="issue.id")
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
    with `everyone` every reader gets it. `brought_by` names the streams (with blanks) that had brought it to their followers
    when the issue left; as long as it is open, `content.repeating` says which have by now. `details`
    are the lines of an intervention's card, each with its name in `wording` and its text in Dutch and English.
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
    intervention_id: int | None = Field(default=None, foreign_key="intervention.id", index=True)
    event_id: int | None = Field(default=None, foreign_key="intervention_event.id", index=True)
    webinar_id: int | None = Field(default=None, foreign_key="webinar.id", index=True)
    details: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    brought_by: str = ""


class Maker(Record, table=True):
    """Someone who changed the issue: one of its makers, who may not approve it. `person` is a key, not a User."""

    __table_args__ = (UniqueConstraint("issue_id", "person"),)

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="issue.id")
    person: str
    since: datetime = Field(sa_type=Instant)


class Approval(Record, table=True):
    """A second person's yes to the content that has this hash. `approver` is the person's key, not a User."""

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    content_hash: str
    approver: str
    approved_at: datetime = Field(sa_type=Instant)


def issue_by_id(session: Session, issue_id: int) -> Issue:
    """The issue.

    Raises:
        UnknownIssue: there is none with this id.
    """
    issue = session.get(Issue, issue_id)
    if issue is None:
        raise UnknownIssue(f"There is no issue {issue_id}.")
    return issue


def sections_of(session: Session, issue: Issue) -> list[Section]:
    """The sections of an issue, in order."""
    return list(
        session.exec(select(Section).where(Section.issue_id == issue.id).order_by(col(Section.position)))
    )


def blocks_of(session: Session, issue: Issue) -> list[Block]:
    """The blocks of an issue, in the order of their sections and positions."""
    wanted = (
        select(Block)
        .join(Section, col(Section.id) == Block.section_id)
        .where(Block.issue_id == issue.id)
        .order_by(col(Section.position), col(Block.position), col(Block.id))
    )
    return list(session.exec(wanted))


def candidates_of(
    session: Session, issue: Issue, *, brought: Mapping[int, frozenset[str]] | None = None
) -> tuple[Candidate, ...]:
    """The blocks of an issue as `choose` takes them. `brought` is by block; without it, what the blocks say themselves."""
    place = {section.id: section.position for section in sections_of(session, issue)}
    return tuple(
        Candidate(
            block_id=block.id or 0,
            section=place[block.section_id],
            position=block.position,
            weight=block.weight,
            everyone=block.everyone,
            tags=frozenset(block.tags),
            brought_by=frozenset(block.brought_by.split())
            if brought is None
            else brought.get(block.id or 0, frozenset()),
        )
        for block in blocks_of(session, issue)
    )


def limits_of(issue: Issue) -> Limits:
    """How few and how many blocks a reader of this issue gets."""
    return Limits(minimum=issue.minimum, maximum=issue.maximum, allow_nothing=issue.allow_nothing)


def makers_of(session: Session, issue: Issue) -> set[str]:
    """The keys of the people who made or changed the issue."""
    return set(session.exec(select(Maker.person).where(Maker.issue_id == issue.id)))


def lock_issue(session: Session, issue: Issue) -> None:
    """Hold the issue until the transaction ends, and read it and its blocks anew: what was true before may not be now.

    Whoever changes, approves, moves or sends an issue takes this lock first, so that what is sent is what was approved.
    On SQLite a writing transaction is alone anyway.
    """
    session.flush()
    session.refresh(issue, with_for_update=True)
    for block in [known for known in session.identity_map.values() if isinstance(known, Block)]:
        if block.issue_id == issue.id:
            session.expire(block)
