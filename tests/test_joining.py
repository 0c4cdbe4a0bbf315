"""Joining: the page in front of a room, what a press on it notes, and what rooms tell of who was there."""

from dataclasses import replace
from datetime import timedelta

import httpx
import jwt
import pytest
from pydantic import SecretStr
from sqlmodel import col, select
from webinars import a_webinar, takes_part

from content.webinars.materials import can_be_seen, keep_file, put_material
from content.webinars.tables import Material, Webinar
from service.attending import call_off
from service.database import reading, writing
from service.joining import moderator_address, room_port
from service.mailing.links import join_link
from service.recordings import note_recordings
from service.runtime import Runtime
from service.schedule.rooms import fetch_recordings, watch_rooms
from service.webinars.rooms import Capability, Recording, Room
from subscribers.registrations.tables import Attendance, Registration
from tests.room_server import SECRET, RoomServer
from tests.visitor import Visitor


def door(house: Runtime, webinar: Webinar, address: str = "a@emmen.nl", **more: str) -> str:
    """The path of somebody's own page."""
    with writing(house.engine) as session:
        mine = takes_part(session, house.clock(), webinar, address, **more).registration
    return join_link(house.settings, mine, house.clock()).removeprefix("http://testserver")


def made(house: Runtime, **more: object) -> Webinar:
    with writing(house.engine) as session:
        return a_webinar(session, house.clock(), **more)


def spans(house: Runtime) -> list[tuple[int, bool, str]]:
    """Whose, whether they left, and which room said so."""
    with reading(house.engine) as session:
        found = session.exec(select(Attendance).order_by(col(Attendance.joined_at), col(Attendance.id)))
        return [(one.registration_id, one.left_at is not None, one.source) for one in found]


def with_server(house: Runtime, rooms: RoomServer) -> Runtime:
    more = {"bigbluebutton_url": rooms.url, "bigbluebutton_secret": SecretStr(SECRET)}
    return replace(house, settings=house.settings.model_copy(update=more))


def test_the_door_opens_a_quarter_before_and_looking_notes_nothing(house: Runtime) -> None:
    webinar = made(house)
    path, visitor = door(house, webinar), Visitor(house)
    house.clock.moment = webinar.starts_at - timedelta(minutes=15, seconds=1)
    html = visitor.get(path).text
    assert "De ruimte gaat open op dinsdag 8 december 2026, 09.45 uur." in html
    assert "<form" not in html
    assert "room.example" not in html
    house.clock.advance(seconds=1)
    for _time in range(3):  # a scanner of mail looks
        answer = visitor.get(path)
    assert "form-action 'self' https:;" in answer.headers["content-security-policy"]
    assert spans(house) == []
    joined = visitor.submit(path, {})
    assert (joined.status_code, joined.headers["location"]) == (303, "https://room.example/abc")
    visitor.submit(path, {})
    assert spans(house) == [(1, False, "link")]  # that they came is known, that they left is not
    with reading(house.engine) as session:
        assert session.get_one(Webinar, webinar.id).attendance_known_at is None  # so nobody was absent
    house.clock.moment = webinar.ends_at + timedelta(minutes=30)
    assert "Dit webinar is voorbij" in visitor.get(path).text


def test_a_press_counts_only_with_a_form_of_ours_and_when_it_is_time(house: Runtime) -> None:
    webinar = made(house)
    path, visitor = door(house, webinar), Visitor(house)
    page = visitor.get("/voorkeuren")  # any form of ours, for its token
    assert visitor.client.post(path).status_code == 403
    early = visitor.submit("/voorkeuren", {}, to=path)
    assert (page.status_code, early.status_code, spans(house)) == (200, 409, [])
    assert visitor.get(path[:-2]).status_code in (400, 403, 404)


@pytest.mark.parametrize(
    ("answer", "capacity"), [("recording", None), ("seat", 1)], ids=["recording only", "waiting"]
)
def test_without_a_seat_the_page_leads_to_ones_own(house: Runtime, answer: str, capacity: int | None) -> None:
    webinar = made(house, capacity=capacity)
    door(house, webinar, "first@emmen.nl")
    path = door(house, webinar, answer=answer)
    house.clock.moment = webinar.starts_at
    html = Visitor(house).get(path).text
    assert "U hebt geen plaats" in html
    assert "/webinars/plaats/" not in html  # a link to join is passed on easily: it gives no other away
    assert "<form" not in html


