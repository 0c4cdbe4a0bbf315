"""The welcome series: each step once, on its day, and nothing after leaving."""

from collections import Counter
from datetime import timedelta

from sqlmodel import Session, select

from content.welcome import (
    series,
    switch,
)
from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.outbox import Mailing
from service.runtime import Runtime
from service.schedule.rhythm import keep_rhythm
from service.schedule.table import SCHEDULE
from service.settings import Settings
from subscribers.following import streams_of
from subscribers.leaving import leave
from subscribers.people import Stream, Subscriber
from subscribers.signup import confirm, sign_up
from tests.builders import a_reader
from tests.moments import local, utc
from tests.newcomers import STREAMS, a_day, a_newcomer, days, got, the_series


def test_a_newcomer_gets_five_mails_each_on_its_day_and_then_is_no_newcomer(runtime: Runtime, clock) -> None:
    the_series(runtime)
    jan, anne = a_newcomer(runtime), a_newcomer(runtime, "anne@x.example", language="en")
    seen: list[tuple[int, int]] = []
    for day in range(1, 60):
        days(runtime, 1)
        seen += [(day, step) for step, _ in got(runtime, jan)[len(seen) :]]
    assert seen == [(1, 1), (4, 2), (8, 3), (12, 4), (16, 5)]
    assert got(runtime, anne) == [(step, "en") for step in range(1, 6)]
    with reading(runtime.engine) as session:
        assert streams_of(session, session.get_one(Subscriber, jan)) == ["monthly"]
        for mailing in session.exec(select(Mailing)):
            assert (mailing.planned, mailing.stream) == (1, "welcome")


def test_twice_a_day_is_once_and_a_reader_who_left_gets_nothing_more(runtime: Runtime, clock) -> None:
    the_series(runtime)
    jan = a_newcomer(runtime)
    clock.advance(days=1)
    assert a_day(runtime) == "1 welcome mails: 1 of step 1"
    assert a_day(runtime) == "0 welcome mails"
    assert deliver_due(runtime).sent == 1
    with writing(runtime.engine) as session:
        reader = session.get_one(Subscriber, jan)
        assert leave(session, subscriber=reader, stream=Stream.WELCOME, source="one-click", now=clock()) == [
            "welcome"
        ]
        assert streams_of(session, reader) == ["monthly"]
    days(runtime, 30)
    assert got(runtime, jan) == [(1, "nl")]


def test_leaving_the_newsletter_is_leaving_the_series_and_stops_what_was_queued(
    runtime: Runtime, clock
) -> None:
    the_series(runtime)
    jan = a_newcomer(runtime)
    clock.advance(days=1)
    a_day(runtime)
    with writing(runtime.engine) as session:
        reader = session.get_one(Subscriber, jan)
        left = leave(session, subscriber=reader, stream=Stream.MONTHLY, source="one-click", now=clock())
        assert left == ["monthly", "welcome"]
        assert reader.state == "unsubscribed"
    report = deliver_due(runtime)
    assert (report.sent, report.cancelled) == (0, 1)
    days(runtime, 30)
    assert len(got(runtime, jan)) == 1


def test_who_confirmed_before_the_series_existed_never_gets_it(runtime: Runtime, clock) -> None:
    the_series(runtime, on=False)
    before = a_newcomer(runtime)
    assert a_day(runtime) == "the welcome series is off"
    clock.advance(hours=1)
    with writing(runtime.engine) as session:
        switch(session, on=True, now=clock())
    after = a_newcomer(runtime, "b@x.example")
    days(runtime, 40)
    assert got(runtime, before) == []
    assert len(got(runtime, after)) == 5


def test_after_a_while_off_each_reader_goes_on_a_mail_a_day_and_what_is_too_late_is_left_out(
    runtime: Runtime, clock
) -> None:
    the_series(runtime)
    jan = a_newcomer(runtime)
    days(runtime, 4)
    with writing(runtime.engine) as session:
        since = series(session).since
        switch(session, on=False, now=clock())
    days(runtime, 20)
    with writing(runtime.engine) as session:
        assert switch(session, on=True, now=clock()).since == since
    days(runtime, 1)
    assert got(runtime, jan) == [(1, "nl"), (2, "nl"), (4, "nl")]  # step 3 was due 17 days ago
    days(runtime, 1)
    assert got(runtime, jan)[-1] == (5, "nl")


def test_a_change_of_language_halfway_repeats_nothing(runtime: Runtime, clock) -> None:
    the_series(runtime)
    jan = a_newcomer(runtime)
    days(runtime, 1)
    with writing(runtime.engine) as session:
        session.get_one(Subscriber, jan).language = "en"
    days(runtime, 30)
    assert got(runtime, jan) == [(1, "nl"), (2, "en"), (3, "en"), (4, "en"), (5, "en")]


def test_a_sign_up_brings_the_series_and_what_was_ticked(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        asked = sign_up(
            session, address="jan@emmen.example", name="", organisation_keys=[], interests=[], language="nl",
            vocabulary=runtime.vocabulary, source="test", now=clock(), extra_streams=["digest", "webinars", "nonsense"],
        )  # fmt: skip
        reader = confirm(session, reference=asked.subscriber.reference, now=clock())
        assert streams_of(session, reader) == ["digest", "monthly", "webinars", "welcome"]


def test_the_series_is_kept_by_the_schedule_each_day_at_twenty_to_ten(runtime: Runtime, clock) -> None:
    line = next(line for line in SCHEDULE if line.name == "welcome")
    for around, first in (
        ("2026-10-24", 24),
        ("2027-03-27", 27),
    ):  # the clock changes on the second of these days
        start = utc(around)
        moments = line.moments(Settings(), start, start + timedelta(days=3))
        assert [local(one)[8:] for one in moments] == [f"{first + number} 09:40" for number in range(3)]
    the_series(runtime)
    jan = a_newcomer(runtime)
    done: Counter[str] = Counter()
    for _ in range(48):
        clock.advance(hours=1)
        for worker in ("one", "two"):
            done.update(name for name, _note in keep_rhythm(runtime, worker=worker))
    assert done["welcome"] == 3  # the moment of the first morning was still open when it began
    assert got(runtime, jan) == [(1, "nl")]


def test_many_newcomers_cost_a_step_one_statement(runtime: Runtime, clock) -> None:
    the_series(runtime)
    with writing(runtime.engine) as session:
        _many(session, runtime, 300)
    clock.advance(days=1)
    assert a_day(runtime) == "300 welcome mails: 300 of step 1"


def _many(session: Session, runtime: Runtime, number: int) -> None:
    for one in range(number):
        a_reader(session, runtime.clock(), f"r{one}@x.example", streams=STREAMS)
