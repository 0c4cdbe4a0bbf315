"""The rhythm keeps itself: a month goes by, and what is due happens once or asks a person."""

import quopri
import threading
from datetime import datetime, timedelta

from sqlmodel import Session, select

from content.approval import approve, content_hash
from content.composing import add_text, open_issue
from content.issues import Issue
from content.items import Item, ItemTag
from content.sources import Source, add_source
from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.outbox import Delivery, Mailing
from service.runtime import Runtime
from service.schedule.occurrences import Occurrence, OccurrenceState
from service.schedule.rhythm import keep_rhythm
from service.schedule.table import (
    send_due,
)
from service.users import RoleName, add_user
from subscribers.register import load_register
from subscribers.signup import confirm, sign_up
from tests.moments import utc


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
