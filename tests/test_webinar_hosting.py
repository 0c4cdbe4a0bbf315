"""Going into a room as the one who leads: by a press at the desk, from an hour before, and with no seat taken."""

from datetime import timedelta

import httpx
import pytest
from colleague import ANNA, BERT, Colleague, a_colleague, sign_in_link
from sqlmodel import select
from test_joining import door, made, spans, with_server

from service.attending import call_off
from service.audit import Act, AuditEvent
from service.database import reading, writing
from service.runtime import Runtime
from service.schedule.rooms import watch_rooms
from service.users import user_by_address
from tests.room_server import RoomServer
from tests.visitor import Visitor

BUTTON = "Ga de ruimte in als gastheer"


def back(house: Runtime) -> Colleague:
    """Anna, signed in anew: a session ends after a day."""
    anna = Colleague(house)
    with writing(house.engine) as session:
        user = user_by_address(session, ANNA)
        assert user is not None
        link = sign_in_link(session, house, user)
    anna.sign_in(link)
    return anna


def test_the_host_leads_in_a_room_on_a_server_and_is_no_participant(
    house: Runtime, rooms: RoomServer
) -> None:
    house = with_server(house, rooms)
    webinar = made(house, room_kind="bigbluebutton", room_address="")
    page = f"/redactie/webinars/{webinar.id}"
    a_colleague(house, ANNA, "Anna", "editor")
    house.clock.moment = webinar.starts_at - timedelta(minutes=61)
    anna = back(house)
    assert "form-action 'self';" in anna.get(page).headers["content-security-policy"]
    house.clock.advance(minutes=1)
    shown = anna.get(page)
    assert BUTTON in shown.text
    assert rooms.url.rsplit("/", 2)[0] in shown.headers["content-security-policy"]
    into = anna.post(f"{page}/gastheer", via=page)
    assert into.status_code == 303
    assert "Welkom, Anna" in httpx.get(into.headers["location"]).text
    ((inside,),) = rooms.inside.values()
    assert (inside["role"], inside["userID"]) == ("MODERATOR", "desk-1")
    watch_rooms(house)
    assert spans(house) == []
    with reading(house.engine) as session:
        hosted = session.exec(select(AuditEvent).where(AuditEvent.action == Act.WEBINAR_HOSTED)).one()
    assert (hosted.actor, hosted.detail) == (ANNA, webinar.title)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_door_is_open_to_editors_from_an_hour_before_to_half_an_hour_after(house: Runtime) -> None:
    webinar = made(house)
    page = f"/redactie/webinars/{webinar.id}"
    a_colleague(house, ANNA, "Anna", "editor")
    for offset, open_now in ((-61, False), (-60, True), (0, True), (89, True), (90, False)):
        house.clock.moment = webinar.starts_at + timedelta(minutes=offset)
        anna = back(house)
        assert (BUTTON in anna.get(page).text) is open_now
        answer = anna.post(f"{page}/gastheer", via=page)
        assert answer.status_code == (303 if open_now else 409)
        assert answer.headers.get("location") == ("https://room.example/abc" if open_now else None)
    house.clock.moment = webinar.starts_at - timedelta(minutes=61)
    assert "U kunt als gastheer naar binnen vanaf dinsdag 8 december 2026, 09.00 uur." in (
        back(house).get(page).text
    )
    house.clock.moment = webinar.starts_at - timedelta(minutes=30)
    bert = a_colleague(house, BERT, "Bert", "publisher")
    assert BUTTON not in bert.get(page).text
    assert bert.post(f"{page}/gastheer", via="/redactie/edities").status_code == 403
    with writing(house.engine) as session:
        call_off(
            session,
            house.settings,
            webinar_id=webinar.id,
            by="anna@example.org",
            now=house.clock(),
            notice="Ziek.",
        )
    assert back(house).post(f"{page}/gastheer", via=page).status_code == 409


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_room_without_a_link_says_so_and_notes_nothing(house: Runtime) -> None:
    webinar = made(house, room_address="")
    page = f"/redactie/webinars/{webinar.id}"
    a_colleague(house, ANNA, "Anna", "editor")
    house.clock.moment = webinar.starts_at
    answer = back(house).post(f"{page}/gastheer", via=page)
    assert answer.status_code == 503
    assert "De ruimte is nu niet te bereiken" in answer.text
    with reading(house.engine) as session:
        assert session.exec(select(AuditEvent).where(AuditEvent.action == Act.WEBINAR_HOSTED)).all() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_in_the_demos_room_the_host_sees_how_many_came(house: Runtime) -> None:
    webinar = made(house, room_kind="demo", room_address="")
    path, page = door(house, webinar), f"/redactie/webinars/{webinar.id}"
    a_colleague(house, ANNA, "Anna", "editor")
    house.clock.moment = webinar.starts_at - timedelta(minutes=10)
    anna = back(house)
    room = anna.post(f"{page}/gastheer", via=page).headers["location"]
    assert room == f"{page}/ruimte"
    assert "Er is nog geen deelnemer in de ruimte." in anna.get(room).text
    Visitor(house).submit(path, {})
    assert "Er is 1 deelnemer in de ruimte." in anna.get(room).text
    assert "U bent de eerste in de ruimte." in Visitor(house).get(f"{path}/ruimte").text
    assert spans(house) == [(1, False, "demo")]
