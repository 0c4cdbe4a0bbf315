"""A webinar from announcement to what was learnt, in real browsers: two readers, one seat, and a date that moves."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import a_municipality, a_reader
from colleague import ANNA, BERT
from playwright.sync_api import Browser, Page, expect
from relay import Relay
from sqlmodel import select
from webinar_way import (
    Invitation,
    Mails,
    Way,
    add_recording,
    announce,
    invitation_in,
    judge,
    make_webinar,
    move_webinar,
    read_mail,
    register,
    sign_in,
    subjects,
    watch,
    withdraw,
)

from content.webinars.tables import Webinar
from service.database import reading, writing
from service.desk import ROUTERS
from service.mailing.inviting import invited_by_organisation
from service.mailing.outbox import Delivery, Mailing
from service.runtime import Runtime
from service.users import add_user
from service.web.app import make_app
from service.webinars.calendars import invitation
from subscribers.registrations.counting import totals_of
from subscribers.registrations.hiding import FIGURES
from subscribers.registrations.tables import Attendance
from tests.browsing import ON_ONE
from tests.posted import plain
from tests.serving import serving

pytestmark = pytest.mark.browser

EVA, RIK = "eva@emmen.example", "rik@assen.example"
TITLE = "Lachgas: wat kan uw gemeente doen?"

FIRST_DAY = datetime(2026, 12, 15, 9, tzinfo=UTC)
STARTS = datetime(2026, 12, 17, 13, tzinfo=UTC)
"""Thursday 17 December, 14.00 in Amsterdam, to where it is moved."""


@pytest.fixture
def way(posting: Runtime, postbox: Relay, browser: Browser) -> Iterator[Way]:
    """Eva and Rik follow lachgas and webinars, and six others do; Anna is an editor, Bert a publisher."""
    house = replace(posting, invitation=invitation)
    now = house.clock()
    with writing(house.engine) as session:
        add_user(session, address=ANNA, name="Anna", roles=["editor"], now=now)
        add_user(session, address=BERT, name="Bert", roles=["publisher"], now=now)
        emmen = a_municipality(session, "Emmen")
        for address in (EVA, RIK, *(f"lezer{number}@emmen.example" for number in range(6))):
            a_reader(session, now, address, interests=["lachgas"], streams=["webinars"], organisation=emmen)
    with serving(make_app(house, ROUTERS)) as address, ThreadPoolExecutor(1) as worker:
        house.settings.base_url = address
        yield Way(house, postbox, browser, worker)


@ON_ONE
def test_two_readers_one_seat_and_a_date_that_moves(way: Way) -> None:
    anna, bert, eva, rik = way.window(), way.window(), way.window(width=390), way.window()
    desk = _announced(way, anna, bert, eva, rik)
    first = _registered(way)
    told = _moved(way, anna, desk, first)
    _passed_on(way, eva, rik, told, first)
    _held(way, rik)
    _looked_back_on(way, anna, desk, eva, rik)
    _adds_up(way, anna, desk)
    assert [one for said in way.complaints for one in said] == []


def _announced(way: Way, anna: Page, bert: Page, eva: Page, rik: Page) -> str:
    sign_in(way, anna, ANNA)
    sign_in(way, bert, BERT)
    desk = make_webinar(anna)
    announce(anna, bert, readers=8)
    mails = way.tick()
    assert len(mails) == 8
    read_mail(eva, mails, EVA, subject=TITLE, press="Meld u aan")
    expect(eva.get_by_text("Nog 1 van de 1 vrij")).to_be_visible()
    register(eva, name="Eva", choose="Ik doe mee")
    expect(eva.get_by_role("heading", level=1)).to_have_text("U doet mee")
    read_mail(rik, mails, RIK, subject=TITLE, press="Meld u aan")
    expect(rik.get_by_text("Alle plaatsen zijn bezet.")).to_be_visible()
    register(rik, name="Rik", choose="Ik wil op de wachtlijst")
    expect(rik.get_by_role("heading", level=1)).to_have_text("U staat op de wachtlijst")
    return desk


def _registered(way: Way) -> Invitation:
    """The mails that say so; gives what Eva's did to her calendar."""
    mails = way.tick()
    assert subjects(mails) == {EVA: f"U doet mee: {TITLE}", RIK: f"U staat op de wachtlijst: {TITLE}"}
    assert invitation_in(mails[RIK][0]) is None
    first = invitation_in(mails[EVA][0])
    assert first is not None
    assert (first.method, first.sequence, first.starts_at) == ("REQUEST", 0, FIRST_DAY)
    return first


