"""People: the readers, where they work, what they follow, and the streams they receive."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from content.columns import Instant, Record


class Stream(StrEnum):
    """What a reader can receive, and leave, one by one. `WELCOME` is the series that new readers get for a while."""

    MONTHLY = "monthly"
    DIGEST = "digest"
    ALERTS = "alerts"
    WEBINARS = "webinars"
    WELCOME = "welcome"


class SubscriberState(StrEnum):
    """Where a reader stands: asked, confirmed, or gone."""

    PENDING = "pending"
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"


class Subscriber(Record, table=True):
    """A reader. `address_key` is the address in the one form that makes two spellings one; `reference` is what links carry.

    `profile_key` is the hash of what `choose` looks at; `subscribers.profiles` keeps it.
    """

    # Counting readers by state and language is a walk along this one, without their rows.
    __table_args__ = (Index("ix_subscriber_state_id_language", "state", "id", "language"),)

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    address: str
    address_key: str = Field(unique=True)
    name: str = ""
    language: str = "nl"
    state: str = SubscriberState.PENDING
    profile_key: str = Field(default="", index=True)
    created_at: datetime = Field(sa_type=Instant)
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)


class Membership(Record, table=True):
    """A reader works for an organisation; one may serve several."""

    __table_args__ = (UniqueConstraint("subscriber_id", "organisation_id"),)

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", ondelete="CASCADE")
    organisation_id: int = Field(foreign_key="organisation.id", index=True)


class Interest(Record, table=True):
    """A term of the vocabulary that a reader follows: an interest of their work, never of the person."""

    __table_args__ = (UniqueConstraint("subscriber_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", ondelete="CASCADE")
    facet: str
    slug: str = Field(index=True)


class Subscription(Record, table=True):
    """A stream a reader receives now. Leaving a stream deletes the row; the consent events keep the history."""

    __table_args__ = (UniqueConstraint("subscriber_id", "stream"),)

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", ondelete="CASCADE")
    stream: str = Field(index=True)
