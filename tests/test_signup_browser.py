"""Signing up in a real browser: with the keyboard and the list under the field, and without any script."""

import pytest
from playwright.sync_api import Browser, Page, expect

from service.runtime import Runtime
from subscribers.people import Subscriber
from tests.visitor import letters, readers

pytestmark = pytest.mark.browser


def the_reader(house: Runtime) -> Subscriber:
    (reader,) = readers(house)
    return reader


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_signing_up_with_the_keyboard_alone(house: Runtime, site: str, browser: Browser) -> None:
    page = browser.new_page(locale="nl-NL")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{site}/aanmelden")
    house.clock.advance(seconds=20)
    page.focus("#address")
    page.keyboard.type("jan@emmen.nl")
    press(page, "Tab")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("bergn")
    expect(page.get_by_role("option")).to_have_count(2)
    expect(field).to_have_attribute("aria-expanded", "true")
    press(page, "Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("bergn")
    press(page, "ArrowDown")
    expect(page.get_by_role("option")).to_have_count(2)
    press(page, "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp")  # round both ends
    active = page.locator("[role=option][aria-selected=true]")
    expect(active).to_contain_text("Bergen (NH)")
    expect(field).to_have_attribute("aria-activedescendant", active.get_attribute("id") or "")
    press(page, "Enter")
    expect(field).to_have_value("Bergen (NH)")
    expect(page).to_have_url(f"{site}/aanmelden")
    press(page, "Tab", "Tab", "Space")
    expect(page.locator("#topic-lachgas")).to_be_checked()
    page.get_by_role("button", name="Aanmelden voor de nieuwsbrief").focus()
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk in uw mailbox")
    assert complaints == []
    assert the_reader(house).address == "jan@emmen.nl"
    assert letters(house) == ["confirm-subscription"]


def test_signing_up_without_a_script(house: Runtime, site: str, browser: Browser) -> None:
    page = browser.new_context(locale="nl-NL", java_script_enabled=False).new_page()
    page.goto(f"{site}/aanmelden")
    house.clock.advance(seconds=20)
    page.fill("#address", "jan@emmen.nl")
    page.fill("#organisation", "Bergen")
    page.check("#topic-sport")
    page.click("main button")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator("#topic-sport")).to_be_checked()
    page.check("label:has-text('Bergen (L)')")
    page.click("main button")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk in uw mailbox")
    assert the_reader(house).state == "pending"


def test_nothing_sticks_out_at_400_per_cent(site: str, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 320, "height": 256}, color_scheme="dark").new_page()
    for path in ("/", "/aanmelden", "/aanmelden/verzonden"):
        page.goto(site + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
