"""The steps of the whole way of a webinar, in real browsers: at the desk, in the mailbox, and on a reader's own pages."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

from colleague import sign_in_link
from playwright.sync_api import Browser, Page, Route, expect
from relay import Relay
from test_calendars import event_of, read

from service.database import writing
from service.runtime import Runtime
from service.schedule.rooms import watch_rooms
from service.schedule.webinars import keep_webinars
from service.users import user_by_address
from tests.browsing import complaints_of
from tests.posted import arrived, calendar

RECORDING = "https://video.example/lachgas"

Mails = dict[str, list[EmailMessage]]


@dataclass
class Way:
    """The running site, its postbox, and a thread for what has a loop of its own: this one has Playwright's."""

    house: Runtime
    postbox: Relay
    browser: Browser
    worker: ThreadPoolExecutor
    complaints: list[list[str]] = field(default_factory=list)

    def at(self, moment: datetime) -> Mails:
        """It is this moment: the schedule ticks, as it does each minute, and what leaves arrives."""
        self.house.clock.moment = moment
        return self.tick()

    def tick(self) -> Mails:
        """The schedule ticks, and what leaves arrives."""

        def work() -> Mails:
            keep_webinars(self.house)
            watch_rooms(self.house)
            return arrived(self.house, self.postbox)

        return self.worker.submit(work).result(timeout=30)

    def window(self, *, width: int = 1280) -> Page:
        """Someone's own browser; what it complains of is kept."""
        page = self.browser.new_context(locale="nl-NL", viewport={"width": width, "height": 900}).new_page()
        self.complaints.append(complaints_of(page))
        return page


@dataclass(frozen=True)
class Invitation:
    """What a mail does to a calendar."""

    method: str
    uid: str
    sequence: int
    starts_at: datetime


def subjects(mails: Mails) -> dict[str, str]:
    """What came, one mail each."""
    return {address: str(mail["Subject"]) for address, (mail,) in mails.items()}


def invitation_in(mail: EmailMessage) -> Invitation | None:
    """The calendar's part of a mail, held to what programs ask of it; None without one."""
    text = calendar(mail)
    if not text:
        return None
    data = text.encode()
    event = event_of(data)
    return Invitation(
        str(read(data)["METHOD"]), str(event["UID"]), int(event["SEQUENCE"]), event["DTSTART"].dt
    )


def sign_in(way: Way, page: Page, address: str) -> None:
    """Through the link that the desk mails, as each day again."""
    with writing(way.house.engine) as session:
        user = user_by_address(session, address)
        assert user is not None
        link = sign_in_link(session, way.house, user)
    page.goto(link)
    page.get_by_role("button", name="Inloggen op de redactie").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")


def make_webinar(anna: Page) -> str:
    """A webinar with one seat, in the room that is a page, with a speaker; published. Gives its address at the desk."""
    anna.get_by_role("link", name="Webinars", exact=True).click()
    anna.get_by_role("link", name="Webinar toevoegen").click()
    anna.get_by_label("Titel").fill("Lachgas: wat kan uw gemeente doen?")
    anna.get_by_label("Waar het over gaat").fill("Wat **werkt**, en wat niet.")
    _set_moment(anna, "2026-12-15", "10:00", "11:00")
    anna.get_by_label("Plaatsen").fill("1")
    anna.get_by_label("De proefruimte van Kennispost").check()
    anna.locator("summary", has_text="Middelen").click()
    anna.get_by_label("lachgas", exact=True).check()
    anna.get_by_role("button", name="Maak het concept").click()
    expect(anna.get_by_role("status").filter(has_text="Het webinar staat klaar als concept.")).to_be_visible()
    address = anna.url.partition("?")[0]
    anna.get_by_role("link", name="Spreker toevoegen").click()
    anna.get_by_label("Naam").fill("Mirjam Voorbeeld")
    anna.get_by_role("button", name="Spreker bewaren").click()
    anna.get_by_role("button", name="Publiceer dit webinar").click()
    expect(anna.get_by_role("status").filter(has_text="Iedereen kan zich nu aanmelden.")).to_be_visible()
    return address