def _moved(way: Way, anna: Page, desk: str, first: Invitation) -> Mails:
    way.house.clock.advance(days=1)
    sign_in(way, anna, ANNA)
    move_webinar(anna, desk)
    mails = way.tick()
    assert subjects(mails) == {EVA: f"Andere tijd: {TITLE}", RIK: f"Andere tijd: {TITLE}"}
    for (mail,) in mails.values():
        assert "donderdag 17 december 2026, 14.00 – 15.00 uur" in plain(mail)
        assert "De spreker is op dinsdag verhinderd." in plain(mail)
    assert invitation_in(mails[RIK][0]) is None  # who waits has nothing in their calendar
    assert invitation_in(mails[EVA][0]) == Invitation("REQUEST", first.uid, first.sequence + 1, STARTS)
    for before in (timedelta(days=1), timedelta(hours=1), timedelta(minutes=5)):
        assert way.at(FIRST_DAY - before) == {}  # the reminders went along
    return mails


def _passed_on(way: Way, eva: Page, rik: Page, mails: Mails, first: Invitation) -> None:
    """Eva withdraws, and Rik takes the seat; then she asks for the recording, on the page where anyone can."""
    read_mail(eva, mails, EVA, subject=f"Andere tijd: {TITLE}", press="Bekijk uw aanmelding")
    withdraw(eva)
    mails = way.tick()
    assert subjects(mails) == {EVA: f"U bent afgemeld: {TITLE}", RIK: f"Er is een plaats vrij: {TITLE}"}
    assert invitation_in(mails[EVA][0]) == Invitation("CANCEL", first.uid, first.sequence + 2, STARTS)
    assert invitation_in(mails[RIK][0]) is None
    read_mail(rik, mails, RIK, subject=f"Er is een plaats vrij: {TITLE}", press="Bekijk de plaats en zeg ja")
    rik.get_by_role("button", name="Ja, ik neem de plaats").click()
    expect(rik.get_by_role("heading", level=1)).to_have_text("U doet mee")
    mails = way.tick()
    assert subjects(mails) == {RIK: f"U doet mee: {TITLE}"}
    assert invitation_in(mails[RIK][0]) == Invitation("REQUEST", first.uid, first.sequence + 1, STARTS)
    eva.get_by_role("link", name="Naar de pagina van het webinar").click()
    eva.get_by_label("Uw e-mailadres op het werk").fill(EVA)
    way.house.clock.advance(seconds=20)  # as long as a person takes
    register(eva, name="Eva", choose="Ik wil alleen de opname en de stukken")
    expect(eva.get_by_role("heading", level=1)).to_have_text("Kijk in uw mail")
    read_mail(eva, way.tick(), EVA, subject=f"Bevestig uw aanmelding: {TITLE}", press="Bekijk en bevestig")
    eva.get_by_role("button", name="Ja, meld mij aan").click()
    expect(eva.get_by_role("heading", level=1)).to_have_text("U krijgt de opname")
    assert subjects(way.tick()) == {EVA: f"U krijgt de opname: {TITLE}"}


