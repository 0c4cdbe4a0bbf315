"""Rooms: the adapters, against a server that speaks the documented API."""

import hashlib
from dataclasses import replace

import httpx
import jwt
import pytest

from content.fetching import FetchRules, fetch_now
from content.network import networks
from service.errors import CallbackRefused, RoomUnavailable
from service.webinars.bigbluebutton import PAGE_SIZE, BigBlueButton, checksum
from service.webinars.plain_rooms import LinkRoom
from service.webinars.rooms import CallbackRequest, Meeting, Participant, Presence, Role, Room
from tests.room_server import SECRET, RoomServer

MEETING = Meeting(key="uid-1", title="Lachgas & meer", page="https://k.example/webinars/lachgas")
JAN = Participant("7", "Jan ë & co")


@pytest.fixture
def port(rooms: RoomServer) -> BigBlueButton:
    rules = FetchRules(user_agent="test", allow=networks(["127.0.0.0/8"]))
    return BigBlueButton(
        address=rooms.url, secret=SECRET, get=lambda url: fetch_now(url, rules=rules).body, ready="https://k.example/ready"
    )  # fmt: skip


def test_the_checksum_is_that_of_the_documentation() -> None:
    query = "name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444"
    assert (
        checksum("create", query, SECRET)
        == "da9185f7f333cfdfcd6eeac32dca3777510c4c436020d8b887ba5515bd1d189e"
    )
    older = hashlib.sha1(f"create{query}{SECRET}".encode()).hexdigest()
    assert older == "1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17"  # it is the same string


def test_a_room_is_made_once_and_entered_as_oneself(port: BigBlueButton, rooms: RoomServer) -> None:
    room = port.ensure_room(MEETING)
    assert port.ensure_room(MEETING) == room
    made = rooms.rooms["uid-1"]
    assert (made["name"], made["logoutURL"], made["meta_bbb-recording-ready-url"]) == (
        "Lachgas & meer", MEETING.page, "https://k.example/ready",
    )  # fmt: skip
    assert (made["record"], made["autoStartRecording"]) == ("true", "false")
    assert "Welkom, Jan ë &amp; co" in httpx.get(port.join_url(room, JAN, Role.VIEWER)).text
    httpx.get(port.join_url(room, Participant("desk-1", "Anna"), Role.MODERATOR))
    inside = [(one["userID"], one["role"]) for one in rooms.inside["uid-1"]]
    assert inside == [("7", "VIEWER"), ("desk-1", "MODERATOR")]
    assert port.attendance(room) == [Presence("7"), Presence("desk-1")]


def test_a_room_that_ended_tells_nothing_and_ending_twice_is_ending_once(
    port: BigBlueButton, rooms: RoomServer
) -> None:
    room = port.ensure_room(MEETING)
    assert port.attendance(room) == []
    for _time in range(2):
        port.end(room)
    assert port.attendance(room) is None
    old = port.join_url(replace(room, created="1"), JAN, Role.VIEWER)
    port.ensure_room(MEETING)
    assert "invalidMeetingIdentifier" in httpx.get(old).text


def test_recordings_are_read_page_by_page(port: BigBlueButton, rooms: RoomServer) -> None:
    rooms.recordings = [
        {"recordID": f"r{number}", "meetingID": "uid-1", "state": "published", "url": f"https://b.example/{number}"}
        for number in range(PAGE_SIZE)
    ] + [
        {"recordID": "making", "meetingID": "uid-1", "state": "processing"},
        {"recordID": "script", "meetingID": "uid-1", "state": "published", "url": "javascript:alert(1)"},
        {"recordID": "other", "meetingID": "uid-2", "state": "published", "url": "https://b.example/x"},
    ]  # fmt: skip
    found = port.recordings(Room(key="uid-1"))
    assert len(found) == PAGE_SIZE + 2
    assert [one.address for one in found][-3:] == [f"https://b.example/{PAGE_SIZE - 1}", "", ""]
    assert [wanted["offset"] for call, wanted in rooms.calls if call == "getRecordings"] == ["0", "50"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no xml",
        "<response><returncode>FAILED</returncode><messageKey>other</messageKey></response>",
        '<!DOCTYPE a [<!ENTITY b "c">]><response><returncode>&b;</returncode></response>',
    ],
)
def test_a_server_that_refuses_or_talks_nonsense_is_unavailable(
    port: BigBlueButton, rooms: RoomServer, body: str
) -> None:
    rooms.body = body
    wrong = port if body else replace(port, secret="another")
    for ask in (
        lambda: wrong.ensure_room(MEETING),
        lambda: wrong.attendance(Room("uid-1")),
        lambda: wrong.recordings(Room("uid-1")),
    ):
        with pytest.raises(RoomUnavailable) as refused:
            ask()
        assert SECRET not in str(refused.value)
    assert SECRET not in repr(port)


def test_only_a_callback_that_the_server_signed_is_believed(port: BigBlueButton) -> None:
    said = {"meeting_id": "uid-1", "record_id": "r1"}

    def parse(secret: str, algorithm: str | None, body: dict[str, str] = said):
        token = jwt.encode(body, secret, algorithm=algorithm)
        return port.parse_callback(CallbackRequest({"signed_parameters": token}))

    ready = parse(SECRET, "HS256")
    assert (ready.meeting, ready.recording) == ("uid-1", "r1")
    for secret, algorithm, body in (
        ("another secret that is long enough", "HS256", said),
        (SECRET * 2, "HS512", said),
        ("", "none", said),
        (SECRET, "HS256", {"meeting_id": "uid-1"}),
    ):
        with pytest.raises(CallbackRefused):
            parse(secret, algorithm, body)
    with pytest.raises(CallbackRefused):
        port.parse_callback(CallbackRequest({"signed_parameters": "x.y.z"}))
    assert port.parse_callback(CallbackRequest({})) is None


def test_a_stored_link_is_https_and_knows_nobody() -> None:
    link = LinkRoom()
    room = link.ensure_room(replace(MEETING, address="https://teams.example/x"))
    assert link.join_url(room, JAN, Role.VIEWER) == "https://teams.example/x"
    assert link.attendance(room) is None
    assert link.capabilities == frozenset()
    for address in ("", "http://teams.example/x", "javascript:alert(1)"):
        with pytest.raises(RoomUnavailable):
            link.ensure_room(replace(MEETING, address=address))
