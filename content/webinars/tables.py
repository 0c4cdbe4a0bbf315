"""The tables: a webinar, who speaks, what is asked on the form, what there is to read and learn afterwards, and series."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, Session, col, select

from content.columns import Instant, Record
from content.errors import UnknownWebinar


class WebinarStatus(StrEnum):
    """Where a webinar stands. Whether it is coming, going on or over is told from its moments, never stored."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class ForWhom(StrEnum):
    """Who may register: everyone, or those whose address has a listed domain of a government."""

    EVERYONE = "everyone"
    GOVERNMENT = "government"


class RoomKind(StrEnum):
    """What stands behind the room: a stored link (Teams, Zoom), BigBlueButton, or the page that the demo has for one."""

    LINK = "link"
    BIGBLUEBUTTON = "bigbluebutton"
    DEMO = "demo"


class MaterialKind(StrEnum):
    """What can be seen afterwards."""

    SLIDES = "slides"
    DOCUMENT = "document"
    RECORDING = "recording"
    LINK = "link"


class AskKind(StrEnum):
    """How a question of our own is answered: in words, or by choosing one."""

    TEXT = "text"
    CHOICE = "choice"


class WebinarSeries(Record, table=True):
    """Webinars that belong together. `slug` is the series' public name."""

    __tablename__ = "webinar_series"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    title: str
    summary: str = ""


class Webinar(Record, table=True):
    """One webinar. `slug` is its public address under /webinars; `summary` is Markdown; `tags` are slugs of any facet.

    `starts_at` and `ends_at` are instants; people read and type them as wall-clock time in Europe/Amsterdam
    (`content.webinars.moments`). `capacity` counts seats, null for no limit; `closes_at` is when registration
    closes, null for the start. `room_address` is the link of a `LINK` room; `room_reference` what an adapter keeps to find
    its room again, never shown.

    `uid` and `sequence` are those of the calendar (RFC 5545, 3.8.4.7 and 3.8.7.4): the first is made once and never
    changes, the second goes up with each change of start, end or status. `previous_starts_at` is the start that
    people were told before the last move, which was at `moved_at`. `notice` is the word to the
    participants at a move or a cancellation.

    `attendance_known_at` is when the room said who was there; null is unknown, and nobody was absent then.
    `evaluated_until` is how long the questions afterwards can be answered.
    """

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    title: str
    summary: str = ""
    language: str = "nl"
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    series_id: int | None = Field(default=None, foreign_key="webinar_series.id", index=True)
    starts_at: datetime = Field(sa_type=Instant, index=True)
    ends_at: datetime = Field(sa_type=Instant)
    capacity: int | None = None
    closes_at: datetime | None = Field(default=None, sa_type=Instant)
    for_whom: str = ForWhom.EVERYONE
    room_kind: str = RoomKind.LINK
    room_address: str = ""
    room_reference: str = ""
    uid: str = Field(unique=True)
    sequence: int = 0
    status: str = Field(default=WebinarStatus.DRAFT, index=True)
    previous_starts_at: datetime | None = Field(default=None, sa_type=Instant)
    moved_at: datetime | None = Field(default=None, sa_type=Instant)
    notice: str = ""
    attendance_known_at: datetime | None = Field(default=None, sa_type=Instant)
    evaluated_until: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    created_by: str = ""
    changed_at: datetime = Field(sa_type=Instant)
    published_at: datetime | None = Field(default=None, sa_type=Instant)
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)


class Speaker(Record, table=True):
    """Who speaks. `role` says as what ("preventiewerker, Tactus"); `about` is Markdown."""

    __tablename__ = "webinar_speaker"

    id: int | None = Field(default=None, primary_key=True)
    webinar_id: int = Field(foreign_key="webinar.id", index=True, ondelete="CASCADE")
    position: int = 0
    name: str
    role: str = ""
    about: str = ""


