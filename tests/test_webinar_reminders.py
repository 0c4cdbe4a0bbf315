"""Reminders of webinars: at their moments, once, anew after a move, and never too late."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import a_reader
from colleague import ANNA, a_colleague
from conftest import SetClock
from relay import Relay
from sqlmodel import col, select
from webinars import a_plan, a_webinar, move, of_reader, takes_part

from content.webinars.tables import Webinar
from service.attending import (
    stop_attending,
)
from service.database import reading, writing
from service.desk.moments import wall_moment
from service.mailing.ledger import balances, ledger
from service.mailing.outbox import Delivery, Mailing
from service.runtime import Runtime
from service.schedule.webinars import keep_webinars
from tests.posted import arrived, calendar, plain, subjects


def reminders_by_state(posting: Runtime) -> dict[tuple[str, str, str], int]:
    """How many deliveries of reminders there are, by kind, state and what was said."""
    found: dict[tuple[str, str, str], int] = {}
    with reading(posting.engine) as session:
        wanted = select(Mailing.kind, Delivery.state, Delivery.reply).join(
            Delivery, col(Delivery.mailing_id) == col(Mailing.id)
        )
        for kind, state, reply in session.exec(wanted.where(col(Mailing.occasion).like("webinar-%-%-%:%:%"))):
            if kind in ("webinar-day", "webinar-hour", "webinar-start"):
                key = (kind, state, reply)
                found[key] = found.get(key, 0) + 1
    return found


def test_reminders_leave_at_their_moments_and_who_came_later_is_noted_as_missed(
    posting: Runtime, postbox: Relay, clock
) -> None:
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock())
        takes_part(session, clock(), webinar, "a@emmen.nl", name="Anna")
        takes_part(session, clock(), webinar, "w@emmen.nl", answer="recording")
    clock.advance(days=6, minutes=-1)
    assert keep_webinars(posting) == []
    clock.advance(minutes=1)
    assert len(keep_webinars(posting)) == 1
    assert keep_webinars(posting) == []
    mails = arrived(posting, postbox)
    assert [str(one["Subject"]) for one in mails["a@emmen.nl"]] == [
        "Herinnering: Lachgas: wat kan uw gemeente doen?, dinsdag 8 december 2026, 10.00 uur"
    ]
    assert list(mails) == ["a@emmen.nl"]
    assert "http://testserver/deelnemen/" in plain(mails["a@emmen.nl"][0])
    assert calendar(mails["a@emmen.nl"][0]) == ""
    clock.advance(hours=1)
    with writing(posting.engine) as session:
        takes_part(session, clock(), session.exec(select(Webinar)).one(), "late@emmen.nl")
    keep_webinars(posting)
    assert arrived(posting, postbox) == {}
    clock.advance(hours=22)
    keep_webinars(posting)
    assert sorted(subjects(posting, postbox)) == ["a@emmen.nl", "late@emmen.nl"]
    clock.advance(minutes=55)
    keep_webinars(posting)
    assert subjects(posting, postbox)["a@emmen.nl"] == ["We beginnen: Lachgas: wat kan uw gemeente doen?"]
    came_later = "Missed: they got their seat after its moment."
    assert reminders_by_state(posting) == {
        ("webinar-day", "sent", ""): 1,
        ("webinar-day", "skipped", came_later): 1,
        ("webinar-hour", "sent", ""): 2,
        ("webinar-start", "sent", ""): 2,
    }
    with reading(posting.engine) as session:
        for mailing in session.exec(select(Mailing)):
            assert balances(mailing, ledger(session, mailing))


def test_a_reminder_that_could_not_leave_in_time_is_noted_as_missed(
    posting: Runtime, postbox: Relay, clock
) -> None:
    with writing(posting.engine) as session:
        takes_part(session, clock(), a_webinar(session, clock()), "a@emmen.nl")
    clock.advance(days=6, hours=23, minutes=30)  # nothing ran for a day
    keep_webinars(posting)
    assert [one.split(" ")[0] for one in subjects(posting, postbox)["a@emmen.nl"]] == ["Straks"]
    assert (
        "webinar-day",
        "skipped",
        "Missed: its moment was over before it could leave.",
    ) in reminders_by_state(posting)


@pytest.mark.parametrize(
    ("due", "late", "leaves"), [(60, 6, True), (60, 5, False), (5, -14, True), (5, -15, False)]
)
def test_a_reminder_that_waited_for_a_relay_leaves_only_while_it_is_true(
    posting: Runtime, postbox: Relay, clock, due: int, late: int, leaves: bool
) -> None:
    """Minutes before the start: when it is due, and when the relay takes mail again."""
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock())
        takes_part(session, clock(), webinar, "a@emmen.nl")
    clock.moment = webinar.starts_at - timedelta(minutes=due)
    keep_webinars(posting)
    clock.moment = webinar.starts_at - timedelta(minutes=late)
    assert bool(arrived(posting, postbox)) == leaves


def test_a_move_makes_all_reminders_anew(posting: Runtime, postbox: Relay, clock) -> None:
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock())
        takes_part(session, clock(), webinar, "a@emmen.nl")
        webinar_id, starts = webinar.id, webinar.starts_at
    clock.advance(days=6)
    keep_webinars(posting)  # the day before is queued, and not sent yet
    later = starts + timedelta(days=7)
    plan = a_plan(clock(), starts_at=later, ends_at=later + timedelta(hours=1))
    move(posting, webinar_id, plan)
    assert [one.split(":")[0] for one in subjects(posting, postbox)["a@emmen.nl"]] == ["Andere tijd"]
    clock.advance(days=1)
    keep_webinars(posting)
    assert arrived(posting, postbox) == {}
    clock.advance(days=6)
    keep_webinars(posting)
    assert [one.split(":")[0] for one in subjects(posting, postbox)["a@emmen.nl"]] == ["Herinnering"]
    moved = "The webinar was moved or cancelled before this mail left."
    assert reminders_by_state(posting) == {
        ("webinar-day", "cancelled", moved): 1,
        ("webinar-day", "sent", ""): 1,
    }
    soon = clock() + timedelta(hours=2)
    plan = a_plan(clock(), starts_at=soon, ends_at=soon + timedelta(hours=1))
    move(posting, webinar_id, plan)
    keep_webinars(posting)  # of the day before the new start nobody is told any more: the move said it
    assert [one.split(":")[0] for one in subjects(posting, postbox)["a@emmen.nl"]] == ["Andere tijd"]


def test_who_withdrew_after_a_reminder_was_queued_does_not_get_it(
    posting: Runtime, postbox: Relay, clock
) -> None:
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock())
        reader = a_reader(session, clock(), "a@emmen.nl")
        reference = of_reader(session, clock(), webinar, reader).registration.reference
    clock.advance(days=6)
    keep_webinars(posting)
    with writing(posting.engine) as session:
        stop_attending(session, reference=reference, now=clock())
    assert [one.split(":")[0] for one in subjects(posting, postbox)["a@emmen.nl"]] == ["U bent afgemeld"]


@pytest.mark.parametrize(
    ("day", "day_before", "hours"),
    [
        ("2026-10-25", datetime(2026, 10, 24, 12, 0, tzinfo=UTC), 25),  # the clock went back
        ("2027-03-28", datetime(2027, 3, 27, 13, 0, tzinfo=UTC), 23),  # and forward
    ],
)  # fmt: skip
def test_the_day_before_is_the_same_time_of_the_clock_where_it_changes(
    posting: Runtime, postbox: Relay, clock, day: str, day_before: datetime, hours: int
) -> None:
    starts = wall_moment(day, "14:00")
    assert starts - day_before == timedelta(hours=hours)
    clock.moment = starts - timedelta(days=7)
    with writing(posting.engine) as session:
        plan = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
        takes_part(session, clock(), a_webinar(session, clock(), **plan), "a@emmen.nl")
    clock.moment = day_before - timedelta(seconds=1)
    assert keep_webinars(posting) == []
    clock.moment = day_before
    assert len(keep_webinars(posting)) == 1
    (mail,) = arrived(posting, postbox)["a@emmen.nl"]
    assert "14.00 – 15.00 uur" in plain(mail)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_desk_says_who_was_not_reminded_and_why(
    posting: Runtime, postbox: Relay, clock: SetClock
) -> None:
    with writing(posting.engine) as session:
        webinar = a_webinar(session, clock())
        takes_part(session, clock(), webinar, "early@emmen.example")
    clock.moment = webinar.starts_at - timedelta(hours=20)
    with writing(posting.engine) as session:
        takes_part(session, clock(), session.get_one(Webinar, webinar.id), "late@emmen.example")
    keep_webinars(posting)
    arrived(posting, postbox)
    anna = a_colleague(posting, ANNA, "Anna", "editor")
    page = anna.get(f"/redactie/webinars/{webinar.id}").text
    assert "Herinnering, een dag ervoor" in page
    assert "1 van 2" in page
    assert "1 niet nodig: kreeg pas daarna een plaats" in page