def test_a_cancelled_webinar_and_a_room_without_a_link_say_so(house: Runtime) -> None:
    webinar, nowhere = made(house), made(house, title="Nog geen ruimte", room_address="")
    gone, path, visitor = door(house, webinar), door(house, nowhere, "b@emmen.nl"), Visitor(house)
    with writing(house.engine) as session:
        call_off(
            session,
            house.settings,
            webinar_id=webinar.id,
            by="anna@example.org",
            now=house.clock(),
            notice="Spreker ziek.",
        )
    house.clock.moment = webinar.starts_at
    assert "Spreker ziek." in visitor.get(gone).text
    answer = visitor.submit(path, {})
    assert answer.status_code == 503
    assert "De ruimte is nu niet te bereiken" in answer.text
    assert spans(house) == []


def test_the_demo_has_a_room_that_one_enters_and_leaves(house: Runtime) -> None:
    webinar = made(house, room_kind="demo", room_address="")
    path = door(house, webinar, name="Anna")
    other = door(house, webinar, "b@emmen.nl")
    door(house, webinar, "absent@emmen.nl")
    visitor = Visitor(house)
    house.clock.moment = webinar.starts_at
    assert visitor.get(f"{path}/ruimte").headers["location"] == path
    assert visitor.submit(path, {}).headers["location"] == f"{path}/ruimte"
    assert "U bent de eerste in de ruimte." in visitor.get(f"{path}/ruimte").text
    visitor.submit(other, {})
    html = visitor.get(f"{path}/ruimte").text
    assert "Er is 1 ander in de ruimte." in html
    assert "b@emmen.nl" not in html
    house.clock.advance(minutes=5)
    assert visitor.submit(f"{path}/ruimte", {}).headers["location"] == f"{path}?gedaan=weg"
    assert spans(house) == [(1, True, "demo"), (2, False, "demo")]
    house.clock.advance(minutes=5)
    visitor.submit(path, {})  # and in again
    house.clock.moment = webinar.ends_at + timedelta(minutes=30)
    watch_rooms(house)
    watch_rooms(house)
    assert spans(house) == [(1, True, "demo"), (2, True, "demo"), (1, True, "demo")]
    with reading(house.engine) as session:
        assert session.get_one(Webinar, webinar.id).attendance_known_at == house.clock()
        kept = room_port(house, webinar).attendance(Room(key=webinar.uid))
        assert {one.key for one in kept} == {"1", "2"}


def test_a_server_of_rooms_from_the_door_to_the_recording(house: Runtime, rooms: RoomServer) -> None:
    house = with_server(house, rooms)
    webinar = made(house, room_kind="bigbluebutton", room_address="")
    path, visitor = door(house, webinar, name="Anna"), Visitor(house)
    door(house, webinar, "b@emmen.nl")
    house.clock.moment = webinar.starts_at
    watch_rooms(house)  # the room is not there yet: nobody knows
    with reading(house.engine) as session:
        assert session.get_one(Webinar, webinar.id).attendance_known_at is None
    assert rooms.url.rsplit("/", 2)[0] in visitor.get(path).headers["content-security-policy"]
    assert "Welkom, Anna" in httpx.get(visitor.submit(path, {}).headers["location"]).text
    assert "Welkom, Els" in httpx.get(moderator_address(house, webinar, key="1", name="Els", page="/")).text
    watch_rooms(house)
    assert spans(house) == [(1, False, "bigbluebutton")]
    house.clock.advance(minutes=10)
    rooms.inside[webinar.uid] = [
        {"userID": "2", "fullName": "Bo", "role": "VIEWER"}, {"userID": "999", "fullName": "?", "role": "VIEWER"}
    ]  # fmt: skip
    watch_rooms(house)
    assert spans(house) == [(1, True, "bigbluebutton"), (2, False, "bigbluebutton")]
    with reading(house.engine) as session:
        assert session.get_one(Webinar, webinar.id).attendance_known_at == house.clock()
    rooms.rooms.clear()
    house.clock.moment = webinar.ends_at + timedelta(minutes=1)
    watch_rooms(house)
    assert spans(house) == [(1, True, "bigbluebutton"), (2, True, "bigbluebutton")]
    rooms.recordings = [{"recordID": "r1", "meetingID": webinar.uid, "state": "processing"}]
    fetch_recordings(house)
    fetch_recordings(house)
    assert materials(house) == [("Opname", "", True, False)]
    ready = {"recordID": "r1", "meetingID": webinar.uid, "state": "published", "url": "https://b.example/r1"}
    rooms.recordings = [ready]
    token = jwt.encode({"meeting_id": webinar.uid, "record_id": "r1"}, SECRET, algorithm="HS256")
    for _time in range(2):
        told = visitor.client.post("/api/v1/rooms/recording-ready", data={"signed_parameters": token})
        assert told.status_code == 204
    assert materials(house) == [
        ("Opname", "https://b.example/r1", False, False)
    ]  # not shown: no captions yet
    assert "https://b.example/r1" not in visitor.get(f"/webinars/{webinar.slug}").text


