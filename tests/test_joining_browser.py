"""Joining in a real browser: the button leads on to another server although the policy of the site is strict."""

from playwright.sync_api import Browser, expect
from test_joining import door, made, spans, with_server
from test_signup_browser import press, pytestmark

from service.runtime import Runtime
from service.web.app import make_app
from tests.room_server import RoomServer
from tests.serving import serving

__all__ = ["pytestmark"]


def test_the_button_leads_into_a_room_on_another_server(
    house: Runtime, rooms: RoomServer, browser: Browser
) -> None:
    house = with_server(house, rooms)
    webinar = made(house, room_kind="bigbluebutton", room_address="")
    path = door(house, webinar, name="Anna")
    house.clock.moment = webinar.starts_at
    page = browser.new_page(locale="nl-NL")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    with serving(make_app(house)) as address:
        page.goto(address + path)
        page.get_by_role("button", name="Doe mee").focus()
        press(page, "Enter")
        expect(page.get_by_text("Welkom, Anna")).to_be_visible()
    assert page.url.startswith(rooms.url)
    assert spans(house) == [(1, False, "bigbluebutton")]
    assert complaints == []
    page.close()


def test_the_demos_room_without_a_script_on_a_phone(house: Runtime, site: str, browser: Browser) -> None:
    webinar = made(house, room_kind="demo", room_address="")
    path = door(house, webinar, name="Anna")
    context = browser.new_context(
        java_script_enabled=False, locale="nl-NL", viewport={"width": 390, "height": 800}
    )
    page = context.new_page()
    page.goto(site + path)
    expect(page.get_by_role("heading", name="De ruimte is nog niet open")).to_be_visible()
    house.clock.moment = webinar.starts_at
    page.reload()
    page.get_by_role("button", name="Doe mee").click()
    expect(page.get_by_role("heading", name="U bent in de ruimte")).to_be_visible()
    page.get_by_role("button", name="Verlaat de ruimte").click()
    expect(page.locator(".notice.good")).to_contain_text("U bent uit de ruimte.")
    assert spans(house) == [(1, True, "demo")]
    context.close()
