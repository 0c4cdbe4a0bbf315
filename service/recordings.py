"""Recordings: what a room's server recorded becomes material of the webinar, which nobody sees before it has captions."""

from collections.abc import Sequence

from sqlmodel import Session, select

from content.webinars.tables import Material, MaterialKind, RoomKind, Webinar
from service.database import reading, writing
from service.i18n import _, translate
from service.joining import room_port, room_server
from service.runtime import Runtime
from service.webinars.rooms import CallbackRequest, Recording, Room

TITLE = _("Opname")


def collect_recordings(runtime: Runtime, webinar: Webinar) -> int:
    """Ask the room for its recordings and note them; gives how many were new or ready since.

    Raises:
        RoomUnavailable: the server did not answer, or refused.
    """
    found = room_port(runtime, webinar).recordings(Room(key=webinar.uid))
    with writing(runtime.engine) as session:
        return note_recordings(session, session.get_one(Webinar, webinar.id), found)


def receive(runtime: Runtime, request: CallbackRequest) -> bool:
    """A callback: whether it was about a webinar of ours. What it says is asked of the server again, and never believed.

    Raises:
        CallbackRefused: the server did not sign it.
        RoomUnavailable: no server is set, or it did not answer.
    """
    ready = room_server(runtime).parse_callback(request)
    if ready is None:
        return False
    with reading(runtime.engine) as session:
        wanted = select(Webinar).where(
            Webinar.uid == ready.meeting, Webinar.room_kind == RoomKind.BIGBLUEBUTTON
        )
        webinar = session.exec(wanted).first()
    if webinar is None:
        return False
    collect_recordings(runtime, webinar)
    return True


def note_recordings(session: Session, webinar: Webinar, found: Sequence[Recording]) -> int:
    """Add what is new, and fill in what was still being made; gives how many of them. What editors changed stays."""
    mine = select(Material).where(Material.webinar_id == webinar.id, Material.kind == MaterialKind.RECORDING)
    known = list(session.exec(mine))
    addresses = {one.address for one in known}
    noted = 0
    for recording in found:
        waiting = next((one for one in known if one.processing), None)
        if recording.address in addresses or (not recording.address and waiting is not None):
            continue
        material = waiting or _material(webinar, len(known))
        material.address, material.processing = recording.address, not recording.address
        session.add(material)
        if waiting is None:
            known.append(material)
        addresses.add(recording.address)
        noted += 1
    session.flush()
    return noted


def _material(webinar: Webinar, before: int) -> Material:
    return Material(
        webinar_id=webinar.id or 0,
        position=1000 + before,
        kind=MaterialKind.RECORDING,
        title=translate(webinar.language, TITLE),
    )
