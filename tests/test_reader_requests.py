"""What readers ask for behind their own link: a pause, another address, a colleague, their data, an end. And who may not."""

import json
import re
from datetime import timedelta

import pytest
from sqlmodel import select

from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.maildir import arrived, read_all
from service.mailing.outbox import Delivery
from service.mailing.planning import plan_issue
from service.runtime import Runtime
from service.tokens import Purpose
from subscribers.audience import audience
from subscribers.consent import ConsentEvent
from subscribers.mailboxes import is_shared
from subscribers.people import Interest, Subscriber
from subscribers.registrations.leaving import withdraw
from subscribers.registrations.registering import Wish, confirm
from subscribers.registrations.registering import ask as ask_for_a_seat
from subscribers.registrations.tables import Registration
from subscribers.requests import LeavingReason
from subscribers.suppression import is_suppressed
from tests.builders import a_reader, an_approved_issue
from tests.visitor import Visitor, a_known_reader, letters, link, readers
from tests.webinars import a_webinar, of_reader


def mails(house: Runtime) -> list[tuple[str, str]]:
    """All mails that left, oldest first: to whom, and the text."""
    deliver_due(house)
    found = [one.message for one in read_all(arrived(house.settings))]
    found.sort(key=lambda one: str(one["Message-ID"]))
    return [(str(one["To"]), one.get_body(("plain",)).get_content()) for one in found]


def path_in(text: str, place: str) -> str:
    """The path of a link in a mail."""
    return re.search(rf"http://testserver(/{place}/\S+)", text)[1]


def mail_with(house: Runtime, place: str, *, to: str = "") -> str:
    """The path behind a link in the one mail that has it."""
    (text,) = [text for address, text in mails(house) if f"/{place}/" in text and to in address]
    return path_in(text, place)


def here(house: Runtime) -> str:
    return link(house, Purpose.PREFERENCES, a_known_reader(house, name="Jan", interests=["lachgas"]))


def test_the_work_of_a_reader_is_kept_and_refused_when_it_does_not_exist(house: Runtime) -> None:
    path = here(house)
    visitor = Visitor(house)
    page = visitor.get(path).text
    assert "selected" not in page
    assert "checked" not in page.partition('id="stream-digest"')[2].partition(">")[0]
    told = {
        "streams": ["monthly", "webinars"], "domain": "overig", "policy_kind": "overkoepelend-middelenbeleid",
        "strategy_step": "stap-3-cijfers", "shared": "yes", "interests": ["lachgas", "horeca", "stap-3-cijfers"],
    }  # fmt: skip
    assert visitor.submit(path, told).status_code == 303
    (reader,) = readers(house)
    assert (reader.domain, reader.policy_kind, reader.strategy_step, reader.shared) == (
        "overig", "overkoepelend-middelenbeleid", "stap-3-cijfers", True,
    )  # fmt: skip
    with reading(house.engine) as session:
        facets = dict(session.exec(select(Interest.slug, Interest.facet)).all())
    assert facets == {"lachgas": "substance", "horeca": "setting", "stap-3-cijfers": "step"}
    assert visitor.submit(path, {**told, "policy_kind": "wel-iets"}).status_code == 422


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("info@emmen.nl", True), ("team.jeugd@emmen.nl", True), ("secretariaat-welzijn@emmen.nl", True),
        ("Post@emmen.nl", True), ("teamleider.jansen@emmen.nl", False), ("jan@emmen.nl", False),
        ("w.zorgdrager@emmen.nl", False), ("info.jansen@emmen.nl", True), ("1234@emmen.nl", False),
    ],
)  # fmt: skip
def test_a_mailbox_of_several_people_is_told_by_its_name(address: str, shared: bool) -> None:
    assert is_shared(address) is shared


def test_a_pause_keeps_the_newsletter_away_and_ends_by_itself(house: Runtime, clock) -> None:
    path = here(house)
    visitor = Visitor(house)
    for wrong in ("", "gisteren", "2026-12-01", "2030-01-01"):
        assert visitor.submit(f"{path}/pauze", {"until": wrong}).status_code == 422
    assert visitor.submit(f"{path}/pauze", {"until": "2027-01-15"}).status_code == 303
    assert "15 januari 2027" in visitor.get(path).text
    with reading(house.engine) as session:
        assert session.exec(audience("monthly", now=clock())).all() == []
        end = readers(house)[0].paused_until
        assert (end.hour, end.day) == (23, 14)  # midnight in Amsterdam
        assert session.exec(audience("monthly", now=end - timedelta(seconds=1))).all() == []
        assert len(session.exec(audience("monthly", now=end)).all()) == 1
    assert visitor.submit(f"{path}/pauze", {"end": "yes"}).status_code == 303
    assert readers(house)[0].paused_until is None


