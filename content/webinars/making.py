"""Making: a webinar is set up, changed, published, moved and cancelled. The caller tells those who take part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlmodel import Session, select

from content.errors import UnknownTerm, WebinarOver, WebinarRefused
from content.vocabulary import Vocabulary
from content.webinars.slugs import slug_of
from content.webinars.tables import ForWhom, RoomKind, Webinar, WebinarStatus

LONGEST = timedelta(hours=12)
"""A webinar that lasts longer is a slip of the pen."""


@dataclass(frozen=True)
class Plan:
    """What editors fill in for a webinar; the meaning of each is that of the column of `Webinar`."""

    title: str
    starts_at: datetime
    ends_at: datetime
    summary: str = ""
    language: str = "nl"
    tags: tuple[str, ...] = ()
    capacity: int | None = None
    closes_at: datetime | None = None
    for_whom: str = ForWhom.EVERYONE
    room_kind: str = RoomKind.LINK
    room_address: str = ""
    series_id: int | None = None


@dataclass(frozen=True)
class Changed:
    """What a change came to for those who knew of the webinar: it is at another moment, or it only ends at another time."""

    moved: bool = False
    ends_elsewhere: bool = False


def make_webinar(session: Session, plan: Plan, *, vocabulary: Vocabulary, by: str, now: datetime) -> Webinar:
    """A draft, which nobody sees.

    Raises:
        WebinarRefused: the plan cannot be; `args[1]` names the field.
    """
    _check(plan, vocabulary)
    made = Webinar(
        slug=_free_slug(session, plan.title),
        title=plan.title.strip(),
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        uid=str(uuid4()),  # RFC 7986, 5.3
        created_at=now,
        created_by=by,
        changed_at=now,
    )
    _put(made, plan)
    session.add(made)
    session.flush()
    return made


def change_webinar(
    session: Session, webinar: Webinar, plan: Plan, *, vocabulary: Vocabulary, now: datetime, notice: str = ""
) -> Changed:
    """Change it; the caller holds its row (`subscribers.registrations.seats.lock_webinar`).

    Once it is published, another start or end counts up the calendar's sequence, and the start that people knew is kept. One
    that is going on can end at another time. `notice` is a word about it to those who take part.

    Raises:
        WebinarRefused: the plan cannot be; `args[1]` names the field.
        WebinarOver: it was cancelled, or it is over.
    """
    if webinar.status == WebinarStatus.CANCELLED or webinar.ends_at <= now:
        raise WebinarOver(f"Webinar {webinar.slug!r} was cancelled or is over.")
    _check(plan, vocabulary)
    changed = _compared(webinar, plan)
    _refuse_the_past(plan, changed, now)
    if changed.moved:
        webinar.previous_starts_at = webinar.starts_at
    if changed != Changed():
        webinar.sequence += 1
        webinar.moved_at = now
        webinar.notice = notice.strip()
    _put(webinar, plan)
    webinar.changed_at = now
    session.add(webinar)
    session.flush()
    return changed


def publish(session: Session, webinar: Webinar, *, now: datetime) -> None:
    """From now on everyone sees it, and can register. Twice is once.

    Raises:
        WebinarOver: it was cancelled, or began.
    """
    if webinar.status == WebinarStatus.CANCELLED or webinar.starts_at <= now:
        raise WebinarOver(f"Webinar {webinar.slug!r} was cancelled or has begun.")
    webinar.status = WebinarStatus.PUBLISHED
    webinar.published_at = webinar.published_at or now
    session.add(webinar)
    session.flush()


def cancel_webinar(session: Session, webinar: Webinar, *, now: datetime, notice: str = "") -> bool:
    """It does not happen; whether it was to happen until now. The page, and feeds, go on saying so.

    Raises:
        WebinarOver: it is over.
    """
    if webinar.ends_at <= now:
        raise WebinarOver(f"Webinar {webinar.slug!r} is over.")
    if webinar.status == WebinarStatus.CANCELLED:
        return False
    webinar.status = WebinarStatus.CANCELLED
    webinar.sequence += 1
    webinar.notice = notice.strip()
    webinar.cancelled_at = webinar.changed_at = now
    session.add(webinar)
    session.flush()
    return True


def discard_draft(session: Session, webinar: Webinar) -> None:
    """Throw away a draft, with its speakers, materials and questions; nobody ever saw it.

    Raises:
        WebinarOver: it was published: that is cancelled, not thrown away.
    """
    if webinar.status != WebinarStatus.DRAFT:
        raise WebinarOver(f"Webinar {webinar.slug!r} was published.")
    session.delete(webinar)
    session.flush()


def _compared(webinar: Webinar, plan: Plan) -> Changed:
    """What the plan changes of what people know; of a draft they know nothing."""
    known = webinar.status == WebinarStatus.PUBLISHED
    moved = webinar.starts_at != plan.starts_at
    return Changed(
        moved=known and moved, ends_elsewhere=known and not moved and webinar.ends_at != plan.ends_at
    )


def _refuse_the_past(plan: Plan, changed: Changed, now: datetime) -> None:
    if changed.moved and plan.starts_at <= now:
        raise WebinarRefused("A published webinar cannot be moved into the past.", "starts_at")
    if changed.ends_elsewhere and plan.ends_at <= now:
        raise WebinarRefused("A published webinar cannot have ended already.", "ends_at")


def _put(webinar: Webinar, plan: Plan) -> None:
    webinar.title = plan.title.strip()
    webinar.summary = plan.summary.strip()
    webinar.language = plan.language
    webinar.tags = sorted(set(plan.tags))
    webinar.starts_at, webinar.ends_at = plan.starts_at, plan.ends_at
    webinar.capacity, webinar.closes_at = plan.capacity, plan.closes_at
    webinar.for_whom = plan.for_whom
    webinar.room_kind, webinar.room_address = plan.room_kind, plan.room_address.strip()
    webinar.series_id = plan.series_id


def _check(plan: Plan, vocabulary: Vocabulary) -> None:
    for field, problem in _problems(plan):
        raise WebinarRefused(problem, field)
    try:
        for slug in plan.tags:
            vocabulary.term(slug)
    except UnknownTerm as error:
        raise WebinarRefused(str(error), "tags") from error


def _problems(plan: Plan) -> Iterable[tuple[str, str]]:
    if not plan.title.strip():
        yield "title", "A webinar has a title."
    if plan.ends_at <= plan.starts_at:
        yield "ends_at", "A webinar ends after it starts."
    if plan.ends_at - plan.starts_at > LONGEST:
        yield "ends_at", "A webinar lasts twelve hours at most."
    if plan.capacity is not None and plan.capacity < 1:
        yield "capacity", "There is at least one seat."
    if plan.closes_at is not None and plan.closes_at > plan.starts_at:
        yield "closes_at", "Registration closes before the webinar starts."
    if plan.for_whom not in tuple(ForWhom):
        yield "for_whom", f"A webinar is for one of {', '.join(ForWhom)}."
    if plan.room_kind not in tuple(RoomKind):
        yield "room_kind", f"A room is one of {', '.join(RoomKind)}."
    address = plan.room_address.strip()
    if plan.room_kind == RoomKind.LINK and address and not address.startswith("https://"):
        yield "room_address", "The address of a room begins with https://."


def _free_slug(session: Session, title: str) -> str:
    wanted = slug_of(title, otherwise="webinar")
    taken = set(session.exec(select(Webinar.slug)))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (wanted, *numbered) if one not in taken | RESERVED)


RESERVED = frozenset({"plaats", "feed"})
"""Words that stand in addresses under /webinars themselves."""
