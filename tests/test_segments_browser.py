"""The builder of a segment and the map in a real browser."""

import re
from collections.abc import Iterator

import pytest
from builders import a_reader
from colleague import ANNA
from playwright.sync_api import Browser, expect
from sqlmodel import select

from service.database import reading, writing
from service.desk import ROUTERS
from service.runtime import Runtime
from service.web.app import make_app
from subscribers.organisations import Organisation
from subscribers.register import load_register
from subscribers.segments.stored import Segment
from tests.browsing import signed_in
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.fixture
def desk(runtime: Runtime) -> Iterator[str]:
    """The site with the whole register, and readers: a few in most places, many in some, none in others."""
    with writing(runtime.engine) as session:
        load_register(session)
        for number, place in enumerate(
            session.exec(select(Organisation).where(Organisation.kind == "municipality"))
        ):
            for reader in range((0, 1, 3, 6, 0, 11, 2, 0, 27)[number % 9] if number < 72 else number % 2):
                a_reader(
                    session, runtime.clock(), f"lezer{number}.{reader}@gemeente.example", organisation=place,
                    interests=["lachgas"] if reader % 2 else [],
                )  # fmt: skip
    with serving(make_app(runtime, ROUTERS)) as address:
        runtime.settings.base_url = address
        yield address


@pytest.mark.parametrize(("width", "script"), [(1280, True), (390, True), (1280, False)])
def test_a_segment_is_built_and_counted_while_one_chooses(
    runtime: Runtime, desk: str, browser: Browser, width: int, script: bool
) -> None:
    page = signed_in(browser, runtime, ANNA, "Anna", "editor", width=width, script=script)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{desk}/redactie/abonnees/segmenten/nieuw")
    meant = page.locator("[data-part=meant]")
    expect(meant).to_contain_text("Voeg ten minste één voorwaarde toe.")
    page.get_by_label("Nieuwe voorwaarde over").select_option(label="Provincie")
    page.get_by_role("button", name="Voorwaarde toevoegen").click()
    page.get_by_label("Drenthe", exact=True).check()
    if not script:
        page.get_by_role("button", name="Tel opnieuw").last.click()
    expect(meant).to_contain_text("Wie voor een gemeente in Drenthe werkt.")
    in_drenthe = meant.locator(".meant-count strong").inner_text()
    assert int(in_drenthe) > 5
    if script:
        expect(page.get_by_label("Drenthe", exact=True)).to_be_focused()
        loaded = page.evaluate("performance.timeOrigin")
    page.get_by_role("button", name="Groep toevoegen").first.click()
    inner = page.locator(".inner")
    inner.get_by_label("De lezer voldoet aan").select_option(label="geen enkele voorwaarde hieronder")
    inner.get_by_label("Nieuwe voorwaarde over").select_option(label="Volgt het onderwerp")
    inner.get_by_role("button", name="Voorwaarde toevoegen").click()
    inner.get_by_label("lachgas", exact=True).check()
    if not script:
        page.get_by_role("button", name="Tel opnieuw").last.click()
    expect(meant).to_contain_text("en niet lachgas volgt.")
    assert 0 < int(meant.locator(".meant-count strong").inner_text()) < int(in_drenthe)
    expect(meant.locator(".sample li")).to_have_count(5)
    if script:
        assert page.evaluate("performance.timeOrigin") == loaded, "no page was loaded anew"
    assert page.evaluate("document.documentElement.scrollWidth") <= width if script else True
    inner.get_by_role("button", name=re.compile("Weghalen.*Volgt het onderwerp")).click()
    expect(meant).to_contain_text("Een groep is leeg.")
    page.get_by_role("button", name="Deze groep weghalen").click()
    expect(meant.locator(".meant-count strong")).to_have_text(in_drenthe)
    page.get_by_label("Naam").fill("Drenthe")
    page.get_by_role("button", name="Segment bewaren").click()
    expect(page.get_by_role("status")).to_contain_text("Het segment is bewaard.")
    with reading(runtime.engine) as session:
        (kept,) = session.exec(select(Segment))
        assert kept.expression == {
            "match": "all", "parts": [{"predicate": "province", "values": ["Drenthe"]}],
        }  # fmt: skip
    page.goto(f"{desk}/redactie/abonnees/segmenten")
    page.get_by_role("button", name=re.compile("Weghalen.*Drenthe")).click()
    page.get_by_role("button", name="Terugzetten").click()
    expect(page.get_by_role("link", name="Drenthe", exact=True)).to_be_visible()
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_map_fits_can_be_read_and_says_the_same_in_words(
    runtime: Runtime, desk: str, browser: Browser, width: int
) -> None:
    page = browser.new_context(locale="nl-NL", viewport={"width": width, "height": 900}).new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(f"{desk}/dekking")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_role("img", name="Kaart van Nederland")).to_be_visible()
    assert page.locator(".map .tile").count() == 342
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('.map text')].map(text => text.getBoundingClientRect().height))"
    )
    assert smallest >= 11, "labels can be read"
    page.get_by_label("Onderwerp").select_option(label="lachgas")
    page.get_by_role("button", name="Toon op de kaart").click()
    expect(page).to_have_url(re.compile("onderwerp=lachgas"))
    page.get_by_text("Toon alle 342 gemeenten").click()
    expect(
        page.get_by_role("row" if width > 640 else "rowheader").filter(has_text="Aa en Hunze").first
    ).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    anna = signed_in(browser, runtime, ANNA, "Anna", "editor", width=width)
    anna.goto(f"{desk}/redactie/cijfers/dekking")
    assert anna.evaluate("document.documentElement.scrollWidth") <= width
    with anna.expect_download() as download:
        anna.get_by_role("link", name="Download deze lijst").click()
    assert download.value.suggested_filename == "niet-bereikt.csv"
    assert complaints == []
