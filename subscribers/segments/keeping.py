"""Keeping segments: made, changed, copied, removed and put back."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from subscribers.errors import SegmentExists, SegmentFault, UnknownSegment
from subscribers.segments.expression import Group
from subscribers.segments.stored import Segment

LONGEST_NAME = 120


def segments(session: Session) -> list[Segment]:
    """All that were not removed, by name."""
    return list(session.exec(select(Segment).where(col(Segment.removed_at).is_(None)).order_by(Segment.name)))


def segment_by_id(session: Session, segment_id: int, *, removed: bool = False) -> Segment:
    """The segment; one that was removed only when asked for.

    Raises:
        UnknownSegment: there is none with this id.
    """
    found = session.get(Segment, segment_id)
    if found is None or (found.removed_at is not None and not removed):
        raise UnknownSegment(f"There is no segment {segment_id}.")
    return found


def make_segment(session: Session, *, name: str, expression: Group, by: str, now: datetime) -> Segment:
    """A new segment.

    Raises:
        SegmentFault: it has no name.
        SegmentExists: another has this name.
    """
    made = Segment(
        name=_checked(name), expression=expression.stored(), created_at=now, created_by=by, changed_at=now, changed_by=by
    )  # fmt: skip
    _store(session, made)
    return made


def change_segment(
    session: Session, *, segment: Segment, name: str, expression: Group, by: str, now: datetime
) -> None:
    """Another name or other conditions.

    Raises:
        SegmentFault, SegmentExists: as `make_segment`.
    """
    values = {"name": _checked(name), "expression": expression.stored()}
    _store(session, segment, **values, changed_at=now, changed_by=by)


def free_name(session: Session, name: str) -> str:
    """This name, or the first of "name 2", "name 3" … that no segment has."""
    taken = {one.name for one in segments(session)}
    number, tried = 1, name
    while tried in taken:
        number += 1
        tried = f"{name[: LONGEST_NAME - 5]} {number}"
    return tried


def remove_segment(session: Session, *, segment: Segment, now: datetime) -> None:
    """Take it out of the lists; `restore_segment` puts it back."""
    segment.removed_at = now
    session.add(segment)
    session.flush()


def restore_segment(session: Session, *, segment: Segment) -> None:
    """Put it back, under a free name."""
    if segment.removed_at is None:
        return
    _store(session, segment, name=free_name(session, segment.name), removed_at=None)


def _checked(name: str) -> str:
    checked = " ".join(name.split())
    if not checked or len(checked) > LONGEST_NAME:
        raise SegmentFault(f"A segment has a name of at most {LONGEST_NAME} signs.")
    return checked


def _store(session: Session, segment: Segment, **values: object) -> None:
    name = str(values.get("name", segment.name))
    try:
        with session.begin_nested():  # the unique name decides between two people
            for field, value in values.items():
                setattr(segment, field, value)
            session.add(segment)
    except IntegrityError as error:
        raise SegmentExists(f"There is a segment {name!r} already.") from error
