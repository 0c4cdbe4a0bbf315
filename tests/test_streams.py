"""Digest and alert: what they bring, to whom it is not repeated, and weeks of the schedule with a set clock."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from content.alerting import alert_item
from content.approval import approve, content_hash, current_approval
from content.arranging import remove_block
from content.choosing import Profile, choose
from content.composing import add_item, open_issue
from content.drafting import draftable
from content.issues import Block, Issue, IssueKind, blocks_of, candidates_of, limits_of
from content.items import InboxState, Item, ItemTag
from content.repeating import BRINGING
from content.sources import Source, add_source
from service.database import reading, writing
from service.mailing.outbox import Delivery, DeliveryState, Mailing, MailingState
from service.mailing.planning import STREAMS, plan_issue
from service.mailing.repeats import brought_now, candidates_now
from service.runtime import Runtime
from service.schedule.occurrences import Occurrence
from service.schedule.rhythm import keep_rhythm
from service.schedule.table import SCHEDULE, next_weekly, weekly_moments
from service.settings import Settings
from tests.builders import a_reader
from tests.moments import local, utc

LINES = {line.name: line for line in SCHEDULE}
ED = "ed@kennispost.example"


def news(
    session: Session, now: datetime, title: str, *, slug: str = "lachgas", cluster: int | None = None
) -> Item:
    source = session.exec(select(Source)).first() or add_source(
        session, key="rivm", url="https://rivm.example/rss", now=now, enabled=False
    )
    item = Item(
        source_id=source.id, identity=title, title=title, link="https://rivm.example/1", relevance=2, summary="woord " * 60,
        first_seen_at=now, sort_at=now, content_hash="x", vocabulary_version="1", cluster_id=cluster,
        tagged_by="editor",  # so that a harvest of the schedule leaves it as it is
    )  # fmt: skip
    session.add(item)
    session.flush()
    session.add(ItemTag(item_id=item.id, facet="substance", slug=slug))
    session.flush()
    return item


def an_issue(session: Session, runtime: Runtime, kind: str, *items: Item) -> Issue:
    now = runtime.clock()
    issue = open_issue(session, title=f"Een {kind}", by=ED, now=now, kind=kind)
    for item in items:
        add_item(
            session, issue=issue, item=item, section_key=None, vocabulary=runtime.vocabulary, by=ED, now=now
        )
    return issue


def say_yes(session: Session, issue: Issue, now: datetime) -> None:
    approve(session, issue=issue, approver="pub", seen_hash=content_hash(session, issue), now=now)


def send(session: Session, runtime: Runtime, issue: Issue) -> Mailing:
    say_yes(session, issue, runtime.clock())
    return plan_issue(session, runtime, issue=issue, now=runtime.clock())


def titles(session: Session, issue: Issue, *streams: str) -> list[str]:
    """What a reader of lachgas who receives these streams would get."""
    profile = Profile(interests=frozenset({"lachgas"}), streams=frozenset(streams))
    blocks = {block.id: block.title for block in blocks_of(session, issue)}
    return [blocks[one.block_id] for one in choose(candidates_now(session, issue), limits_of(issue), profile)]


def test_the_streams_that_bring_are_the_streams_that_are_mailed() -> None:
    assert {kind: str(STREAMS[kind]) for kind in BRINGING} == dict(BRINGING)


def test_what_a_digest_brought_is_not_repeated_to_its_readers_also_when_the_monthly_was_approved_before(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "m@x.example", interests=["lachgas"])
        a_reader(session, clock(), "both@x.example", interests=["lachgas"], streams=("monthly", "digest"))
        told, other = news(session, clock(), "Verteld"), news(session, clock(), "Nieuw")
        monthly = an_issue(session, runtime, IssueKind.MONTHLY, told, other)
        say_yes(session, monthly, clock())
        digest = an_issue(session, runtime, IssueKind.DIGEST, told)
        assert titles(session, monthly, "monthly", "digest") == ["Verteld", "Nieuw"]
        send(session, runtime, digest)
        assert titles(session, monthly, "monthly", "digest") == ["Nieuw"]
        assert titles(session, monthly, "monthly") == ["Verteld", "Nieuw"]
        assert current_approval(session, monthly) is not None  # what was approved is what it was
        mailing = plan_issue(session, runtime, issue=monthly, now=clock())
        assert mailing.planned == 2
        assert [block.brought_by for block in blocks_of(session, monthly)] == ["digest", ""]
        assert content_hash(session, monthly) == mailing.content_hash  # so that late-comers may still get it


def test_a_digest_that_leaves_after_the_monthly_changes_nothing_for_late_comers(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "both@x.example", interests=["lachgas"], streams=("monthly", "digest"))
        item = news(session, clock(), "Verteld")
        monthly = an_issue(session, runtime, IssueKind.MONTHLY, item)
        digest = an_issue(session, runtime, IssueKind.DIGEST, item)
        send(session, runtime, monthly)
        send(session, runtime, digest)
        assert titles(session, monthly, "monthly", "digest") == ["Verteld"]
        assert [one.brought_by for one in candidates_of(session, monthly)] == [frozenset()]


def test_the_digest_does_not_repeat_the_alert_nor_the_monthly_either(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_reader(
            session, clock(), "a@x.example", interests=["lachgas"], streams=("alerts", "digest", "monthly")
        )
        item = news(session, clock(), "Erkenning vervallen")
        alert, opened = alert_item(session, item=item, vocabulary=runtime.vocabulary, by=ED, now=clock())
        assert opened
        digest = an_issue(session, runtime, IssueKind.DIGEST, item)
        monthly = an_issue(session, runtime, IssueKind.MONTHLY, item)
        send(session, runtime, alert)
        assert titles(session, digest, "alerts", "digest") == []
        assert titles(session, digest, "digest") == ["Erkenning vervallen"]
        mailing = send(session, runtime, digest)
        assert session.exec(select(Delivery.state).where(Delivery.mailing_id == mailing.id)).all() == [
            "skipped"
        ]
        both = dict(brought_now(session, monthly).items())
        assert list(both.values()) == [frozenset({"alerts", "digest"})]


def test_the_same_news_of_another_source_is_no_other_news(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "a@x.example", streams=("digest",))
        first = news(session, clock(), "Bron een")
        first.cluster_id = first.id
        second = news(session, clock(), "Bron twee", cluster=first.id)
        monthly = an_issue(session, runtime, IssueKind.MONTHLY, second)
        send(session, runtime, an_issue(session, runtime, IssueKind.DIGEST, first))
        assert list(brought_now(session, monthly).values()) == [frozenset({"digest"})]


def test_a_digest_that_was_cancelled_brought_nothing_and_a_kind_does_not_spare_its_own(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "a@x.example", streams=("digest",))
        item = news(session, clock(), "Bericht")
        monthly = an_issue(session, runtime, IssueKind.MONTHLY, item)
        mailing = send(session, runtime, an_issue(session, runtime, IssueKind.DIGEST, item))
        again = an_issue(session, runtime, IssueKind.DIGEST, item)
        assert brought_now(session, again) == {}
        assert brought_now(session, monthly)
        mailing.state = MailingState.CANCELLED
        session.add(mailing)
        session.flush()
        assert brought_now(session, monthly) == {}


def test_each_kind_draws_on_what_the_others_used_but_never_twice(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        item = news(session, clock(), "Bericht")
        alert, _ = alert_item(session, item=item, vocabulary=runtime.vocabulary, by=ED, now=clock())
        assert item.state == InboxState.USED
        since = clock() - timedelta(days=7)
        assert draftable(session, kind=IssueKind.DIGEST, since=since) == [item]
        an_issue(session, runtime, IssueKind.DIGEST, item)
        assert draftable(session, kind=IssueKind.DIGEST, since=since) == []
        assert draftable(session, kind=IssueKind.MONTHLY, since=since) == [item]
        assert draftable(session, kind=IssueKind.MONTHLY, since=clock() + timedelta(days=1)) == []
        again, opened = alert_item(
            session, item=news(session, clock(), "Nog een"), vocabulary=runtime.vocabulary, by=ED, now=clock()
        )
        assert (again.id, opened) == (alert.id, False)
        remove_block(session, block=blocks_of(session, alert)[0], by=ED, now=clock())
        assert item.state == InboxState.USED  # it stands in the digest


def test_a_digest_quotes_briefly(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        item = news(session, clock(), "Lang")
        (short,) = blocks_of(session, an_issue(session, runtime, IssueKind.DIGEST, item))
        (whole,) = blocks_of(session, an_issue(session, runtime, IssueKind.MONTHLY, item))
        assert len(short.body) <= 160 < len(whole.body)


def test_the_weekly_moment_is_nine_oclock_here_through_both_switches() -> None:
    assert [local(one) for one in weekly_moments(Settings(), utc("2026-10-14"), utc("2026-10-31"))] == [
        "2026-10-15 09:00", "2026-10-22 09:00", "2026-10-29 09:00",
    ]  # fmt: skip
    assert [local(one) for one in weekly_moments(Settings(), utc("2027-03-24"), utc("2027-04-02"))] == [
        "2027-03-25 09:00", "2027-04-01 09:00",
    ]  # fmt: skip
    monday = Settings(digest_day="mon", digest_draft_days_before=3)
    opened = LINES["open-digest"].moments(monday, utc("2027-03-25"), utc("2027-03-30"))
    assert [local(one) for one in opened] == [
        "2027-03-26 09:00"
    ]  # before the switch, at the same time of the clock
    assert weekly_moments(Settings(digest_day="never"), utc("2026-10-14"), utc("2027-10-14")) == []
    assert next_weekly(Settings(digest_day="never"), utc("2026-10-14")) is None


@pytest.mark.parametrize(
    "changed", [{"digest_day": "daily"}, {"digest_time": "24:00"}, {"digest_draft_days_before": 7}]
)
def test_a_weekly_moment_that_cannot_be_is_refused(changed) -> None:
    with pytest.raises(ValueError, match="digest_"):
        Settings(**changed)


def tick(runtime: Runtime, moment: str) -> dict[str, str]:
    """Two workers look at this moment; what they did."""
    runtime.clock.moment = utc(moment)
    return dict(keep_rhythm(runtime, worker="one") + keep_rhythm(runtime, worker="two"))


def test_weeks_of_digests_and_a_monthly_go_by(runtime: Runtime, clock) -> None:
    """Thursdays at 09:00 (08:00 UTC in winter): drafted on Tuesday, reminded on Wednesday; the monthly issue on 8 December."""
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "m@x.example", interests=["lachgas"])
        news(session, clock(), "Voor niemand")
    assert tick(runtime, "2026-12-01T08:00:30")["open-digest"] == "nobody receives the digest: no draft"
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "both@x.example", interests=["lachgas"], streams=("monthly", "digest"))
    tick(runtime, "2026-12-01T09:00:30")  # the monthly draft opens, and takes the item
    with writing(runtime.engine) as session:
        news(session, utc("2026-12-05T10:00"), "Van de week")
    assert "opened with 2 items" in tick(runtime, "2026-12-08T08:00:30")["open-digest"]
    with writing(runtime.engine) as session:
        digest = session.exec(select(Issue).where(Issue.kind == "digest")).one()
        assert (digest.title, digest.occasion) == ("Weekoverzicht 10 december 2026", "digest-2026-12-10")
        assert digest.send_at == utc("2026-12-10T08:00")
        monthly = session.exec(select(Issue).where(Issue.kind == "monthly")).one()
        say_yes(session, monthly, clock())
    assert "2 readers" in tick(runtime, "2026-12-08T09:00:30")[f"send-issue-{monthly.id}"]
    assert tick(runtime, "2026-12-09T08:00:30")["remind-digest"] == "1 issues wait for approval"
    # Nobody approved it: nothing leaves, and next week it goes on with what came in since.
    assert "not approved" in tick(runtime, "2026-12-10T08:00:30")[f"send-issue-{digest.id}"]
    with writing(runtime.engine) as session:
        news(session, utc("2026-12-11T10:00"), "Een week later")
    assert tick(runtime, "2026-12-15T08:00:30")["open-digest"] == f"issue {digest.id} moved, 1 items added"
    with writing(runtime.engine) as session:
        digest = session.exec(select(Issue).where(Issue.kind == "digest")).one()
        assert (digest.title, digest.send_at) == ("Weekoverzicht 17 december 2026", utc("2026-12-17T08:00"))
        assert len(blocks_of(session, digest)) == 3
        say_yes(session, digest, clock())
    assert "1 readers" in tick(runtime, "2026-12-17T08:00:30")[f"send-issue-{digest.id}"]
    assert tick(runtime, "2026-12-22T08:00:30")["open-digest"] == "nothing to tell: no draft"
    with reading(runtime.engine) as session:
        assert len(session.exec(select(Issue).where(Issue.kind == "digest")).all()) == 1
        opened = session.exec(select(Occurrence).where(Occurrence.schedule == "open-digest")).all()
        assert [row.note.split()[0] for row in sorted(opened, key=lambda row: row.due_at)] == [
            "nobody", "issue", "issue", "nothing",
        ]  # fmt: skip
        # The monthly left first, so its readers had two of the three; the digest is theirs all the same.
        of_digest = select(Delivery).join(Mailing).where(Mailing.issue_id == digest.id)
        assert [one.state for one in session.exec(of_digest)] == [DeliveryState.PLANNED]
        assert session.exec(select(Block.brought_by).where(Block.issue_id == monthly.id)).all() == [""]
