"""People: the readers, where they work, what they follow, and the streams they receive."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, false, text
from sqlmodel import Field

from content.columns import Instant, Record

_EMPTY = {"server_default": text("''")}
"""For rows that a statement of the database makes."""


class Stream(StrEnum):
    """What a reader can receive, and leave, one by one. `WELCOME` is the series that new readers get for a while."""

    MONTHLY = "monthly"
    DIGEST = "digest"
    ALERTS = "alerts"
    WEBINARS = "webinars"
    WELCOME = "welcome"


class SubscriberState(StrEnum):
    """Where a reader stands: asked, confirmed, or gone. A guest takes part in webinars, and never asked for a newsletter."""

    PENDING = "pending"
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"
    GUEST = "guest"


class PolicyKind(StrEnum):
    """What policy on drug prevention their municipality has: the kinds of table 3 of the survey of 2022."""

    SEPARATE = "aparte-nota"
    SEPARATE_AND_OTHERS = "aparte-nota-en-andere-notas"
    SUBSTANCES_TOGETHER = "overkoepelend-middelenbeleid"
    IN_OTHERS = "activiteiten-in-andere-notas"
    NONE = "geen-beleid"


OTHER_DOMAIN = "overig"
"""A policy domain that is none of the vocabulary's: table 2 of the survey counts it."""


class Subscriber(Record, table=True):
    """A reader. `address_key` is the address in the one form that makes two spellings one; `reference` is what links carry.

    `profile_key` is the hash of what `choose` looks at; `subscribers.profiles` keeps it.

    Of their work, each "" until they say so: `domain` is a term of the vocabulary's facet "domain" or `OTHER_DOMAIN`,
    `policy_kind` a `PolicyKind`, `strategy_step` the term of the facet "step" where they are now. `shared` marks a mailbox that
    several people read. Nothing but letters they asked for is mailed before `paused_until`. `asked_at` is when they were last
    asked whether this is still them, and `unanswered` how often since they last said so.
    """

    # Counting readers by state and language is a walk along this one, without their rows.
    __table_args__ = (Index("ix_subscriber_state_id_language", "state", "id", "language"),)

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    address: str
    address_key: str = Field(unique=True)
    name: str = ""
    language: str = "nl"
    domain: str = Field(default="", sa_column_kwargs=_EMPTY)
    policy_kind: str = Field(default="", sa_column_kwargs=_EMPTY)
    strategy_step: str = Field(default="", sa_column_kwargs=_EMPTY)
    shared: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    state: str = SubscriberState.PENDING
    paused_until: datetime | None = Field(default=None, sa_type=Instant)
    asked_at: datetime | None = Field(default=None, sa_type=Instant)
    unanswered: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    profile_key: str = Field(default="", index=True)
    created_at: datetime = Field(sa_type=Instant)
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)


class Membership(Record, table=True):
    """A reader works for an organisation; one may serve several."""

    # Both ways, since either is asked without the other's rows: where someone works, and who works there.
    __table_args__ = (
        UniqueConstraint("subscriber_id", "organisation_id"),
        Index("ix_membership_organisation_id_subscriber_id", "organisation_id", "subscriber_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", ondelete="CASCADE")
    organisation_id: int = Field(foreign_key="organisation.id")


class Interest(Record, table=True):
    """A term of the vocabulary that a reader follows: an interest of their work, never of the person."""

    __table_args__ = (
        UniqueConstraint("subscriber_id", "slug"),
        Index("ix_interest_slug_subscriber_id", "slug", "subscriber_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", ondelete="CASCADE")
    facet: str
    slug: str


class Subscription(Record, table=True):
    """A stream a reader receives now. Leaving a stream deletes the row; the consent events keep the history.

    `consent_id` is the event in which they said yes to it, or in which an import stated its ground: the database has no
    subscription without one.
    """

    __table_args__ = (
        UniqueConstraint("subscriber_id", "stream"),
        Index("ix_subscription_stream_subscriber_id", "stream", "subscriber_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", ondelete="CASCADE")
    stream: str
    consent_id: int = Field(foreign_key="consent_event.id", ondelete="CASCADE", index=True)
