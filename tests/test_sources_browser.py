"""Sources in a real browser: looked at, switched on, visited, and read about; wide and narrow."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Page, expect

from content.sources import UrlConfidence
from service.harvesting import harvest_all
from service.runtime import Runtime
from tests.browsing import ON_ONE, complaints_of, signed_in
from tests.colleague import ANNA
from tests.conftest import SetClock
from tests.harvested import add
from tests.strange_server import StrangeServer, rss, rss_item, strange_server, with_body, with_status

pytestmark = [pytest.mark.browser, ON_ONE]
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


def harvest_apart(runtime: Runtime) -> None:
    """In a thread: the browser has a loop of asyncio in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(harvest_all, runtime, early=True).result()


def fits(page: Page) -> bool:
    """Whether nothing sticks out of the page to the right."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@WIDTHS
def test_an_editor_looks_at_a_source_switches_it_on_and_visits_it(
    runtime: Runtime, desk: str, server: StrangeServer, browser: Browser, width: int
) -> None:
    feed = server.on("/feed", with_body(rss(rss_item(1), rss_item(2), title="GGD Noord")))
    add(runtime, "ggd", feed, name="GGD Noord", enabled=False, url_confidence=UrlConfidence.INFERRED)
    page = signed_in(browser, runtime, ANNA, "Anna", "editor", width=width)
    complaints = complaints_of(page)
    page.goto(f"{desk}/redactie/bronnen")
    page.get_by_role("button", name="Eerst bekijken").click()
    expect(page.get_by_role("status")).to_contain_text("Wij kunnen deze bron lezen")
    expect(page.get_by_role("row", name="Titel")).to_contain_text("Bericht 1 over lachgas")
    assert fits(page)
    page.get_by_role("button", name="Bron aanzetten").click()
    expect(page.get_by_role("status")).to_contain_text("De bron staat weer aan")
    assert fits(page)
    page.get_by_role("link", name="GGD Noord").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("nog niet opgehaald")
    page.get_by_role("button", name="Nu ophalen").click()
    expect(page.get_by_role("status")).to_contain_text("De bron is opgehaald")
    expect(page.get_by_role("heading", level=1)).to_contain_text("in orde")
    expect(page.get_by_role("row").last).to_contain_text("2 nieuw van 2")
    assert fits(page)
    assert complaints == []
    page.context.close()


@WIDTHS
def test_what_went_wrong_and_what_changed_can_be_read(
    runtime: Runtime, desk: str, server: StrangeServer, browser: Browser, clock: SetClock, width: int
) -> None:
    add(runtime, "ggd", server.url + "/feed", name="GGD Noord")
    for title in ("Drie gewonden door lachgas", "Vier gewonden door lachgas"):
        server.on("/feed", with_body(rss(rss_item(1, title=title))))
        harvest_apart(runtime)
        clock.advance(hours=2)
    server.on("/feed", with_status(503))
    harvest_apart(runtime)
    page = signed_in(browser, runtime, ANNA, "Anna", "editor", width=width)
    complaints = complaints_of(page)
    page.goto(f"{desk}/redactie/inbox?relevantie=")
    page.get_by_role("link", name="1 keer veranderd").click()
    expect(page.locator("del")).to_contain_text("Drie")
    expect(page.locator("ins")).to_contain_text("Vier")
    assert fits(page)
    page.goto(f"{desk}/redactie/bronnen/ggd")
    expect(page.get_by_text("De website gaf een foutmelding (503).")).to_be_visible()
    assert fits(page)
    assert complaints == []
    page.context.close()
