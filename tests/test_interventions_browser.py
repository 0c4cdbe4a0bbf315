"""The interventions in a real browser: found, read, printed; checked and used at the desk; wide and narrow."""

from collections.abc import Iterator

import pytest
from colleague import ANNA, sign_in_link
from knowledge import a_knowledge_base
from playwright.sync_api import Browser, Page, expect

from content.composing import open_issue
from service.database import writing
from service.desk import ROUTERS
from service.runtime import Runtime
from service.users import add_user
from service.web.app import make_app
from tests.browsing import ON_ONE
from tests.serving import serving

pytestmark = pytest.mark.browser


@pytest.fixture
def site(runtime: Runtime) -> Iterator[str]:
    """The address of the site with the desk, a knowledge base and an issue in the making."""
    a_knowledge_base(runtime)
    with writing(runtime.engine) as session:
        open_issue(session, title="December", by="schedule", now=runtime.clock())
    with serving(make_app(runtime, ROUTERS)) as address:
        runtime.settings.base_url = address
        yield address


def a_page(browser: Browser, complaints: list[str], *, width: int = 1280) -> Page:
    page = browser.new_context(locale="nl-NL", viewport={"width": width, "height": 900}).new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def signed_in(runtime: Runtime, page: Page) -> None:
    with writing(runtime.engine) as session:
        user = add_user(session, address=ANNA, name="Anna", roles=["editor"], now=runtime.clock())
        link = sign_in_link(session, runtime, user)
    page.goto(link)
    page.get_by_role("button", name="Inloggen op de redactie").click()
    page.wait_for_load_state()


@ON_ONE
def test_a_reader_finds_an_intervention_and_prints_its_card(site: str, browser: Browser) -> None:
    complaints: list[str] = []
    page = a_page(browser, complaints)
    page.goto(site)
    page.get_by_role("link", name="Interventies", exact=True).click()
    page.get_by_label("Plek").select_option(label="evenementen")
    page.get_by_label("Erkenning").select_option(label="goed onderbouwd")
    page.get_by_role("button", name="Zoek").click()
    expect(page.get_by_role("status")).to_have_text("1 interventie")
    page.get_by_role("link", name="Unity").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Unity")
    ages = page.get_by_role("table", name="Leeftijd").get_by_role("row")
    expect(ages).to_have_count(4)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_text("Met theorie is aannemelijk gemaakt")).to_be_visible()
    assert complaints == []


@ON_ONE
def test_an_editor_checks_a_fact_and_puts_a_change_into_the_issue(
    runtime: Runtime, site: str, browser: Browser
) -> None:
    complaints: list[str] = []
    page = a_page(browser, complaints)
    signed_in(runtime, page)
    page.get_by_role("link", name="Kennisbank").click()
    page.get_by_role("link", name="Helder op School").click()
    owner = page.get_by_role("form", name="Gegeven: eigenaar")
    owner.get_by_role("button", name="Klopt", exact=True).click()
    expect(page.get_by_role("form", name="Gegeven: eigenaar").get_by_role("button")).to_have_text(
        "Terugzetten"
    )
    page.goto(f"{site}/redactie/kennisbank/wijzigingen")
    change = page.get_by_role("listitem").filter(has_text="hoger erkend")
    change.get_by_role("button", name="In editie").click()
    expect(page.get_by_role("status").filter(has_text="Toegevoegd aan de editie")).to_be_visible()
    page.get_by_role("link", name="December").click()
    expect(page.get_by_role("heading", name="Moti-4: hoger erkend")).to_be_visible()
    assert complaints == []


@ON_ONE
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_no_page_of_interventions_is_wider_than_the_window(
    runtime: Runtime, site: str, browser: Browser, width: int
) -> None:
    page = a_page(browser, [], width=width)
    signed_in(runtime, page)
    for path in ("interventies", "interventies/unity", "interventies?taal=en&zoek=niets", "redactie/kennisbank",
                 "redactie/kennisbank/8?zoek=lachgas", "redactie/kennisbank/wijzigingen", "redactie/kennisbank/koppelingen",
                 "redactie/kennisbank/rondes"):  # fmt: skip
        page.goto(f"{site}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("h1").count() == 1, path
        unlabelled = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
            ".filter(field => !field.labels.length).length"
        )
        assert unlabelled == 0, path
        small = page.evaluate(
            "[...document.querySelectorAll('main button, main .button, main select')]"
            ".filter(one => one.offsetHeight && one.offsetHeight < 40).length"
        )
        assert small == 0, path
