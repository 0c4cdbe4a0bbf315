"""The rooms' own rhythm: who is in them is asked while a webinar goes on, and their recordings afterwards. It may run twice."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from content.webinars.moments import OPENS_BEFORE
from content.webinars.tables import RoomKind, Webinar, WebinarStatus
from service.database import reading, writing
from service.errors import RoomUnavailable
from service.joining import OPEN_AFTER, close_spans, look_in, room_port
from service.recordings import collect_recordings
from service.runtime import Runtime
from service.webinars.rooms import Capability, Room

log = structlog.get_logger()

KNOWING = (RoomKind.BIGBLUEBUTTON, RoomKind.DEMO)
"""Rooms that know who is in them."""

RECORDED_WITHIN = timedelta(days=7)
"""How long after a webinar its recordings are asked for."""


def watch_rooms(runtime: Runtime, *, stop: threading.Event | None = None) -> list[str]:
    """Note who is in the rooms of webinars that are going on; gives a note of each."""
    now = runtime.clock()

    def going(session: Session) -> list[Webinar]:
        wanted = select(Webinar).where(
            Webinar.status == WebinarStatus.PUBLISHED,
            col(Webinar.room_kind).in_(KNOWING),
            col(Webinar.starts_at) <= now + OPENS_BEFORE,
            col(Webinar.ends_at) > now - OPEN_AFTER - timedelta(hours=1),
        )
        return list(session.exec(wanted.order_by(col(Webinar.id))))

    return _each(runtime, going, lambda webinar: _watch(runtime, webinar, now), stop)


def fetch_recordings(runtime: Runtime, *, stop: threading.Event | None = None) -> list[str]:
    """Note the recordings of webinars that were; gives a note of each."""
    now = runtime.clock()

    def were(session: Session) -> list[Webinar]:
        wanted = select(Webinar).where(
            Webinar.status == WebinarStatus.PUBLISHED,
            Webinar.room_kind == RoomKind.BIGBLUEBUTTON,
            col(Webinar.ends_at) <= now,
            col(Webinar.ends_at) > now - RECORDED_WITHIN,
        )
        return list(session.exec(wanted.order_by(col(Webinar.id))))

    return _each(runtime, were, lambda webinar: _fetch(runtime, webinar), stop)


def _watch(runtime: Runtime, webinar: Webinar, now: datetime) -> str:
    port = room_port(runtime, webinar)
    if Capability.ATTENDANCE not in port.capabilities:
        return ""
    present = port.attendance(Room(key=webinar.uid))
    over = webinar.ends_at + OPEN_AFTER <= now
    with writing(runtime.engine) as session:
        mine = session.get_one(Webinar, webinar.id)
        if present is not None and webinar.room_kind == RoomKind.BIGBLUEBUTTON:
            look_in(session, mine, present, now=now)
        elif present is not None and mine.ends_at <= now:  # our own page kept the spans itself
            mine.attendance_known_at = now
            session.add(mine)
        if present is None and mine.attendance_known_at is not None:  # it ended after we last saw who was in
            close_spans(session, mine, at=mine.attendance_known_at)
        elif over:
            close_spans(session, mine, at=mine.ends_at + OPEN_AFTER)
    return f"webinar {webinar.id}: " + ("nobody knows" if present is None else f"{len(present)} in the room")


def _fetch(runtime: Runtime, webinar: Webinar) -> str:
    noted = collect_recordings(runtime, webinar)
    return f"webinar {webinar.id}: {noted} recordings noted" if noted else ""


def _each(
    runtime: Runtime,
    which: Callable[[Session], list[Webinar]],
    work: Callable[[Webinar], str],
    stop: threading.Event | None,
) -> list[str]:
    with reading(runtime.engine) as session:
        webinars = which(session)
    notes: list[str] = []
    for webinar in webinars:
        if stop is not None and stop.is_set():
            break
        try:
            note = work(webinar)
        except RoomUnavailable as error:  # the next tick asks again; the others are not held up
            note = f"webinar {webinar.id}: {error}"
        if note:
            notes.append(note)
            log.info("room", note=note)
    return notes
