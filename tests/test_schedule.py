"""The rhythm keeps itself: pure moments through both DST switches, and occurrences that happen once."""

import quopri
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from content.approval import approve, content_hash
from content.composing import add_text, open_issue
from content.issues import Issue
from content.items import Item, ItemTag
from content.sources import Source, add_source
from service.clock import AMSTERDAM
from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.outbox import Delivery, Mailing
from service.runtime import Runtime
from service.schedule.occurrences import LEASE, Occurrence, OccurrenceState, claim, settle
from service.schedule.rhythm import keep_rhythm
from service.schedule.table import (
    SCHEDULE,
    Due,
    latest_due,
    monthly_moments,
    next_monthly,
    send_due,
    upcoming,
)
from service.settings import Settings
from service.users import RoleName, add_user
from subscribers.register import load_register
from subscribers.signup import confirm, sign_up

LINES = {line.name: line for line in SCHEDULE}


def local(moment: datetime) -> str:
    return moment.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


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


def test_upcoming_lists_each_line_soonest_first() -> None:
    ahead = upcoming(Settings(), utc("2026-12-02T12:00"))
    assert next(name for name, _ in ahead) == "harvest"
    assert {name for name, _ in ahead} == {*LINES, "monthly"}
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


def a_monthly_world(session: Session, runtime: Runtime, now: datetime) -> None:
    """A reader, an editor and a publisher, and an item fit for a newsletter."""
    load_register(session)
    asked = sign_up(
        session, address="a@gemeente.example", name="A", organisation_keys=["GM0034"], interests=["lachgas"], language="nl",
        vocabulary=runtime.vocabulary, source="test", now=now,
    )  # fmt: skip
    confirm(session, reference=asked.subscriber.reference, now=now)
    add_user(session, address="ed@kennispost.example", name="Ed", roles=[RoleName.EDITOR], now=now)
    add_user(session, address="pub@kennispost.example", name="Pub", roles=[RoleName.PUBLISHER], now=now)
    source = add_source(session, key="rivm", url="https://rivm.example/rss", now=now, enabled=False)
    item = Item(
        source_id=source.id, identity="1", title="Lachgas op school", link="https://rivm.example/1", relevance=2,
        first_seen_at=now, sort_at=now, content_hash="x",
        vocabulary_version=runtime.vocabulary.version,
    )  # fmt: skip
    session.add(item)
    session.flush()
    session.add(ItemTag(item_id=item.id, facet="substance", slug="lachgas"))


def notes(did: list[tuple[str, str]]) -> dict[str, str]:
    return dict(did)


def letters(session: Session) -> list[str]:
    return sorted(mailing.kind for mailing in session.exec(select(Mailing)) if mailing.issue_id is None)


