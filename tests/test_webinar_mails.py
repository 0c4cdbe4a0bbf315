"""The mails of webinars, as they arrive: once for each occasion, true at the moment they leave, with the calendar's part."""

import re
from datetime import timedelta

from builders import a_reader
from relay import Relay
from sqlmodel import col, select
from webinars import VOCABULARY, a_plan, a_webinar, move, takes_part

from content.webinars.tables import Webinar
from service.attending import (
    accept_seat,
    ask_to_attend,
    attend,
    call_off,
    change,
    confirm_attending,
    give_seat,
    stop_attending,
    take_seat,
)
from service.database import reading, writing
from service.mailing.occasions import OCCASIONS
from service.runtime import Runtime
from service.schedule.webinars import keep_webinars
from service.templating import templates_folder
from subscribers.registrations.registering import Wish
from subscribers.registrations.tables import Registration, Standing
from tests.posted import arrived, calendar, plain, subjects


def test_each_kind_has_its_folder() -> None:
    for kind in OCCASIONS:
        files = {file.name for file in (templates_folder() / "emails" / kind).iterdir()}
        assert files == {"subject.txt", "body.txt", "body.mjml"}


def test_who_registers_is_told_once_with_a_calendar_object(posting: Runtime, postbox: Relay, clock) -> None:
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock(), title="Lachgas: wat ⟦nu⟧?")
        reader = a_reader(session, clock(), "a@emmen.nl", name="Anna")
        for _time in range(2):
            attend(session, webinar=webinar, subscriber=reader, wish=Wish(name="Anna"), now=clock())
    (mail,) = arrived(posting, postbox)["a@emmen.nl"]
    assert (
        mail["Subject"] == "U doet mee: Lachgas: wat [[nu]]?"
    )  # a title is no place for what differs per person
    assert "Beste Anna," in plain(mail)
    assert "dinsdag 8 december 2026, 10.00 – 11.00 uur" in plain(mail)
    assert re.search(r"http://testserver/webinars/plaats/\S+", plain(mail))
    join = re.search(r"http://testserver/deelnemen/\S+", plain(mail))[0]
    object_ = calendar(mail)
    assert ("METHOD:REQUEST" in object_, "ATTENDEE:mailto:a@emmen.nl" in object_) == (True, True)
    assert join not in object_
    assert arrived(posting, postbox) == {}


def test_an_address_that_was_typed_gets_a_question_without_the_words_of_a_stranger(
    posting: Runtime, postbox: Relay, clock
) -> None:
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        wish = Wish(name="Koop nu bij evil.example")
        asked = ask_to_attend(session, webinar=webinar, address="a@emmen.nl", wish=wish, now=clock())
        reference = asked.registration.reference
    (mail,) = arrived(posting, postbox)["a@emmen.nl"]
    assert mail["Subject"].startswith("Bevestig uw aanmelding")
    assert "evil.example" not in str(mail)
    assert calendar(mail) == ""
    with writing(posting.engine) as session:
        confirm_attending(session, reference=reference, now=clock())
        confirm_attending(session, reference=reference, now=clock())
    assert subjects(posting, postbox) == {"a@emmen.nl": ["U doet mee: Lachgas: wat kan uw gemeente doen?"]}
    with writing(posting.engine) as session:
        webinar = session.exec(select(Webinar)).one()
        clock.advance(minutes=1)
        ask_to_attend(session, webinar=webinar, address="A@emmen.nl", wish=Wish(), now=clock())
    assert subjects(posting, postbox) == {
        "a@emmen.nl": ["U bent al aangemeld: Lachgas: wat kan uw gemeente doen?"]
    }


