"""The whole way at the desk in a real browser: from the link in the mail to a mail that leaves."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from builders import a_municipality, a_reader
from colleague import ANNA, BERT, an_item
from mailings import over_smtp, plan
from playwright.sync_api import Browser, expect
from relay import Relay, running_relay
from sqlmodel import update

from content.composing import open_issue
from service.database import writing
from service.mailing.delivering import deliver_due
from service.mailing.outbox import Delivery
from service.runtime import Runtime
from tests.browsing import ON_ONE, signed_in

pytestmark = pytest.mark.browser


def test_from_the_inbox_to_readers_by_four_eyes(runtime: Runtime, desk: str, browser: Browser) -> None:
    with writing(runtime.engine) as session:
        now = runtime.clock()
        an_item(session, now, "Nieuwe cijfers over lachgas")
        an_item(session, now, "Horeca zonder lachgas")
        organisation = a_municipality(session, "Emmen", "GGD Drenthe")
        for number in range(3):
            a_reader(
                session, now, f"lezer{number}@emmen.example", interests=["lachgas"], organisation=organisation
            )
    complaints: list[str] = []
    anna = signed_in(browser, runtime, ANNA, "Anna", "editor")
    bert = signed_in(browser, runtime, BERT, "Bert", "publisher")
    for page in (anna, bert):
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))

    anna.get_by_role("link", name="Edities").click()
    anna.get_by_label("Titel").fill("Kennispost december")
    anna.get_by_role("button", name="Editie openen").click()
    anna.get_by_role("link", name="Kies uit de inbox").click()
    anna.get_by_role("listitem").filter(has_text="Nieuwe cijfers").get_by_role(
        "button", name="In editie"
    ).click()
    expect(anna.get_by_role("status").filter(has_text="Toegevoegd aan de editie")).to_be_visible()
    expect(anna.get_by_text("1 bericht ·")).to_be_visible()
    anna.get_by_role("link", name="Kennispost december").click()
    anna.get_by_role("link", name="een tekst").first.click()
    anna.get_by_label("Titel").fill("Welkom")
    anna.get_by_role("textbox", name="Tekst").fill("Dit is **nieuw**.")
    anna.get_by_label("Voor iedereen").check()
    anna.get_by_role("button", name="Laat de tekst zien").click()
    expect(anna.locator(".shown strong")).to_have_text("nieuw")
    anna.get_by_role("button", name="Toevoegen aan de editie").click()
    expect(anna.get_by_text("2 onderdelen", exact=True)).to_be_visible()

    anna.get_by_role("link", name="Bekijk de mail als een gemeente").click()
    anna.get_by_label("Gemeente of organisatie").fill("Emmen")
    anna.locator("summary", has_text="Middelen").click()
    anna.get_by_label("lachgas", exact=True).check()
    anna.get_by_role("button", name="Toon deze lezer").click()
    expect(anna.get_by_text("2 van de 2")).to_be_visible()
    expect(
        anna.frame_locator("iframe.mail").get_by_role("link", name="Nieuwe cijfers over lachgas")
    ).to_be_visible()
    anna.get_by_role("link", name="telefoon").click()
    assert anna.locator("iframe.mail").bounding_box()["width"] < 400  # type: ignore[index]

    bert.goto(f"{desk}/redactie/edities")
    bert.get_by_role("link", name="Kennispost december").click()
    bert.get_by_role("button", name="Editie goedkeuren").click()
    expect(bert.get_by_text("Goedgekeurd door Bert")).to_be_visible()
    bert.get_by_role("link", name="Versturen of plannen").click()
    bert.get_by_role("button", name="Nu versturen aan 3 lezers").click()
    expect(bert.get_by_text("wordt verstuurd").first).to_be_visible()
    with ThreadPoolExecutor(1) as worker:  # this thread has Playwright's event loop
        assert worker.submit(deliver_due, runtime).result().sent == 3
    bert.reload()
    expect(bert.get_by_text("Klaar.")).to_be_visible()
    assert complaints == []


@ON_ONE
def test_the_inbox_goes_by_keyboard_and_a_slip_is_undone(
    runtime: Runtime, desk: str, browser: Browser
) -> None:
    with writing(runtime.engine) as session:
        open_issue(session, title="December", by=ANNA, now=runtime.clock())
        for number in range(1, 4):
            an_item(session, runtime.clock(), f"Lachgas {number}")
    page = signed_in(browser, runtime, ANNA, "Anna", "editor")
    expect(page.locator(".item h2").first).to_have_text("Lachgas 3")
    page.locator(".item").first.focus()
    page.keyboard.press("j")
    expect(page.locator(".item:focus h2")).to_have_text("Lachgas 2")
    page.keyboard.press("w")
    expect(page.get_by_role("status").filter(has_text="Weggelegd")).to_contain_text("Lachgas 2")
    page.wait_for_load_state()
    expect(page.locator(".item:focus h2")).to_have_text("Lachgas 1")
    page.keyboard.press("u")
    expect(page.locator(".item h2")).to_have_count(3)
    expect(page.locator(".item:focus h2")).to_have_text("Lachgas 2")
    page.get_by_label("Zoeken").focus()
    page.keyboard.type("wbt")
    expect(page.get_by_label("Zoeken")).to_have_value("wbt")
    expect(page.locator(".item h2")).to_have_count(3)


@ON_ONE
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_no_page_of_the_desk_is_wider_than_the_window(
    runtime: Runtime, desk: str, browser: Browser, width: int
) -> None:
    with writing(runtime.engine) as session:
        issue = open_issue(session, title="December", by="schedule", now=runtime.clock())
        an_item(
            session,
            runtime.clock(),
            f"Een heel lang woord: {'x' * 60} lachgas",
        )
        a_reader(
            session,
            runtime.clock(),
            f"{'iemand.' * 8}a@gemeente.example",
            interests=["lachgas"],
        )
        number = issue.id
    mailing_id = plan(runtime)
    with writing(runtime.engine) as session:
        session.exec(update(Delivery).values(state="uncertain", reply="x" * 120, settled_at=runtime.clock()))
    page = signed_in(browser, runtime, ANNA, "Anna", "editor", "publisher", "administrator", width=width)
    for path in ("inbox", "inbox/1/onderwerpen", "edities", f"edities/{number}", f"edities/{number}/gegevens",
                 f"edities/{number}/onderdelen/nieuw", f"edities/{number}/onderdelen/nieuw?soort=link",
                 f"edities/{number}/voorbeeld", f"edities/{number}/versturen", "planning", "bronnen", "abonnees",
                 "beheer", "beheer/1", "verzendingen", f"verzendingen/{mailing_id}", f"verzendingen/{mailing_id}/lezers",
                 f"verzendingen/{mailing_id}/afbreken", f"verzendingen/{mailing_id}/nakomers"):  # fmt: skip
        page.goto(f"{desk}/redactie/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("h1").count() == 1, path
        unlabelled = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
            ".filter(field => !field.labels.length).length"
        )
        assert unlabelled == 0, path


@ON_ONE
def test_a_running_mailing_is_watched_paused_and_resumed(
    runtime: Runtime, desk: str, browser: Browser
) -> None:
    with running_relay(Relay(slow=0.4)) as relay, ThreadPoolExecutor(1) as worker:
        by_smtp = over_smtp(runtime, relay)
        mailing_id = plan(runtime, readers=120)
        bert = signed_in(browser, runtime, BERT, "Bert", "publisher")
        complaints: list[str] = []
        bert.on("console", lambda said: complaints.append(said.text))
        bert.on("pageerror", lambda error: complaints.append(str(error)))
        sending = worker.submit(deliver_due, by_smtp, batch=10)
        bert.goto(f"{desk}/redactie/verzendingen/{mailing_id}")
        expect(bert.get_by_role("progressbar")).to_have_attribute("aria-valuenow", re.compile("[1-9]"))
        loaded = bert.evaluate("performance.timeOrigin")
        seen = bert.locator("[data-text=done]").inner_text()
        expect(bert.locator("[data-text=done]")).not_to_have_text(seen, timeout=10_000)
        assert bert.evaluate("performance.timeOrigin") == loaded, "the figures move without a reload"
        bert.get_by_role("button", name="Pauzeren").click()
        expect(bert.get_by_role("status")).to_contain_text("De verzending staat op pauze.")
        expect(bert.locator(".stage")).to_have_text("gepauzeerd")
        sending.result(timeout=20)
        arrived = len(relay.received)
        assert arrived < 120
        relay.slow = 0
        bert.get_by_role("button", name="Verdergaan").click()
        expect(bert.get_by_role("button", name="Pauzeren")).to_be_visible()
        loaded = bert.evaluate("performance.timeOrigin")
        worker.submit(deliver_due, by_smtp).result(timeout=30)
        expect(bert.get_by_text("De stand klopt.")).to_be_visible(timeout=10_000)
        expect(bert.locator(".stage")).to_have_text("klaar")
        assert bert.evaluate("performance.timeOrigin") == loaded
        assert sorted(relay.recipients) == sorted({f"lezer{one}@gemeente.example" for one in range(120)})
        assert complaints == []
