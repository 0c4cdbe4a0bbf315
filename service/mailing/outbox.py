"""The outbox: what is to be sent, to whom, and how it went. The ledger balances: planned is the sum of the end states."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, col

from content.columns import Instant, Record


class DeliveryState(StrEnum):
    """The states of design.md. `sent`, `failed`, `uncertain`, `skipped`, `suppressed` and `cancelled` are ends."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    HANDED_OVER = "handed_over"
    DEFERRED = "deferred"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    SKIPPED = "skipped"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"


OPEN_STATES = (
    DeliveryState.PLANNED,
    DeliveryState.CLAIMED,
    DeliveryState.HANDED_OVER,
    DeliveryState.DEFERRED,
)
"""States in which something is still to be done by itself."""

END_STATES = tuple(state for state in DeliveryState if state not in OPEN_STATES)
"""States that nothing leaves by itself."""


class MailingState(StrEnum):
    """A mailing is finished only when its end states add up to what was planned."""

    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Mailing(Record, table=True):
    """One sending: of an issue, or of a transactional mail. `kind` is the folder under templates/emails.

    `content_hash` is what was approved; `planned` is how many deliveries there are. `urgent` is what a person waits
    for: it leaves before all else, at any hour. `pause` says why it was paused, when Kennispost did that itself: one of
    `PAUSES`, with the server's words in `pause_reply`. `running_since` is when a person last set it going (null: it
    was planned, and has run since), and `tried_before` how many deliveries had been tried by then: what a speed is
    measured from.

    `webinar_id` is what the mails of a webinar are about; `occasion` names a moment of it ("webinar-hour 7
    2027-04-06T07:00:00+00:00"), and is unique, so that each happens once; null for what happens whenever somebody asks.
    """

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    issue_id: int | None = Field(default=None, foreign_key="issue.id", unique=True)
    webinar_id: int | None = Field(default=None, foreign_key="webinar.id", index=True)
    occasion: str | None = Field(default=None, unique=True)
    stream: str = ""
    title: str = ""
    content_hash: str = ""
    state: str = Field(default=MailingState.SENDING, index=True)
    planned: int = 0
    urgent: bool = False
    created_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    pause: str = ""
    pause_reply: str = ""
    running_since: datetime | None = Field(default=None, sa_type=Instant)
    tried_before: int = 0


class Variant(Record, table=True):
    """A choice in a language, rendered once: HTML and text with holes for what differs per reader."""

    __table_args__ = (UniqueConstraint("mailing_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    mailing_id: int = Field(foreign_key="mailing.id")
    key: str
    language: str
    subject: str
    html: str
    text: str


class ProfileChoice(Record, table=True):
    """What readers with this profile and language get.

    `variant_id` is null when nothing was chosen; `reasons` maps a block's id to the slugs that it met.
    """

    __tablename__ = "profile_choice"
    __table_args__ = (UniqueConstraint("mailing_id", "profile_key", "language"),)

    id: int | None = Field(default=None, primary_key=True)
    mailing_id: int = Field(foreign_key="mailing.id")
    profile_key: str
    language: str
    variant_id: int | None = Field(default=None, foreign_key="variant.id")
    reasons: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


_URGENT = "{of}urgent AND {of}state IN ('planned', 'deferred')"
_LEASED = "{of}state IN ('claimed', 'handed_over')"

URGENT, LEASED = (text(held.format(of="delivery.")) for held in (_URGENT, _LEASED))
"""What the small indexes of deliveries hold, in their own words: SQLite uses them for a question in no others."""


def _where(held: str) -> dict[str, Any]:
    return {f"{engine}_where": text(held.format(of="")) for engine in ("postgresql", "sqlite")}


class Delivery(Record, table=True):
    """One message to one person. A reader's delivery names the subscriber, a mail to the desk the user; never both.

    `context` holds what a transactional mail is about (references, never a token). `claimed_by` and `lease_until`
    belong to a claim; `due_at` is when it may be tried, `first_tried_at` from when giving up is counted. `urgent` is
    its mailing's.
    """

    __table_args__ = (
        UniqueConstraint("mailing_id", "subscriber_id"),
        UniqueConstraint("mailing_id", "user_id"),
        # Claims, counts and the question whether anything waits are each a walk along a piece of this one.
        Index("ix_delivery_mailing_id_state_due_at", "mailing_id", "state", "due_at", "id"),
        Index("ix_delivery_urgent", "due_at", **_where(_URGENT)),
        Index("ix_delivery_lease_until", "lease_until", **_where(_LEASED)),
    )

    id: int | None = Field(default=None, primary_key=True)
    mailing_id: int = Field(foreign_key="mailing.id")
    subscriber_id: int | None = Field(default=None, foreign_key="subscriber.id", index=True)
    user_id: int | None = Field(default=None, foreign_key="desk_user.id", index=True)
    profile_key: str = ""
    language: str = "nl"
    context: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: str = DeliveryState.PLANNED
    due_at: datetime = Field(sa_type=Instant)
    urgent: bool = False
    attempts: int = 0
    first_tried_at: datetime | None = Field(default=None, sa_type=Instant)
    claimed_by: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    message_id: str = ""
    handed_over_at: datetime | None = Field(default=None, sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    reply: str = ""

    # What came back: facts about a delivery, no states. `bounce_kind` and `bounce_reason` are those of service.verdicts.
    bounced_at: datetime | None = Field(default=None, sa_type=Instant)
    bounce_kind: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    bounce_status: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    bounce_reason: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    complained_at: datetime | None = Field(default=None, sa_type=Instant)


CAME_BACK = col(Delivery.bounced_at).is_not(None) | col(Delivery.complained_at).is_not(None)
Index(
    "ix_delivery_came_back",
    Delivery.mailing_id,  # type: ignore[arg-type]  # a column, on the class
    postgresql_where=CAME_BACK,
    sqlite_where=CAME_BACK,
)
"""Few of a million come back: these are found without looking at the others."""


class Attempt(Record, table=True):
    """One try at a delivery: which server, which reply."""

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    at: datetime = Field(sa_type=Instant)
    server: str
    outcome: str
    code: int | None = None
    reply: str = ""


class Verdict(StrEnum):
    """What a person decided about a delivery whose fate is unknown: send it again, or leave it at that."""

    RESEND = "resend"
    REST = "rest"


class Decision(Record, table=True):
    """Who decided what about an uncertain delivery, when, and the words that it was uncertain with. Only ever added."""

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    at: datetime = Field(sa_type=Instant)
    by: str
    verdict: str
    reply: str = ""


class Allowance(Record, table=True):
    """What may still leave, shared by all workers: a token bucket for the whole service, or for a recipient domain.

    `key` is "" or the domain. `tokens` were there at `filled_at` and grow with time. Until `closed_until` nothing leaves,
    since the provider asked for it with `reply`.
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    tokens: float = 0.0
    filled_at: datetime = Field(sa_type=Instant)
    closed_until: datetime | None = Field(default=None, sa_type=Instant)
    reply: str = ""
