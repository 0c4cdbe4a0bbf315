"""Counting: mails lead to what they link to through an address of ours that counts clicks, in total and for each piece.

The address names a link and no person. Only for a reader who agreed to show what they read (`subscribers.reading`) does a
signed mark follow it; the others' mails have not even a place for one.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import UniqueConstraint, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, col, select

from content.columns import Instant, Record
from content.issues import Block, Issue
from service.errors import UnknownLink
from service.mailing.edition import Edition
from service.mailing.holes import hole
from service.mailing.links import counting_link
from service.settings import Settings
from subscribers.people import Subscriber, SubscriberState
from subscribers.reading import SharedReading

MARK = f"{hole('if-reading')}{hole('reading')}{hole('end-reading')}"
"""Where the mark of a reader who shows what they read goes; nothing is left of it for the others."""

CODE_BYTES = 8
SAMPLE_CODE = "voorbeeld00"
"""As long as a code is: for a proof, which counts nothing."""


class MailLink(Record, table=True):
    """Where a piece of an issue leads, and how often somebody went there from a mail. `code` stands in the address."""

    __tablename__ = "mail_link"
    __table_args__ = (UniqueConstraint("issue_id", "block_id"),)

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="issue.id")
    block_id: int = Field(foreign_key="block.id")
    code: str = Field(unique=True)
    address: str
    clicks: int = 0


class Reading(Record, table=True):
    """That a reader who shows what they read followed a link, and when for the first time. It goes with their consent."""

    __table_args__ = (UniqueConstraint("subscriber_id", "link_id"),)

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="shared_reading.subscriber_id", ondelete="CASCADE")
    link_id: int = Field(foreign_key="mail_link.id", index=True)
    at: datetime = Field(sa_type=Instant, index=True)


@dataclass(frozen=True)
class Clicked:
    """A piece of an issue, and how often somebody followed its link."""

    title: str
    address: str
    clicks: int


@dataclass(frozen=True)
class Read:
    """What a reader followed, in which issue, and when for the first time."""

    title: str
    issue: str
    address: str
    at: datetime


def through_counting(settings: Settings, edition: Edition, codes: Mapping[int, str]) -> Edition:
    """The edition with each link, by its block's id, led through an address that counts."""
    parts = tuple(
        replace(
            part,
            articles=tuple(
                replace(article, link=counting_link(settings, codes[article.block_id]) + MARK)
                if article.block_id in codes and _is_web(article.link)
                else article
                for article in part.articles
            ),
        )
        for part in edition.parts
    )
    return replace(edition, parts=parts)


def sample_counting(settings: Settings, edition: Edition) -> Edition:
    """The same for a proof: as large as what is sent, and counting nothing."""
    if not settings.count_clicks:
        return edition
    return through_counting(
        settings, edition, {article.block_id: SAMPLE_CODE for article in edition.articles}
    )


def counted(session: Session, settings: Settings, issue: Issue, edition: Edition) -> Edition:
    """The edition as it is mailed. Its links are noted the first time, so that only they can be led to."""
    if not settings.count_clicks:
        return edition
    noted = select(MailLink.block_id, MailLink.code).where(MailLink.issue_id == issue.id)
    codes = dict(session.exec(noted).all())
    made = [
        {
            "issue_id": issue.id,
            "block_id": article.block_id,
            "code": secrets.token_urlsafe(CODE_BYTES),
            "address": article.link,
            "clicks": 0,
        }
        for article in edition.articles
        if article.block_id not in codes and _is_web(article.link)
    ]
    if made:
        session.connection().execute(insert(MailLink), made)
    codes |= {int(one["block_id"] or 0): str(one["code"]) for one in made}
    return through_counting(settings, edition, codes)


def _is_web(link: str) -> bool:
    """Whether a browser can be led there."""
    return link.startswith(("https://", "http://"))


def link_behind(session: Session, code: str) -> MailLink:
    """The link that an address of ours leads to.

    Raises:
        UnknownLink: there is none; we lead nowhere that no issue linked to.
    """
    found = session.exec(select(MailLink).where(MailLink.code == code)).first()
    if found is None:
        raise UnknownLink(f"No mail has a link {code!r}.")
    return found


def count_click(session: Session, link_id: int) -> None:
    """One more, in total."""
    clicked = update(MailLink).where(col(MailLink.id) == link_id)
    session.connection().execute(clicked.values(clicks=col(MailLink.clicks) + 1))


def note_reading(session: Session, *, reference: str, link_id: int, now: datetime) -> bool:
    """Note that a reader followed a link, once; whether they (still) show what they read. Others leave no trace."""
    sharing = select(SharedReading.subscriber_id).join(
        Subscriber, col(Subscriber.id) == col(SharedReading.subscriber_id)
    )
    active = col(Subscriber.state) == SubscriberState.ACTIVE
    reader = session.exec(sharing.where(Subscriber.reference == reference, active)).first()
    if reader is None:
        return False
    dialect = session.get_bind().dialect.name
    add = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(Reading)
    values = {"subscriber_id": reader, "link_id": link_id, "at": now}
    session.connection().execute(add.values(values).on_conflict_do_nothing())
    return True


def clicks_of(session: Session, issue: Issue) -> Sequence[Clicked]:
    """The links of an issue that was mailed, the most clicked first; none where nothing is counted."""
    wanted = (
        select(Block.title, MailLink.address, MailLink.clicks)
        .join(Block, col(Block.id) == col(MailLink.block_id))
        .where(MailLink.issue_id == issue.id)
        .order_by(col(MailLink.clicks).desc(), col(MailLink.id))
    )
    return [Clicked(*row) for row in session.exec(wanted)]


def read_by(session: Session, subscriber: Subscriber) -> Sequence[Read]:
    """What a reader who shows it followed, the latest first."""
    wanted = (
        select(Block.title, Issue.title, MailLink.address, Reading.at)
        .join(MailLink, col(MailLink.id) == col(Reading.link_id))
        .join(Block, col(Block.id) == col(MailLink.block_id))
        .join(Issue, col(Issue.id) == col(MailLink.issue_id))
        .where(Reading.subscriber_id == subscriber.id)
        .order_by(col(Reading.at).desc(), col(Reading.id).desc())
    )
    return [Read(*row) for row in session.exec(wanted)]