class SpeakerPicture(Record, table=True):
    """A speaker's picture, in a table of its own so that a list of speakers stays light. `kind` is its media type.

    `alt` says in words what is to be seen; empty where the name beside it says enough.
    """

    __tablename__ = "webinar_speaker_picture"

    speaker_id: int = Field(primary_key=True, foreign_key="webinar_speaker.id", ondelete="CASCADE")
    kind: str
    alt: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    data: bytes = Field(sa_type=LargeBinary)


class Material(Record, table=True):
    """Something to read or watch. A recording is shown and mailed only where `captions` says that it has them.

    `processing` says that the room is still making the recording. `shown_from` is when it may be seen, null for at once.
    """

    __tablename__ = "webinar_material"

    id: int | None = Field(default=None, primary_key=True)
    webinar_id: int = Field(foreign_key="webinar.id", index=True, ondelete="CASCADE")
    position: int = 0
    kind: str
    title: str
    address: str = ""
    captions: bool = False
    processing: bool = False
    shown_from: datetime | None = Field(default=None, sa_type=Instant)


class MaterialFile(Record, table=True):
    """The file of a material that is kept here. `kind` is its media type, `name` what it is called when it is saved."""

    __tablename__ = "webinar_material_file"

    material_id: int = Field(primary_key=True, foreign_key="webinar_material.id", ondelete="CASCADE")
    name: str
    kind: str
    data: bytes = Field(sa_type=LargeBinary)


class OwnQuestion(Record, table=True):
    """A question of our own on the form: `reason` says why it is asked, `keep_days` how long answers stay after the end."""

    __tablename__ = "webinar_question"
    __table_args__ = (UniqueConstraint("webinar_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    webinar_id: int = Field(foreign_key="webinar.id", ondelete="CASCADE")
    position: int
    kind: str = AskKind.TEXT
    wording: str
    reason: str
    choices: list[str] = Field(default_factory=list, sa_type=JSON)
    required: bool = False
    keep_days: int = 30


class AnsweredQuestion(Record, table=True):
    """A question with its answer, in the editors' words: who asked it is nowhere in it. `answer` is Markdown.

    `key` comes with the form that makes it, so that a form that is sent twice makes one. It stands on the webinar's page from
    `shared_at` on, until `withdrawn_at`. `item_id` is the item that it became when it was first shown, and stays.
    """

    __tablename__ = "answered_question"

    id: int | None = Field(default=None, primary_key=True)
    webinar_id: int = Field(foreign_key="webinar.id", index=True, ondelete="CASCADE")
    key: str = Field(unique=True)
    question: str
    answer: str = ""
    made_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    changed_by: str = ""
    shared_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    item_id: int | None = Field(default=None, foreign_key="item.id", index=True)


def webinar_by_slug(session: Session, slug: str) -> Webinar:
    """The webinar at this address, a draft as well.

    Raises:
        UnknownWebinar: there is none.
    """
    found = session.exec(select(Webinar).where(Webinar.slug == slug)).first()
    if found is None:
        raise UnknownWebinar(f"There is no webinar {slug!r}.")
    return found


def webinar_by_id(session: Session, webinar_id: int) -> Webinar:
    """The webinar with this id, a draft as well.

    Raises:
        UnknownWebinar: there is none.
    """
    found = session.get(Webinar, webinar_id)
    if found is None:
        raise UnknownWebinar(f"There is no webinar {webinar_id}.")
    return found


def speakers_of(session: Session, webinar: Webinar) -> list[Speaker]:
    """Who speaks, in order."""
    mine = select(Speaker).where(Speaker.webinar_id == webinar.id)
    return list(session.exec(mine.order_by(col(Speaker.position), col(Speaker.id))))


def questions_of(session: Session, webinar: Webinar) -> list[OwnQuestion]:
    """What the form asks beside the usual, in order."""
    mine = select(OwnQuestion).where(OwnQuestion.webinar_id == webinar.id)
    return list(session.exec(mine.order_by(col(OwnQuestion.position))))


def materials_of(session: Session, webinar: Webinar) -> list[Material]:
    """All materials, in order, those that may not be seen yet as well."""
    mine = select(Material).where(Material.webinar_id == webinar.id)
    return list(session.exec(mine.order_by(col(Material.position), col(Material.id))))
