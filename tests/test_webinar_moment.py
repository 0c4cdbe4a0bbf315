"""While a moment is chosen for a webinar, the desk says what speaks against it; with the webinar it stands there too."""

import pytest
from playwright.sync_api import Browser, expect

from service.runtime import Runtime
from tests.at_webinars import HERE, made
from tests.browsing import ON_ONE, complaints_of, signed_in
from tests.colleague import ANNA, BERT, a_colleague

KINGS_DAY = {"day": "2027-04-27", "starts": "10:00", "ends": "11:00"}


@pytest.mark.browser
@ON_ONE
@pytest.mark.parametrize("width", [1280, 390])
def test_a_moment_is_weighed_while_it_is_chosen(
    runtime: Runtime, desk: str, browser: Browser, width: int
) -> None:
    page = signed_in(browser, runtime, ANNA, "Anna", "editor", width=width)
    complaints = complaints_of(page)
    page.goto(f"{desk}{HERE}/nieuw")
    said = page.locator("[data-moment]")
    expect(said).to_have_text("")
    for name, value in KINGS_DAY.items():
        page.locator(f"#{name}").fill(value)
    page.locator("#ends").dispatch_event("change")
    expect(said).to_contain_text("Koningsdag")
    page.locator("#day").fill("2027-04-13")
    page.locator("#starts").fill("19:30")
    page.locator("#ends").fill("20:30")
    page.locator("#ends").dispatch_event("change")
    expect(said).to_contain_text("gemeenteraden")
    expect(said).not_to_contain_text("Koningsdag")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert complaints == []
    page.context.close()


def test_the_page_of_a_webinar_says_what_speaks_against_its_moment(runtime: Runtime) -> None:
    anna = a_colleague(runtime, ANNA, "Anna", "editor")
    assert "Koningsdag" in anna.get(made(anna, **KINGS_DAY, closes_day="", closes_time="")).text
    assert "Koningsdag" not in anna.get(made(anna)).text


@pytest.mark.parametrize("day", ["", "morgen", "2027-03-28", "2027-13-01"])
def test_a_moment_that_is_not_whole_asks_for_nothing(runtime: Runtime, day: str) -> None:
    anna = a_colleague(runtime, ANNA, "Anna", "editor")
    answer = anna.client.get(f"{HERE}/moment", params={"day": day, "starts": "02:30", "ends": "03:30"})
    assert answer.status_code == 200
    assert answer.text.strip() == ""


def test_the_moment_is_asked_by_those_of_the_desk_alone(runtime: Runtime) -> None:
    stranger = a_colleague(runtime, BERT, "Bert", "editor")
    stranger.client.cookies.clear()
    answer = stranger.client.get(f"{HERE}/moment", params=KINGS_DAY, follow_redirects=False)
    assert answer.status_code in (303, 401, 403)