def _held(way: Way, rik: Page) -> None:
    """Rik alone is reminded; he comes too early, joins when the room opens, and leaves before the end."""
    moment = "donderdag 17 december 2026, 14.00 uur"
    assert subjects(way.at(STARTS - timedelta(days=1))) == {RIK: f"Herinnering: {TITLE}, {moment}"}
    mails = way.at(STARTS - timedelta(hours=1))
    way.house.clock.advance(minutes=44)
    read_mail(rik, mails, RIK, subject=f"Straks om 14.00 uur: {TITLE}", press="Naar uw deelnamepagina")
    expect(rik.get_by_role("heading", level=1)).to_have_text("De ruimte is nog niet open")
    way.house.clock.advance(minutes=1)
    rik.reload()
    rik.get_by_role("button", name="Doe mee").click()
    expect(rik.get_by_role("heading", level=1)).to_have_text("U bent in de ruimte")
    assert subjects(way.at(STARTS - timedelta(minutes=5))) == {RIK: f"We beginnen: {TITLE}"}
    assert way.at(STARTS + timedelta(minutes=55)) == {}
    rik.get_by_role("button", name="Verlaat de ruimte").click()
    expect(rik.get_by_role("status")).to_contain_text("U bent uit de ruimte.")
    assert way.at(STARTS + timedelta(hours=1)) == {}
    with reading(way.house.engine) as session:
        stay = session.exec(select(Attendance)).one()
        webinar = session.exec(select(Webinar)).one()
    assert (stay.joined_at, stay.left_at) == (STARTS - timedelta(minutes=15), STARTS + timedelta(minutes=55))
    assert webinar.attendance_known_at == webinar.ends_at


def _looked_back_on(way: Way, anna: Page, desk: str, eva: Page, rik: Page) -> None:
    """No mail leaves before the recording has captions; then each gets the one that is true."""
    way.house.clock.advance(days=1)
    sign_in(way, anna, ANNA)
    anna.goto(desk)
    add_recording(anna, captions=False)
    expect(anna.get_by_text("Zonder ondertiteling gaat er geen mail uit.")).to_be_visible()
    add_recording(anna, captions=True)
    anna.get_by_role("button", name="Stuur de opname en de stukken").click()
    mails = way.tick()
    seen, opened = f"Kijk het terug: {TITLE}", "Bekijk de opname en de stukken"
    assert subjects(mails) == {RIK: seen, EVA: f"De opname staat klaar: {TITLE}"}
    read_mail(rik, mails, RIK, subject=seen, press=opened)
    watch(rik)
    read_mail(rik, mails, RIK, subject=seen, press="geef uw mening")
    judge(rik)
    read_mail(eva, mails, EVA, subject=f"De opname staat klaar: {TITLE}", press=opened)
    expect(eva.get_by_role("button", name="Bekijk de opname")).to_be_visible()


def _adds_up(way: Way, anna: Page, desk: str) -> None:
    """What is kept is what happened; the desk shows no count of fewer than five people; and the ledger is complete."""
    with reading(way.house.engine) as session:
        webinar = session.exec(select(Webinar)).one()
        invited = invited_by_organisation(session, webinar)
        totals = totals_of(session, webinar, invited=invited, now=way.house.clock())
        mailings = {one.id: one.planned for one in session.exec(select(Mailing)) if one.planned}
        sent = Counter(session.exec(select(Delivery.mailing_id).where(Delivery.state == "sent")))
    happened = {"invited": 8, "registered": 1, "attended": 1, "absent": 0, "recording_only": 1, "watched": 1}
    assert {key: sum(getattr(total, key) for total in totals) for key in FIGURES} == happened
    assert sent == mailings
    anna.goto(f"{desk}/cijfers")
    cells = anna.get_by_role("row", name="Samen").get_by_role("cell")
    assert [one.inner_text().split("\n")[0] for one in cells.all()] == ["8", *["–"] * 5]
    expect(anna.get_by_text("Minder dan 5 mensen gaven een mening.")).to_be_visible()
