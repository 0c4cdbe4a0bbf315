"""Preferences in a real browser: with the keyboard alone, and without any script."""

import pytest
from playwright.sync_api import Browser, expect

from service.runtime import Runtime
from service.tokens import Purpose
from tests.test_signup_browser import press
from tests.visitor import a_known_reader, link, readers

pytestmark = pytest.mark.browser


def test_preferences_and_a_pause_with_the_keyboard_alone(house: Runtime, site: str, browser: Browser) -> None:
    page = browser.new_page(locale="nl-NL")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(site + link(house, Purpose.PREFERENCES, a_known_reader(house)))
    page.focus("#stream-monthly")
    press(page, "Tab", "Tab", "Tab", "Space")
    expect(page.locator("#stream-webinars")).to_be_checked()
    page.focus("#domain")
    page.keyboard.type("welzijn")
    page.focus("#strategy_step")
    page.keyboard.type("stap 3")
    page.get_by_role("button", name="Voorkeuren bewaren").focus()
    press(page, "Enter")
    expect(page.locator(".notice.good")).to_contain_text("Bewaard")
    (reader,) = readers(house)
    assert (reader.domain, reader.strategy_step) == ("welzijn", "stap-3-cijfers")
    page.get_by_role("link", name="Pauzeren tot een dag").focus()
    press(page, "Enter")
    page.locator("#until").fill("2027-01-15")
    page.locator("#until").press("Enter")
    expect(page.get_by_role("heading", name="U hebt pauze")).to_be_visible()
    assert readers(house)[0].paused_until is not None
    assert complaints == []
    page.close()


def test_everything_works_without_a_script(house: Runtime, site: str, browser: Browser) -> None:
    context = browser.new_context(
        java_script_enabled=False, locale="nl-NL", viewport={"width": 390, "height": 800}
    )
    page = context.new_page()
    path = link(house, Purpose.PREFERENCES, a_known_reader(house))
    page.goto(site + path)
    page.get_by_label("Het weekoverzicht").check()
    page.get_by_label("Welk beleid").select_option("geen-beleid")
    page.get_by_role("button", name="Voorkeuren bewaren").click()
    expect(page.locator(".notice.good")).to_contain_text("Bewaard")
    assert readers(house)[0].policy_kind == "geen-beleid"
    page.get_by_role("link", name="Doorgeven aan een collega").click()
    page.get_by_role("button", name="Vraag het mijn collega").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link", name="Kies of u zelf").click()
    page.get_by_label("Het e-mailadres van uw collega").fill("piet@emmen.nl")
    page.get_by_label("Ik stop zodra").check()
    page.get_by_role("button", name="Vraag het mijn collega").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We vragen het uw collega")
    assert len(readers(house)) == 2
    context.close()