def test_a_seat_that_is_given_up_leaves_one_calendar_and_is_offered_on(
    posting: Runtime, postbox: Relay, clock
) -> None:
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        for address in ("a@emmen.nl", "b@emmen.nl", "c@emmen.nl"):
            reader = a_reader(session, clock(), address)
            attend(session, webinar=webinar, subscriber=reader, wish=Wish(), now=clock())
        first, second, _third = session.exec(select(Registration.reference).order_by(col(Registration.id)))
    assert {
        address: [one.split(":")[0] for one in each] for address, each in subjects(posting, postbox).items()
    } == {
        "a@emmen.nl": ["U doet mee"],
        "b@emmen.nl": ["U staat op de wachtlijst"],
        "c@emmen.nl": ["U staat op de wachtlijst"],
    }
    clock.advance(hours=1)
    with writing(posting.engine) as session:
        stop_attending(session, reference=first, now=clock())
    mails = arrived(posting, postbox)
    left = calendar(mails["a@emmen.nl"][0])
    assert ("METHOD:CANCEL" in left, "SEQUENCE:1" in left, "X-PERSON-ONLY:True" in left) == (True, True, True)
    assert "tot woensdag 2 december 2026, 11.00 uur" in plain(mails["b@emmen.nl"][0]).replace("\n", " ")
    assert calendar(mails["b@emmen.nl"][0]) == ""
    clock.advance(hours=24)
    keep_webinars(posting)  # nobody answered: it goes to the next
    keep_webinars(posting)
    assert {
        address: [one.split(":")[0] for one in each] for address, each in subjects(posting, postbox).items()
    } == {
        "b@emmen.nl": ["De plaats is naar de volgende"],
        "c@emmen.nl": ["Er is een plaats vrij"],
    }
    with writing(posting.engine) as session:
        third = session.exec(select(Registration).where(Registration.standing == Standing.OFFERED)).one()
        accept_seat(session, reference=third.reference, now=clock())
        accept_seat(session, reference=third.reference, now=clock())
    (mail,) = arrived(posting, postbox)["c@emmen.nl"]
    assert "METHOD:REQUEST" in calendar(mail)
    assert second is not None


def test_an_offer_that_ends_with_the_start_sends_nobody_to_a_seat_that_is_gone(
    posting: Runtime, postbox: Relay, clock
) -> None:
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        first = takes_part(session, clock(), webinar, "a@emmen.nl").registration
        takes_part(session, clock(), webinar, "b@emmen.nl")
        reference, starts = first.reference, webinar.starts_at
    clock.moment = starts - timedelta(minutes=2)
    with writing(posting.engine) as session:
        stop_attending(session, reference=reference, now=clock())
    assert [one.split(":")[0] for one in subjects(posting, postbox)["b@emmen.nl"]] == [
        "Er is een plaats vrij"
    ]
    clock.moment = starts
    keep_webinars(posting)
    assert arrived(posting, postbox) == {}
    with writing(posting.engine) as session:
        assert Standing.LAPSED in session.exec(select(Registration.standing)).all()


def test_a_colleague_takes_over_and_both_calendars_follow(posting: Runtime, postbox: Relay, clock) -> None:
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        giver = takes_part(session, clock(), webinar, "a@emmen.nl", name="Anna").registration
        give_seat(session, reference=giver.reference, address="b@emmen.nl", now=clock())
    (asked,) = arrived(posting, postbox)["b@emmen.nl"]
    assert "a@emmen.nl heeft een plaats voor dit webinar en geeft die aan u." in plain(asked).replace(
        "\n", " "
    )
    with writing(posting.engine) as session:
        colleague = session.exec(select(Registration).where(Registration.standing == Standing.ASKED)).one()
        take_seat(session, reference=colleague.reference, name="Bert", now=clock())
        take_seat(session, reference=colleague.reference, name="Bert", now=clock())
    mails = arrived(posting, postbox)
    assert "METHOD:CANCEL" in calendar(mails["a@emmen.nl"][0])
    assert "METHOD:REQUEST" in calendar(mails["b@emmen.nl"][0])
    assert [len(each) for each in mails.values()] == [1, 1]