def test_a_month_goes_by_itself_and_only_approval_is_asked_of_people(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_monthly_world(session, runtime, clock())
    clock.moment = utc("2026-12-01T08:59")
    keep_rhythm(runtime, worker="w")
    with reading(runtime.engine) as session:
        assert session.exec(select(Issue)).first() is None
    clock.moment = utc("2026-12-01T09:00:30")
    assert "opened with 1 items" in notes(keep_rhythm(runtime, worker="w"))["open-draft"]
    assert keep_rhythm(runtime, worker="w") == []
    with reading(runtime.engine) as session:
        issue = session.exec(select(Issue)).one()
        assert (issue.title, issue.occasion) == ("Kennispost December 2026", "monthly-2026-12")
        assert issue.send_at == utc("2026-12-08T09:00")
    clock.moment = utc("2026-12-06T09:00:30")
    assert notes(keep_rhythm(runtime, worker="w"))["remind-editors"] == "1 issues wait for approval"
    with writing(runtime.engine) as session:
        assert letters(session) == ["remind-editors", "remind-editors"]
        issue = session.exec(select(Issue)).one()
        approve(session, issue=issue, approver="pub", seen_hash=content_hash(session, issue), now=clock())
    clock.moment = utc("2026-12-08T09:00:05")
    did = notes(keep_rhythm(runtime, worker="w"))
    assert did[f"send-issue-{issue.id}"].endswith("1 readers")
    assert keep_rhythm(runtime, worker="another") == []
    with reading(runtime.engine) as session:
        mailing = session.exec(select(Mailing).where(Mailing.issue_id == issue.id)).one()
        assert len(session.exec(select(Delivery).where(Delivery.mailing_id == mailing.id)).all()) == 1


def test_without_approval_nothing_is_sent_and_the_editors_hear_of_it_once(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_monthly_world(session, runtime, clock())
        issue = open_issue(
            session, title="December", by="ed", now=clock(), send_at=clock() + timedelta(hours=1)
        )
        add_text(session, issue=issue, section_key="news", title="T", body="B", by="ed", now=clock())
    clock.advance(hours=1, seconds=3)
    assert "nothing was sent" in notes(keep_rhythm(runtime, worker="w"))[f"send-issue-{issue.id}"]
    keep_rhythm(runtime, worker="other")
    with reading(runtime.engine) as session:
        assert letters(session) == ["issue-not-approved", "issue-not-approved"]
        assert session.get(Issue, issue.id).closed_at is None


def test_an_issue_whose_moment_is_long_past_asks_a_person(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_monthly_world(session, runtime, clock())
        issue = open_issue(
            session, title="December", by="ed", now=clock(), send_at=clock() + timedelta(hours=1)
        )
        add_text(session, issue=issue, section_key="news", title="T", body="B", by="ed", now=clock())
        approve(session, issue=issue, approver="pub", seen_hash=content_hash(session, issue), now=clock())
    clock.advance(hours=14)
    assert "a person decides" in notes(keep_rhythm(runtime, worker="w"))[f"send-issue-{issue.id}"]
    with reading(runtime.engine) as session:
        assert letters(session) == ["occurrence-expired", "occurrence-expired"]
        due = send_due(issue.id, utc("2026-12-01T10:00"), runtime.settings)
        row = session.exec(select(Occurrence).where(Occurrence.schedule == due.schedule)).one()
        assert (row.state, row.due_at) == (OccurrenceState.EXPIRED, due.due_at)
        assert session.exec(select(Mailing).where(Mailing.issue_id == issue.id)).first() is None


def test_a_clock_that_jumps_an_hour_back_doubles_nothing(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_monthly_world(session, runtime, clock())
        issue = open_issue(
            session, title="December", by="ed", now=clock(), send_at=clock() + timedelta(minutes=30)
        )
        add_text(session, issue=issue, section_key="news", title="T", body="B", by="ed", now=clock())
        approve(session, issue=issue, approver="pub", seen_hash=content_hash(session, issue), now=clock())
    clock.advance(minutes=31)
    first = keep_rhythm(runtime, worker="w")
    clock.advance(hours=-1)
    keep_rhythm(runtime, worker="w")
    clock.advance(hours=1, minutes=1)
    again = keep_rhythm(runtime, worker="w")
    assert f"send-issue-{issue.id}" in notes(first)
    assert f"send-issue-{issue.id}" not in notes(again)
    with reading(runtime.engine) as session:
        assert len(session.exec(select(Mailing).where(Mailing.issue_id == issue.id)).all()) == 1
        rows = [(row.schedule, row.due_at) for row in session.exec(select(Occurrence))]
        assert len(rows) == len(set(rows))


def test_a_clock_that_jumps_an_hour_on_loses_nothing(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_monthly_world(session, runtime, clock())
    clock.moment = utc("2026-12-01T08:50")
    keep_rhythm(runtime, worker="w")
    clock.advance(hours=1)
    assert "opened" in notes(keep_rhythm(runtime, worker="w"))["open-draft"]


def test_a_draft_that_nobody_opened_in_time_asks_a_person_but_not_on_the_first_day(
    runtime: Runtime, clock
) -> None:
    clock.moment = utc("2026-12-09T12:00")
    with writing(runtime.engine) as session:
        a_monthly_world(session, runtime, clock())
    assert notes(keep_rhythm(runtime, worker="w"))["open-draft"] == "too late; the next moment takes over"
    clock.moment = utc("2027-01-13T12:00")
    assert "a person decides" in notes(keep_rhythm(runtime, worker="w"))["open-draft"]
    with reading(runtime.engine) as session:
        assert letters(session) == ["occurrence-expired", "occurrence-expired"]


def test_a_failing_action_is_tried_again_and_leaves_nothing_half_done(
    runtime: Runtime, clock, monkeypatch
) -> None:
    with writing(runtime.engine) as session:
        a_monthly_world(session, runtime, clock())
    clock.moment = utc("2026-12-01T09:00:30")
    broken = Runtime(settings=runtime.settings, engine=runtime.engine, clock=clock, vocabulary=None)  # type: ignore[arg-type]
    assert notes(keep_rhythm(broken, worker="w"))["open-draft"].startswith("AttributeError")
    with reading(runtime.engine) as session:
        assert session.exec(select(Issue)).first() is None
    assert "open-draft" not in notes(keep_rhythm(runtime, worker="w"))
    clock.advance(minutes=6)
    assert "opened" in notes(keep_rhythm(runtime, worker="w"))["open-draft"]


def test_two_processes_open_one_draft(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_monthly_world(session, runtime, clock())
    clock.moment = utc("2026-12-01T09:00:30")
    did: list[list[tuple[str, str]]] = []
    threads = [
        threading.Thread(target=lambda n=n: did.append(keep_rhythm(runtime, worker=f"w{n}")))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("open-draft" in notes(each) for each in did) == 1
    with reading(runtime.engine) as session:
        assert len(session.exec(select(Issue)).all()) == 1
        assert session.exec(select(Source)).one().key == "rivm"


def test_an_issue_that_is_too_large_for_mail_programs_is_not_sent_and_the_editors_hear_why(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        a_monthly_world(session, runtime, clock())
        issue = open_issue(
            session, title="December", by="ed", now=clock(), send_at=clock() + timedelta(minutes=5)
        )
        long = "Een zin die ergens over gaat. " * 4000
        add_text(
            session,
            issue=issue,
            section_key="news",
            title="T",
            body=long,
            by="ed",
            now=clock(),
            everyone=True,
        )
        approve(session, issue=issue, approver="pub", seen_hash=content_hash(session, issue), now=clock())
    clock.advance(minutes=6)
    assert "nothing was sent" in notes(keep_rhythm(runtime, worker="w"))[f"send-issue-{issue.id}"]
    with reading(runtime.engine) as session:
        assert letters(session) == ["issue-refused", "issue-refused"]
        assert session.get_one(Issue, issue.id).closed_at is None
        assert session.exec(select(Mailing).where(Mailing.issue_id == issue.id)).first() is None
    report = deliver_due(runtime)
    assert (report.sent, report.failed) == (2, 0)
    mail = (runtime.settings.data_dir / "postbus" / "new").iterdir()
    assert all("De mail is te groot" in quopri.decodestring(one.read_bytes()).decode() for one in mail)
