"""The welcome series: four eyes on every version, each step once, on its day, and nothing after leaving."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from content.approval import approve, content_hash
from content.composing import add_link, change_issue
from content.errors import IssueClosed, NotApproved, WelcomeRefused
from content.issues import Issue, blocks_of
from content.welcome import (
    WelcomeStep,
    begin_series,
    in_use,
    new_version,
    series,
    set_delay,
    switch,
    version_by_id,
    versions,
)
from content.welcome_starter import starter_steps
from service.database import reading, writing
from service.errors import LeavesByItself, NoLateComers
from service.mailing.delivering import deliver_due
from service.mailing.latecomers import add_late_comers, count_late_comers
from service.mailing.ledger import balances, ledger
from service.mailing.maildir import mailbox_folder
from service.mailing.outbox import Delivery, Mailing
from service.mailing.planning import plan_issue
from service.mailing.steering import cancel, pause, resume
from service.mailing.welcoming import use_version, welcome_newcomers
from service.runtime import Runtime
from service.schedule.rhythm import keep_rhythm
from service.schedule.table import SCHEDULE
from service.settings import Settings
from subscribers.following import set_streams, streams_of
from subscribers.leaving import leave
from subscribers.people import Stream, Subscriber
from subscribers.signup import confirm, sign_up
from tests.builders import a_reader
from tests.moments import local, utc

ED, PUB = "ed@kennispost.example", "pub@kennispost.example"
STREAMS = ("monthly", "welcome")


def the_series(runtime: Runtime, *, on: bool = True) -> None:
    """All ten texts of the starter in use."""
    now = runtime.clock()
    with writing(runtime.engine) as session:
        for version, issue in begin_series(session, by=ED, now=now):
            approve(session, issue=issue, approver=PUB, seen_hash=content_hash(session, issue), now=now)
            use_version(session, version=version, issue=issue, now=now)
        if on:
            switch(session, on=True, now=now)


def a_newcomer(runtime: Runtime, address: str = "jan@emmen.example", **more) -> int:
    with writing(runtime.engine) as session:
        return a_reader(session, runtime.clock(), address, streams=STREAMS, **more).id or 0


def a_day(runtime: Runtime) -> str:
    with writing(runtime.engine) as session:
        return welcome_newcomers(session, runtime, now=runtime.clock())


def days(runtime: Runtime, number: int) -> None:
    for _ in range(number):
        runtime.clock.advance(days=1)
        a_day(runtime)


def got(runtime: Runtime, reader: int) -> list[tuple[int, str]]:
    """The steps that this reader has a delivery of, with the language, in the order in which they were queued."""
    with reading(runtime.engine) as session:
        had = (
            select(WelcomeStep.step, Issue.language)
            .join(Mailing, col(Mailing.issue_id) == col(WelcomeStep.issue_id))
            .join(Issue, col(Issue.id) == col(WelcomeStep.issue_id))
            .join(Delivery, col(Delivery.mailing_id) == col(Mailing.id))
        )
        return list(
            session.exec(had.where(Delivery.subscriber_id == reader).order_by(col(Delivery.id))).all()
        )


def test_the_starter_has_five_steps_in_both_languages_each_with_its_source() -> None:
    texts = starter_steps()
    assert [(text.step, text.language) for text in texts] == [
        (step, language) for step in range(1, 6) for language in ("nl", "en")
    ]
    assert all(f"stap {text.step}" in text.body or f"step {text.step}" in text.body for text in texts)
    assert all("Trimbos" in text.body.splitlines()[-1] for text in texts)
    assert len({text.delay_days for text in texts}) == 5


def test_a_version_needs_a_second_person_and_never_changes_in_use(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        version, issue = begin_series(session, by=ED, now=clock())[0]
        assert begin_series(session, by=ED, now=clock()) == []
        with pytest.raises(NotApproved), session.begin_nested():
            use_version(session, version=version, issue=issue, now=clock())
        with pytest.raises(WelcomeRefused):
            switch(session, on=True, now=clock())
        approve(session, issue=issue, approver=PUB, seen_hash=content_hash(session, issue), now=clock())
        with pytest.raises(LeavesByItself):
            plan_issue(session, runtime, issue=issue, now=clock())
        use_version(session, version=version, issue=issue, now=clock())
        with pytest.raises(IssueClosed):
            change_issue(
                session, issue=issue, title="Anders", introduction="", minimum=1, maximum=2, allow_nothing=False, by=ED,
                now=clock(),
            )  # fmt: skip
        with pytest.raises(IssueClosed):
            use_version(session, version=version, issue=issue, now=clock())
        with pytest.raises(WelcomeRefused):
            set_delay(session, version=version, days=366)
        assert [pair[0].id for pair in in_use(session)] == [version.id]


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


def test_a_new_version_takes_the_place_of_the_old_and_nobody_gets_the_step_again(
    runtime: Runtime, clock
) -> None:
    the_series(runtime)
    jan = a_newcomer(runtime)
    days(runtime, 1)
    late = a_newcomer(runtime, "b@x.example")
    with writing(runtime.engine) as session:
        old = in_use(session)[0][0]
        draft, issue = new_version(session, version=old, by=ED, now=clock())
        with pytest.raises(WelcomeRefused):
            new_version(session, version=old, by=ED, now=clock())
        _version, before = version_by_id(session, old.id)
        assert [block.body for block in blocks_of(session, issue)] == [
            block.body for block in blocks_of(session, before)
        ]
        change_issue(
            session, issue=issue, title="Stap 1, opnieuw geschreven", introduction="", minimum=1, maximum=6,
            allow_nothing=False, by=ED, now=clock(),
        )  # fmt: skip
        approve(session, issue=issue, approver=PUB, seen_hash=content_hash(session, issue), now=clock())
        use_version(session, version=draft, issue=issue, now=clock())
        of_step = {one.id for one, other in versions(session) if (one.step, other.language) == (1, "nl")}
        assert of_step == {draft.id}
        assert old.used_until == clock()
    days(runtime, 1)
    assert got(runtime, jan) == [(1, "nl")]
    assert got(runtime, late) == [(1, "nl")]
    with reading(runtime.engine) as session:
        of_new = session.exec(select(Mailing).where(Mailing.issue_id == issue.id)).one()
        assert (of_new.planned, of_new.title) == (1, "Stap 1, opnieuw geschreven")


def test_a_change_of_language_halfway_repeats_nothing(runtime: Runtime, clock) -> None:
    the_series(runtime)
    jan = a_newcomer(runtime)
    days(runtime, 1)
    with writing(runtime.engine) as session:
        session.get_one(Subscriber, jan).language = "en"
    days(runtime, 30)
    assert got(runtime, jan) == [(1, "nl"), (2, "en"), (3, "en"), (4, "en"), (5, "en")]


def test_the_mailing_finishes_and_goes_on_and_its_ledger_balances(runtime: Runtime, clock) -> None:
    the_series(runtime)
    a_newcomer(runtime)
    states = []
    for address in ("b@x.example", "c@x.example"):
        days(runtime, 1)
        a_newcomer(runtime, address)
        deliver_due(runtime)
        with reading(runtime.engine) as session:
            mailing = session.exec(select(Mailing).order_by(col(Mailing.id))).first()
            states.append((mailing.state, mailing.planned, balances(mailing, ledger(session, mailing))))
    assert states == [("finished", 1, True), ("finished", 2, True)]


def test_a_paused_step_waits_and_a_cancelled_one_ends(runtime: Runtime, clock) -> None:
    the_series(runtime)
    jan = a_newcomer(runtime)
    with writing(runtime.engine) as session:
        first, second = (
            session.exec(select(Mailing).where(Mailing.issue_id == issue.id)).one()
            for version, issue in in_use(session)
            if issue.language == "nl" and version.step < 3
        )
        pause(session, mailing=first, by=PUB, now=clock())
        cancel(session, mailing=second, by=PUB, now=clock())
    days(runtime, 5)
    assert deliver_due(runtime).sent == 0
    assert got(runtime, jan) == [(1, "nl")]
    with writing(runtime.engine) as session:
        resume(session, mailing=session.get_one(Mailing, first.id), by=PUB, now=clock())
    assert deliver_due(runtime).sent == 1


def test_nobody_can_be_late_for_a_step(runtime: Runtime, clock) -> None:
    the_series(runtime)
    a_newcomer(runtime)
    with writing(runtime.engine) as session:
        mailing = session.exec(select(Mailing)).first()
        assert count_late_comers(session, mailing=mailing) == 0
        with pytest.raises(NoLateComers):
            add_late_comers(session, runtime, mailing=mailing, by=PUB, now=clock())


def test_each_reader_gets_what_fits_and_leaves_the_series_with_its_own_link(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        (version, issue), *_ = begin_series(session, by=ED, now=clock())
        for slug in ("lachgas", "ghb"):
            add_link(
                session, issue=issue, section_key="practice", title=f"Aanpak van {slug}", body="Werkt.",
                link="https://x.example/", source_name="Bron", by=ED, now=clock(), tags=[slug],
            )  # fmt: skip
        approve(session, issue=issue, approver=PUB, seen_hash=content_hash(session, issue), now=clock())
        use_version(session, version=version, issue=issue, now=clock())
        switch(session, on=True, now=clock())
    a_newcomer(runtime, interests=["lachgas"])
    days(runtime, 1)
    assert deliver_due(runtime).sent == 1
    (mail,) = (file.read_bytes() for file in mailbox_folder(runtime.settings).rglob("*") if file.is_file())
    assert b"Aanpak van lachgas" in mail
    assert b"Aanpak van ghb" not in mail
    assert b"List-Id: <welcome.kennispost.example>" in mail
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail


def test_a_sign_up_brings_the_series_and_what_was_ticked(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        asked = sign_up(
            session, address="jan@emmen.example", name="", organisation_keys=[], interests=[], language="nl",
            vocabulary=runtime.vocabulary, source="test", now=clock(), extra_streams=["digest", "webinars", "nonsense"],
        )  # fmt: skip
        reader = confirm(session, reference=asked.subscriber.reference, now=clock())
        assert streams_of(session, reader) == ["digest", "monthly", "welcome"]


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
        reader = Subscriber(
            reference=f"r{one}", address=f"r{one}@x.example", address_key=f"r{one}@x.example", state="active",
            created_at=runtime.clock(), confirmed_at=runtime.clock(),
        )  # fmt: skip
        session.add(reader)
        session.flush()
        set_streams(session, reader, STREAMS)