def announce(anna: Page, bert: Page, *, readers: int) -> None:
    """Anna makes the announcement of the webinar before her, and may not approve it; Bert does, and sends it."""
    anna.get_by_role("button", name="Maak de aankondiging").click()
    expect(anna.get_by_role("status").filter(has_text="De aankondiging staat klaar.")).to_be_visible()
    expect(anna.get_by_text("Een ander moet haar goedkeuren.")).to_be_visible()
    expect(anna.get_by_role("button", name="Editie goedkeuren")).to_have_count(0)
    bert.goto(anna.url.partition("?")[0])
    bert.get_by_role("button", name="Editie goedkeuren").click()
    bert.get_by_role("link", name="Versturen of plannen").click()
    bert.get_by_role("button", name=f"Nu versturen aan {readers} lezers").click()
    expect(bert.get_by_text("wordt verstuurd").first).to_be_visible()


def move_webinar(anna: Page, desk: str) -> None:
    """Two days later, in the afternoon, with a word about it."""
    anna.goto(desk)
    anna.get_by_role("link", name="Wijzigen of verplaatsen").click()
    _set_moment(anna, "2026-12-17", "14:00", "15:00")
    anna.get_by_label("Een woord aan de deelnemers").fill("De spreker is op dinsdag verhinderd.")
    anna.get_by_role("button", name="Bewaren").click()
    expect(anna.get_by_role("status").filter(has_text="Het webinar is verplaatst.")).to_be_visible()


def _set_moment(anna: Page, day: str, starts: str, ends: str) -> None:
    when = anna.get_by_role("group", name="Wanneer")
    when.get_by_label("Dag").fill(day)
    when.get_by_label("Begin").fill(starts)
    when.get_by_label("Einde").fill(ends)


def read_mail(reader: Page, mails: Mails, address: str, *, subject: str, press: str) -> EmailMessage:
    """A reader opens the one mail that came and follows a button or link in it (which a mail opens in another window)."""
    (mail,) = mails[address]
    assert str(mail["Subject"]) == subject
    reader.goto("about:blank")
    reader.set_content(mail.get_body(("html",)).get_content())
    link = reader.get_by_role("link", name=press, exact=True)
    expect(link).to_be_visible()
    reader.goto(link.get_attribute("href") or "")
    return mail


def register(reader: Page, *, name: str, choose: str) -> None:
    """Fill in the form behind the personal link and send it."""
    reader.get_by_label("Uw naam").fill(name)
    reader.get_by_label(choose).check()
    reader.get_by_role("button", name="Aanmelden voor dit webinar").click()


def withdraw(reader: Page) -> None:
    """On one's own page."""
    reader.locator("summary", has_text="Mij afmelden").click()
    reader.get_by_role("button", name="Ja, meld mij af").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("U bent afgemeld")


def add_recording(anna: Page, *, captions: bool) -> None:
    """Put the recording with the webinar before her, or say that it has captions now."""
    if captions:
        anna.get_by_role("link", name="Opname van 17 december").click()
        anna.get_by_label("De opname heeft ondertiteling").check()
    else:
        anna.get_by_role("link", name="Stuk toevoegen").click()
        anna.get_by_label("Opname", exact=True).check()
        anna.get_by_label("Titel", exact=True).fill("Opname van 17 december")
        anna.get_by_label("Of een webadres").fill(RECORDING)
    anna.get_by_role("button", name="Stuk bewaren").click()
    expect(anna.get_by_role("status").filter(has_text="Het stuk is bewaard.")).to_be_visible()


def watch(reader: Page) -> None:
    """Press for the recording, which is on a site of others; their page is ours to play here."""

    def play(route: Route) -> None:
        route.fulfill(
            content_type="text/html", body="<!doctype html><title>Video</title><h1>De opname speelt</h1>"
        )

    reader.route(f"{RECORDING}**", play)
    reader.get_by_role("button", name="Bekijk de opname").click()
    expect(reader.get_by_role("heading", name="De opname speelt")).to_be_visible()


def judge(reader: Page) -> None:
    """Three questions, of which two are answered."""
    reader.get_by_label("4", exact=True).check()
    reader.get_by_label("Ja", exact=True).check()
    reader.get_by_role("button", name="Verstuur mijn antwoorden").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Dank u wel")