def test_who_pauses_after_the_planning_is_left_out_still(house: Runtime, clock) -> None:
    path = here(house)
    with writing(house.engine) as session:
        plan_issue(session, house, issue=an_approved_issue(session, clock(), everyone=["Alle"]), now=clock())
    Visitor(house).submit(f"{path}/pauze", {"until": "2027-01-15"})
    assert deliver_due(house).cancelled == 1


def test_an_address_changes_when_both_mailboxes_say_yes(house: Runtime) -> None:
    path = here(house)
    visitor = Visitor(house)
    assert visitor.submit(f"{path}/adres", {"address": "jan@emmen.nl"}).status_code == 422
    assert visitor.submit(f"{path}/adres", {"address": "info@assen.nl"}).status_code == 200
    old, new = (mail_with(house, "adres", to=to) for to in ("jan@emmen.nl", "info@assen.nl"))
    to_new = dict(mails(house))["info@assen.nl"]
    assert "emmen" not in to_new
    assert "Jan" not in to_new
    assert visitor.get(old).status_code == 200
    assert visitor.client.head(new).status_code == 200
    assert "Nog één keer ja" in visitor.submit(new, {}).text
    assert readers(house)[0].address == "jan@emmen.nl"
    assert "Uw adres is veranderd" in visitor.submit(old, {}).text
    (reader,) = readers(house)
    assert (reader.address, reader.address_key, reader.shared) == ("info@assen.nl", "info@assen.nl", True)
    assert visitor.get(old).status_code == 410


def test_the_seats_of_the_new_address_come_along_when_the_mail_moves_there(house: Runtime, clock) -> None:
    path, visitor = here(house), Visitor(house)
    with writing(house.engine) as session:
        (jan,) = session.exec(select(Subscriber))
        webinars = [a_webinar(session, clock(), title=f"Webinar {number}") for number in range(3)]
        kept = of_reader(session, clock(), webinars[1], jan).registration.id
        left = of_reader(session, clock(), webinars[2], jan).registration
        withdraw(session, reference=left.reference, now=clock())
        there = []
        for webinar in webinars:  # as a guest, with the new address
            asked = ask_for_a_seat(
                session, webinar=webinar, address="info@assen.nl", wish=Wish(), now=clock()
            )
            confirm(session, reference=asked.registration.reference, now=clock())
            there.append(asked.registration.id)
    visitor.submit(f"{path}/adres", {"address": "info@assen.nl"})
    old, new = (mail_with(house, "adres", to=to) for to in ("jan@emmen.nl", "info@assen.nl"))
    visitor.submit(new, {})
    assert "Uw adres is veranderd" in visitor.submit(old, {}).text
    assert [one.address for one in readers(house)] == ["info@assen.nl"]
    with reading(house.engine) as session:
        found = session.exec(select(Registration).order_by(Registration.webinar_id)).all()
        assert [(one.id, one.standing) for one in found] == [
            (there[0], "seat"), (kept, "seat"), (there[2], "seat"),
        ]  # fmt: skip


def test_moving_to_someone_who_reads_tells_that_one_and_the_page_nothing(house: Runtime, clock) -> None:
    path = here(house)
    with writing(house.engine) as session:
        a_reader(session, clock(), "piet@assen.nl")
    known = Visitor(house).submit(f"{path}/adres", {"address": "piet@assen.nl"})
    unknown = Visitor(house).submit(f"{path}/adres", {"address": "klaas@assen.nl"})
    assert known.text.replace("piet", "klaas") == unknown.text.replace("piet", "klaas")
    assert letters(house) == [
        "confirm-old-address", "already-subscribed", "confirm-old-address", "confirm-new-address",
    ]  # fmt: skip


@pytest.mark.parametrize(("stays", "state"), [("no", "unsubscribed"), ("yes", "active")])
def test_a_colleague_says_yes_in_their_own_name(house: Runtime, stays: str, state: str) -> None:
    path = here(house)
    visitor = Visitor(house)
    assert visitor.submit(f"{path}/collega", {"address": "piet@emmen.nl"}).status_code == 422
    assert visitor.submit(f"{path}/collega", {"address": "piet@emmen.nl", "stays": stays}).status_code == 200
    assert {one.address: one.state for one in readers(house)} == {
        "jan@emmen.nl": "active",
        "piet@emmen.nl": "pending",
    }
    confirming = mail_with(house, "bevestigen", to="piet@emmen.nl")
    assert visitor.submit(confirming, {}).status_code == 303
    assert {one.address: one.state for one in readers(house)} == {
        "jan@emmen.nl": state,
        "piet@emmen.nl": "active",
    }
    with reading(house.engine) as session:
        piet = session.exec(select(Subscriber.id).where(Subscriber.address == "piet@emmen.nl")).one()
        events = session.exec(select(ConsentEvent).where(ConsentEvent.subscriber_id == piet)).all()
        assert [(one.kind, one.source) for one in events] == [
            ("requested", "handed over by a colleague"), ("confirmed", "page /bevestigen"),
        ]  # fmt: skip


