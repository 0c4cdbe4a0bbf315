"""The tables: a registration and what hangs on it, and the totals that stay when it is gone."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from content.columns import Instant, Record


class Answer(StrEnum):
    """What somebody asks for: a seat, or the recording only (no seat, no no-show, the same follow-up)."""

    SEAT = "seat"
    RECORDING = "recording"


class Standing(StrEnum):
    """Where a registration stands.

        asked ──> seat | waiting | recording         waiting ──> offered ──> seat | lapsed
        any but the ends ──> withdrawn               seat ──> handed_over

    `ASKED` holds nothing: nobody has said yes from the mailbox yet. `SEAT` and `OFFERED` hold a seat. `LAPSED`, `WITHDRAWN` and
    `HANDED_OVER` are ends, from which the person can ask anew.
    """

    ASKED = "asked"
    SEAT = "seat"
    WAITING = "waiting"
    OFFERED = "offered"
    RECORDING = "recording"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed_over"


HOLDING = (Standing.SEAT, Standing.OFFERED)
"""Each takes one of the seats."""

TAKING_PART = (Standing.SEAT, Standing.OFFERED, Standing.WAITING, Standing.RECORDING)
"""Those whom a change of the webinar concerns."""


class Registration(Record, table=True):
    """A person in a webinar: one row for each pair, however often they come and go.

    `reference` is what links carry (their own page, and `/deelnemen/<token>`). `name` is what they want to be called in mails
    and in the room; `organisation_id` where they worked when they registered, for the figures.

    `asked_at` is when somebody filled in the form; `confirmed_at` when the person said yes. `queued_at` is their place in
    the queue; `offered_at` when a seat was offered, once for each time in the queue, until `offer_until`; `seated_at`
    when they got the seat. `ended_at` is when they withdrew, handed over or let the offer lapse.

    `took_over_from_id` is the registration of the colleague whose seat this is, or, before they say yes, is to be. `sequence`
    is added to the webinar's for this person's calendar: it goes up when they leave, so that coming back counts as newer.
    `watched_at` is when they first opened the recording.
    """

    __table_args__ = (
        UniqueConstraint("webinar_id", "subscriber_id"),
        Index("ix_registration_webinar_id_standing_queued_at", "webinar_id", "standing", "queued_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    webinar_id: int = Field(foreign_key="webinar.id")
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True, ondelete="CASCADE")
    reference: str = Field(unique=True)
    name: str = ""
    language: str = "nl"
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    answer: str = Answer.SEAT
    standing: str = Standing.ASKED
    asked_at: datetime = Field(sa_type=Instant)
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
    queued_at: datetime | None = Field(default=None, sa_type=Instant)
    offered_at: datetime | None = Field(default=None, sa_type=Instant)
    offer_until: datetime | None = Field(default=None, sa_type=Instant)
    seated_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    watched_at: datetime | None = Field(default=None, sa_type=Instant)
    took_over_from_id: int | None = Field(
        default=None, foreign_key="registration.id", index=True, ondelete="SET NULL"
    )
    sequence: int = 0


class RegistrationAnswer(Record, table=True):
    """What somebody answered to a question of our own. It goes `keep_days` of that question after the end."""

    __tablename__ = "registration_answer"
    __table_args__ = (UniqueConstraint("registration_id", "question_id"),)

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="registration.id", ondelete="CASCADE")
    question_id: int = Field(foreign_key="webinar_question.id", index=True, ondelete="CASCADE")
    text: str


class BroughtQuestion(Record, table=True):
    """A question that somebody brings, before or during. It stays when the person goes, without them.

    `answered_id` is where the editors wrote it down in their own words, with an answer.
    """

    __tablename__ = "brought_question"

    id: int | None = Field(default=None, primary_key=True)
    webinar_id: int = Field(foreign_key="webinar.id", index=True)
    registration_id: int | None = Field(
        default=None, foreign_key="registration.id", index=True, ondelete="SET NULL"
    )
    asked_at: datetime = Field(sa_type=Instant)
    text: str
    answered_id: int | None = Field(
        default=None, foreign_key="answered_question.id", index=True, ondelete="SET NULL"
    )


class Attendance(Record, table=True):
    """A span of time that somebody was in the room; `left_at` is null while they are. `source` is a `RoomKind`.

    Without a span they were absent only where the webinar's `attendance_known_at` says that the room knows.
    """

    __table_args__ = (UniqueConstraint("registration_id", "joined_at"),)

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="registration.id", ondelete="CASCADE")
    joined_at: datetime = Field(sa_type=Instant)
    left_at: datetime | None = Field(default=None, sa_type=Instant)
    source: str = ""


class Evaluation(Record, table=True):
    """The three questions afterwards: a mark of 1 to 5, whether they will use it (yes, maybe, no), and a word.

    It stays when the person goes, without them.
    """

    __table_args__ = (UniqueConstraint("registration_id"),)

    id: int | None = Field(default=None, primary_key=True)
    webinar_id: int = Field(foreign_key="webinar.id", index=True)
    registration_id: int | None = Field(default=None, foreign_key="registration.id", ondelete="SET NULL")
    at: datetime = Field(sa_type=Instant)
    mark: int | None = None
    will_use: str = ""
    word: str = ""


class WebinarTotal(Record, table=True):
    """How many of an organisation (null: of none that we know) were invited, registered, there, absent, and watched.

    These are no data of persons, and stay when the registrations are erased; pages hide counts under 5.
    """

    __tablename__ = "webinar_total"
    __table_args__ = (UniqueConstraint("webinar_id", "organisation_id"),)

    id: int | None = Field(default=None, primary_key=True)
    webinar_id: int = Field(foreign_key="webinar.id")
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    invited: int = 0
    registered: int = 0
    attended: int = 0
    absent: int = 0
    recording_only: int = 0
    watched: int = 0
    counted_at: datetime = Field(sa_type=Instant)


class GovernmentDomain(Record, table=True):
    """A domain of addresses that belong to a government; those below it belong to it as well. `domain` is in ASCII."""

    __tablename__ = "government_domain"

    id: int | None = Field(default=None, primary_key=True)
    domain: str = Field(unique=True)
    note: str = ""
    added_at: datetime = Field(sa_type=Instant)
    added_by: str = ""