def test_a_move_and_a_cancellation_reach_whom_they_concern(posting: Runtime, postbox: Relay, clock) -> None:
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        for address, answer in (("a@emmen.nl", "seat"), ("b@emmen.nl", "seat"), ("c@emmen.nl", "recording")):
            takes_part(session, clock(), webinar, address, answer=answer)
        left = takes_part(session, clock(), webinar, "d@emmen.nl").registration
        stop_attending(session, reference=left.reference, now=clock())
        uid, starts = webinar.uid, webinar.starts_at + timedelta(days=1)
    arrived(posting, postbox)
    plan = a_plan(clock(), starts_at=starts, ends_at=starts + timedelta(hours=1), capacity=1)
    for _time in range(2):  # the same plan again moves nothing
        with writing(posting.engine) as session:
            change(
                session, posting.settings, webinar_id=webinar.id, plan=plan, vocabulary=VOCABULARY, by="anna@example.org",
                now=clock(), notice="De spreker is ziek.",
            )  # fmt: skip
    mails = arrived(posting, postbox)
    assert {address: len(each) for address, each in mails.items()} == {"a@emmen.nl": 1, "b@emmen.nl": 1}
    told = plain(mails["a@emmen.nl"][0]).replace("\n", " ")
    assert "dinsdag 8 december 2026, 10.00 uur" in told
    assert "woensdag 9 december 2026, 10.00 – 11.00 uur" in told
    assert "De spreker is ziek." in told
    object_ = calendar(mails["a@emmen.nl"][0])
    assert (f"UID:{uid}" in object_, "SEQUENCE:1" in object_, "METHOD:REQUEST" in object_) == (
        True,
        True,
        True,
    )
    assert calendar(mails["b@emmen.nl"][0]) == ""
    for _time in range(2):
        with writing(posting.engine) as session:
            call_off(session, posting.settings, webinar_id=webinar.id, by="anna@example.org", now=clock())
    mails = arrived(posting, postbox)
    assert {address: len(each) for address, each in mails.items()} == dict.fromkeys(
        ("a@emmen.nl", "b@emmen.nl", "c@emmen.nl"), 1
    )
    object_ = calendar(mails["a@emmen.nl"][0])
    assert ("METHOD:CANCEL" in object_, "SEQUENCE:2" in object_, "X-PERSON-ONLY:False" in object_) == (
        True,
    ) * 3
    assert calendar(mails["c@emmen.nl"][0]) == ""


def test_a_move_is_told_also_where_the_end_changes_before_that_mail_left(
    posting: Runtime, postbox: Relay, clock
) -> None:
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock())
        takes_part(session, clock(), webinar, "a@emmen.nl")
        webinar_id, starts = webinar.id, webinar.starts_at + timedelta(days=1)
    arrived(posting, postbox)
    for minutes in (60, 90, 120):
        plan = a_plan(clock(), starts_at=starts, ends_at=starts + timedelta(minutes=minutes))
        move(posting, webinar_id, plan)
    mails = arrived(posting, postbox)["a@emmen.nl"]
    assert sorted(str(mail["Subject"]).split(":")[0] for mail in mails) == ["Andere eindtijd", "Andere tijd"]
    assert all("9 december 2026, 10.00 – 12.00 uur" in plain(mail) for mail in mails)
    assert all("SEQUENCE:3" in calendar(mail) for mail in mails)


def test_another_end_is_no_move(posting: Runtime, postbox: Relay, clock) -> None:
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock())
        takes_part(session, clock(), webinar, "a@emmen.nl")
        webinar_id, starts = webinar.id, webinar.starts_at
    arrived(posting, postbox)
    clock.moment = starts - timedelta(hours=1)
    keep_webinars(posting)  # the reminder waits, and stays true
    plan = a_plan(clock(), starts_at=starts, ends_at=starts + timedelta(minutes=90))
    move(posting, webinar_id, plan)
    with reading(posting.engine) as session:
        moved = session.get_one(Webinar, webinar_id)
        assert (moved.previous_starts_at, moved.sequence) == (None, 1)
    mails = {str(mail["Subject"]).split(":")[0]: mail for mail in arrived(posting, postbox)["a@emmen.nl"]}
    assert sorted(mails) == ["Andere eindtijd", "Straks om 10.00 uur"]
    assert all("10.00 – 11.30 uur" in plain(mail) for mail in mails.values())
    object_ = calendar(mails["Andere eindtijd"])
    assert ("METHOD:REQUEST" in object_, "SEQUENCE:1" in object_) == (True, True)
    clock.moment = starts + timedelta(hours=1)  # it goes on, and takes longer still
    longer = a_plan(clock(), starts_at=starts, ends_at=starts + timedelta(hours=2))
    move(posting, webinar_id, longer)
    assert [one.split(":")[0] for one in subjects(posting, postbox)["a@emmen.nl"]] == ["Andere eindtijd"]