def test_one_address_gets_one_mail_an_hour_whoever_asks(house: Runtime) -> None:
    path = here(house)
    visitor = Visitor(house)
    for _time in range(2):
        visitor.submit(f"{path}/collega", {"address": "piet@emmen.nl", "stays": "yes"})
        visitor.submit(f"{path}/adres", {"address": "piet@emmen.nl"})
    assert letters(house).count("hand-over") == 1
    assert letters(house).count("confirm-new-address") == 0
    assert visitor.submit(f"{path}/adres", {"address": "x@emmen.nl"}).status_code == 200
    assert visitor.submit(f"{path}/adres", {"address": "y@emmen.nl"}).status_code == 429


def test_own_data_need_a_fresh_link_that_only_the_mailbox_gets(house: Runtime, clock) -> None:
    path = here(house)
    visitor = Visitor(house)
    with writing(house.engine) as session:
        plan_issue(session, house, issue=an_approved_issue(session, clock(), everyone=["Alle"]), now=clock())
    token = path.rpartition("/")[2]
    assert visitor.get(f"/mijn-gegevens/{token}").status_code == 400
    assert visitor.submit(f"{path}/gegevens", {}).status_code == 200
    fresh = mail_with(house, "mijn-gegevens", to="jan@emmen.nl")
    answer = visitor.get(f"{fresh}/bestand")
    assert answer.headers["content-type"].startswith("application/json")
    data = json.loads(answer.text)
    assert (data["person"]["address"], data["interests"], data["streams"]) == (
        "jan@emmen.nl",
        ["lachgas"],
        ["monthly"],
    )
    assert [one["what"] for one in data["consent"]] == ["confirmed"]
    assert [(one["kind"], one["state"]) for one in data["mails"]] == [("own-data", "sent"), ("issue", "sent")]
    assert data["subscriptions"] == [{"stream": "monthly", "consent": data["consent"][0]["id"]}]
    assert readers(house)[0].reference not in answer.text
    clock.advance(minutes=61)
    assert visitor.get(fresh).status_code == 410


def test_erasing_leaves_a_hash_and_a_ledger_that_names_no_one(house: Runtime, clock) -> None:
    path = here(house)
    visitor = Visitor(house)
    with writing(house.engine) as session:
        plan_issue(session, house, issue=an_approved_issue(session, clock(), everyone=["Alle"]), now=clock())
    visitor.submit(f"{path}/gegevens", {})
    fresh = mail_with(house, "mijn-gegevens")
    assert "jan@emmen.nl" in visitor.get(f"{fresh}/wissen").text
    assert readers(house) != []
    assert visitor.submit(f"{fresh}/wissen", {}).status_code == 200
    with reading(house.engine) as session:
        assert readers(house) == []
        assert session.exec(select(ConsentEvent)).all() == []
        assert {(one.subscriber_id, one.state) for one in session.exec(select(Delivery))} == {(None, "sent")}
        keys = house.settings.signing_keys()
        assert is_suppressed(session, address="JAN@emmen.nl", keys=keys)
    assert visitor.get(path).status_code == 404
    before = len(letters(house))
    assert (
        visitor.submit("/aanmelden", {"address": "jan@emmen.nl", "organisation": "Emmen"}).status_code == 303
    )
    assert (len(letters(house)), readers(house)) == (before, [])


def test_the_link_to_preferences_is_mailed_to_who_is_known_and_the_page_is_the_same(house: Runtime) -> None:
    a_known_reader(house)
    visitor = Visitor(house)
    known = visitor.submit("/voorkeuren", {"address": " JAN@emmen.nl "})
    unknown = visitor.submit("/voorkeuren", {"address": "piet@emmen.nl"})
    assert (known.status_code, known.headers["location"]) == (
        unknown.status_code,
        unknown.headers["location"],
    )
    visitor.submit("/voorkeuren", {"address": "jan@emmen.nl"})
    assert letters(house) == ["preferences-link"]
    assert visitor.get(mail_with(house, "voorkeuren")).status_code == 200
    assert visitor.submit("/voorkeuren", {"address": "jan@"}).status_code == 422


def test_a_reason_for_leaving_is_counted_once_and_names_nobody(house: Runtime) -> None:
    path = link(house, Purpose.UNSUBSCRIBE, [a_known_reader(house), "monthly"])
    visitor = Visitor(house)
    left = visitor.submit(path, {})
    assert 'value="other-work"' in left.text
    assert "checked" not in left.text
    assert "Dank u wel" in visitor.submit(path, {"reason": "other-work"}, to=f"{path}/reden").text
    visitor.submit(path, {"reason": "too-often"}, to=f"{path}/reden")
    with reading(house.engine) as session:
        assert [one.reason for one in session.exec(select(LeavingReason))] == ["other-work"]
    assert set(LeavingReason.model_fields) == {"id", "at", "reason"}