@pytest.mark.parametrize("own", ["address", "file"])
def test_a_recording_that_editors_put_in_place_themselves_is_waited_for_no_more(
    house: Runtime, own: str
) -> None:
    webinar = made(house, room_kind="bigbluebutton", room_address="")
    ready = Recording(key="r1", meeting=webinar.uid, address="https://b.example/r1")
    with writing(house.engine) as session:
        note_recordings(session, webinar, [replace(ready, address="")])
        waits = session.exec(select(Material)).one()
        address = "https://video.example/cut" if own == "address" else ""
        put_material(
            session, webinar, waits, kind="recording", title="Opname", address=address, captions=True
        )
        if own == "file":
            keep_file(session, webinar, waits, name="opname.pdf", data=b"%PDF-1.7")
        assert can_be_seen(waits, house.clock())
        kept = waits.address
        note_recordings(session, webinar, [ready])
        assert waits.address == kept


def materials(house: Runtime) -> list[tuple[str, str, bool, bool]]:
    with reading(house.engine) as session:
        found = session.exec(select(Material)).all()
        return [(one.title, one.address, one.processing, one.captions) for one in found]


def test_callbacks_that_are_not_right_change_nothing(house: Runtime, rooms: RoomServer) -> None:
    visitor = Visitor(house)

    def told(runtime: Runtime, secret: str = SECRET) -> int:
        token = jwt.encode({"meeting_id": "nobody", "record_id": "r1"}, secret, algorithm="HS256")
        client = Visitor(runtime).client
        return client.post("/api/v1/rooms/recording-ready", data={"signed_parameters": token}).status_code

    served = with_server(house, rooms)
    assert told(house) == 503  # no server is set
    assert told(served, "another secret that is long enough") == 401
    assert told(served) == 404
    assert visitor.client.post("/api/v1/rooms/recording-ready").status_code == 503
    assert rooms.calls == []


def test_a_server_that_is_gone_holds_up_no_other_webinar(house: Runtime, rooms: RoomServer) -> None:
    dead = with_server(house, replace_url(rooms))
    webinar = made(dead, room_kind="bigbluebutton", room_address="")
    other = made(dead, title="In de demo", room_kind="demo", room_address="")
    path, visitor = door(dead, webinar), Visitor(dead)
    dead.clock.moment = webinar.starts_at
    assert visitor.submit(path, {}).status_code == 503
    assert spans(dead) == []
    notes = watch_rooms(dead)
    assert [note.split(":")[0] for note in notes] == [f"webinar {webinar.id}", f"webinar {other.id}"]
    with reading(dead.engine) as session:
        assert session.exec(select(Registration)).one().watched_at is None
    assert Capability.ATTENDANCE in room_port(dead, webinar).capabilities


def replace_url(rooms: RoomServer) -> RoomServer:
    return RoomServer(url=rooms.url.replace("/bigbluebutton", "").rsplit(":", 1)[0] + ":9/bigbluebutton/api")
