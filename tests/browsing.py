"""A real browser for tests: Chromium, started once for a file of tests, and skipped, visibly, where there is none."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from service.database import writing
from service.desk import ROUTERS
from service.runtime import Runtime
from service.users import add_user
from service.web.app import make_app
from tests.colleague import sign_in_link
from tests.serving import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip

ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What a browser does alone is the same on both engines."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for the whole session: while it runs, no other test of the same process could start a loop of asyncio."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def desk(runtime: Runtime) -> Iterator[str]:
    """The address of the site with the desk."""
    with serving(make_app(runtime, ROUTERS)) as address:
        runtime.settings.base_url = address
        yield address


def signed_in(
    browser: Browser,
    runtime: Runtime,
    address: str,
    name: str,
    *roles: str,
    width: int = 1280,
    script: bool = True,
) -> Page:
    """Someone's own browser, after the button behind the link in their mail."""
    with writing(runtime.engine) as session:
        user = add_user(session, address=address, name=name, roles=roles, now=runtime.clock())
        link = sign_in_link(session, runtime, user)
    context = browser.new_context(
        locale="nl-NL", viewport={"width": width, "height": 900}, java_script_enabled=script
    )
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Inloggen op de redactie").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    page.wait_for_load_state()
    return page


def complaints_of(page: Page) -> list[str]:
    """A list that fills with what the browser complains of: faults of scripts, and what the policy for content forbids."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said
