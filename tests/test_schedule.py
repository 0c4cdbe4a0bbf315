"""The moments of the schedule through both DST switches, and claims that one worker wins."""

import threading
from datetime import timedelta

import pytest

from service.database import writing
from service.runtime import Runtime
from service.schedule.occurrences import LEASE, OccurrenceState, claim, settle
from service.schedule.table import (
    SCHEDULE,
    Due,
    latest_due,
    monthly_moments,
    next_monthly,
    upcoming,
)
from service.settings import Settings
from tests.moments import local, utc

LINES = {line.name: line for line in SCHEDULE}


def test_the_monthly_moment_is_ten_oclock_here_in_summer_and_in_winter() -> None:
    moments = monthly_moments(Settings(), utc("2026-09-01"), utc("2027-05-01"))
    assert [local(moment) for moment in moments] == [
        "2026-09-08 10:00", "2026-10-13 10:00", "2026-11-10 10:00", "2026-12-08 10:00",
        "2027-01-12 10:00", "2027-02-09 10:00", "2027-03-09 10:00", "2027-04-13 10:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("after", "until", "expected"),
    [
        ("2026-10-20", "2026-10-28", ["2026-10-25 02:30"]),  # the clock goes back: 02:30 comes twice
        ("2027-03-24", "2027-03-31", ["2027-03-28 03:30"]),  # the clock goes on: 02:30 does not come
    ],
)
def test_a_moment_in_the_night_of_the_switch_comes_once(after: str, until: str, expected: list[str]) -> None:
    settings = Settings(monthly_day="last sun", monthly_time="02:30")
    assert [local(moment) for moment in monthly_moments(settings, utc(after), utc(until))] == expected


def test_days_before_are_days_of_the_calendar_across_a_switch() -> None:
    settings = Settings(monthly_day="last mon", draft_days_before=7)
    moments = LINES["open-draft"].moments(settings, utc("2027-03-01"), utc("2027-04-01"))
    assert [local(moment) for moment in moments] == ["2027-03-22 10:00"]


@pytest.mark.parametrize("day", ["2026-10-25", "2027-03-28", "2026-12-01"])
def test_the_harvest_runs_each_real_hour_of_any_day(day: str) -> None:
    start = utc(day)
    assert len(LINES["harvest"].moments(Settings(), start, start + timedelta(hours=24))) == 24


@pytest.mark.parametrize("day", ["31", "5th mon", "30", "mon", "*"])
def test_a_day_that_some_months_lack_is_refused(day: str) -> None:
    with pytest.raises(ValueError, match="monthly_day"):
        Settings(monthly_day=day)


def test_a_missed_moment_is_the_latest_one_only() -> None:
    due = latest_due(LINES["harvest"], Settings(), utc("2026-12-01T12:30"))
    assert due is not None
    assert (due.due_at, due.expires_at) == (utc("2026-12-01T12:07"), utc("2026-12-01T13:07"))


def test_what_came_back_is_fetched_every_five_minutes_where_a_mailbox_is_set() -> None:
    now = utc("2026-12-02T12:01")
    assert latest_due(LINES["bounces"], Settings(), now) is None
    settings = Settings(bounces="/var/mail/bounces")
    assert latest_due(LINES["bounces"], settings, now).due_at == utc("2026-12-02T12:00")
    assert dict(upcoming(settings, now))["bounces"] == utc("2026-12-02T12:05")


def test_upcoming_lists_each_line_soonest_first() -> None:
    ahead = upcoming(Settings(), utc("2026-12-02T12:00"))
    assert next(name for name, _ in ahead) == "harvest"
    assert {name for name, _ in ahead} == {*LINES, "monthly", "digest"} - {"bounces"}
    assert [moment for _, moment in ahead] == sorted(moment for _, moment in ahead)
    assert next_monthly(Settings(), utc("2026-12-02")) == utc("2026-12-08T09:00")


DUE = Due("harvest", utc("2026-12-01T12:07"), utc("2026-12-01T13:07"))


def test_a_moment_is_claimed_by_one_worker(runtime: Runtime, clock) -> None:
    won: list[str] = []

    def work(name: str) -> None:
        with writing(runtime.engine) as session:
            if claim(session, due=DUE, worker=name, now=clock()):
                won.append(name)

    threads = [threading.Thread(target=work, args=(f"worker-{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_a_dead_worker_loses_its_moment_and_cannot_finish_it_afterwards(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        assert claim(session, due=DUE, worker="dies", now=clock())
        assert claim(session, due=DUE, worker="waits", now=clock()) is None
        later = clock.advance(seconds=LEASE.total_seconds() + 1)
        assert claim(session, due=DUE, worker="takes over", now=later)
        done = OccurrenceState.DONE
        assert not settle(session, due=DUE, worker="dies", state=done, note="", now=later)
        assert settle(session, due=DUE, worker="takes over", state=done, note="ok", now=later)
        assert claim(session, due=DUE, worker="again", now=later + timedelta(days=1)) is None
