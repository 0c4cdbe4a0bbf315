"""What two people or two processes do at the same moment, and what must hold all the same."""

import socket
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from builders import a_reader, an_approved_issue
from fastapi.testclient import TestClient
from relay import running_relay
from sqlmodel import select

from content.approval import approve, content_hash, current_approval
from content.arranging import change_block
from content.composing import escape_markdown
from content.errors import IssueClosed
from content.issues import Block, Issue, lock_issue
from content.prose import plain_text
from content.sources import add_source
from service.database import reading, writing
from service.demo.story import start_afresh
from service.desk.stages import Stage, standing
from service.errors import NotADemo
from service.mailing.claims import Settlement, claim, hand_over, recover, release, settle
from service.mailing.closing import finish_mailings
from service.mailing.delivering import deliver_due
from service.mailing.outbox import Delivery, DeliveryState, Mailing, MailingState, Variant
from service.mailing.planning import plan_issue
from service.runtime import Runtime
from service.schedule.clockwork import clockwork
from service.schedule.occurrences import Occurrence
from service.schedule.rhythm import keep_rhythm
from service.web.app import make_app


def planned(runtime: Runtime, now) -> None:
    with writing(runtime.engine) as session:
        a_reader(session, now, "a@gemeente.example", interests=["ghb"])
        a_reader(session, now, "b@gemeente.example", interests=["ghb"])
        plan_issue(session, runtime, issue=an_approved_issue(session, now, ("GHB", ["ghb"])), now=now)


def test_an_edit_during_planning_waits_and_is_then_refused(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "a@gemeente.example", interests=["ghb"])
        issue_id = an_approved_issue(session, clock(), ("GHB", ["ghb"])).id
    outcome: list[str] = []

    def edit() -> None:
        with writing(runtime.engine) as session:
            block = session.exec(select(Block).where(Block.issue_id == issue_id)).one()
            try:
                change_block(
                    session, block=block, section_key="news", title="Niet goedgekeurd", body="x",
                    link="https://a.example/", tags=["ghb"], everyone=True, weight=0, by="carla", now=clock(),
                )  # fmt: skip
                outcome.append("changed")
            except IssueClosed:
                outcome.append("closed")

    editor = threading.Thread(target=edit)
    with writing(runtime.engine) as session:
        issue = session.get_one(Issue, issue_id)
        lock_issue(session, issue)
        editor.start()
        editor.join(timeout=0.5)
        assert outcome == []  # it waits for the one who has the issue
        plan_issue(session, runtime, issue=issue, now=clock())
    editor.join(timeout=20)
    assert outcome == ["closed"]
    with reading(runtime.engine) as session:
        assert "Niet goedgekeurd" not in session.exec(select(Variant)).one().text
        assert session.exec(select(Block)).one().title == "GHB"


def test_an_approver_who_changes_the_issue_and_changes_it_back_has_not_approved_it(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        issue = an_approved_issue(session, clock(), ("GHB", ["ghb"]))
        block = session.exec(select(Block)).one()
        kept = {
            "section_key": "news",
            "body": block.body,
            "link": block.link,
            "tags": block.tags,
            "weight": 0,
        }
        for title in ("Anders", "GHB"):
            change_block(
                session, block=block, title=title, everyone=False, by="bert@example.org", now=clock(), **kept
            )
        assert current_approval(session, issue) is None
        approve(session, issue=issue, approver="dina", seen_hash=content_hash(session, issue), now=clock())
        assert current_approval(session, issue) is not None


def test_an_issue_that_is_approved_after_its_moment_does_not_claim_to_leave(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        issue = an_approved_issue(session, clock(), ("GHB", ["ghb"]))
        issue.send_at = clock() + timedelta(minutes=1)
        issue.introduction = "Nog niet goedgekeurd."
    clock.advance(minutes=2)
    keep_rhythm(runtime, worker="w")
    with writing(runtime.engine) as session:
        issue = session.get_one(Issue, issue.id)
        approve(session, issue=issue, approver="dina", seen_hash=content_hash(session, issue), now=clock())
        assert standing(session, issue).stage is Stage.APPROVED


def test_a_worker_that_is_slower_than_its_lease_loses_no_delivery(runtime: Runtime, clock) -> None:
    planned(runtime, clock())
    with writing(runtime.engine) as session:
        first, second = (one.id for one in claim(session, worker="slow", now=clock(), batch=10))
        hand_over(session, {first: "<1@x>", second: "<2@x>"}, worker="slow", now=clock())
    clock.advance(minutes=20)
    with writing(runtime.engine) as session:
        recover(session, now=clock())
        finish_mailings(session, now=clock())
        assert session.exec(select(Mailing)).one().state == MailingState.FINISHED
    with writing(runtime.engine) as session:
        later = Settlement(first, DeliveryState.DEFERRED, "451 later", server="relay", due_at=clock())
        settle(session, [later], worker="slow", now=clock())
        release(session, [second], worker="slow")
    assert deliver_due(runtime).sent == 2
    with reading(runtime.engine) as session:
        assert set(session.exec(select(Delivery.state))) == {"sent"}
        assert session.exec(select(Mailing)).one().state == MailingState.FINISHED


@pytest.mark.parametrize("host", ["smtp..example", ".relay.example", "a" * 70 + ".example"])
def test_a_relay_whose_name_cannot_be_one_leaves_everything_waiting(
    runtime: Runtime, clock, host: str
) -> None:
    planned(runtime, clock())
    runtime.settings.transport, runtime.settings.smtp_host = "smtp", host
    report = deliver_due(runtime)
    assert (report.sent, report.uncertain, report.failed) == (0, 0, 0)
    assert report.unreachable


def test_any_reply_that_says_done_is_done(runtime: Runtime, clock) -> None:
    planned(runtime, clock())
    with running_relay() as relay:
        relay.data["a@gemeente.example"] = "252 2.0.0 queued"
        runtime.settings.transport, runtime.settings.smtp_security = "smtp", "none"
        runtime.settings.smtp_host, runtime.settings.smtp_port = "127.0.0.1", relay.port
        assert deliver_due(runtime).sent == 2


def test_a_demo_never_replaces_somebodys_data(tmp_path: Path) -> None:
    (tmp_path / "kennispost.db").write_bytes(b"real")
    with pytest.raises(NotADemo, match="--data-dir"):
        start_afresh(tmp_path)
    assert (tmp_path / "kennispost.db").read_bytes() == b"real"


@pytest.mark.parametrize("path", ["/edities/%00", "/edities/a%00b"])
def test_what_no_database_can_hold_is_not_found(runtime: Runtime, path: str) -> None:
    with TestClient(make_app(runtime), raise_server_exceptions=False) as site:
        assert site.get(path).status_code == 404


@pytest.mark.parametrize(
    "text", ["2024. Het jaar van", "- een streep", "+ plus", "= is", "&copy; &lt;b&gt;", "1) een"]
)
def test_foreign_text_is_shown_as_it_is(text: str) -> None:
    assert plain_text(escape_markdown(text)) == text


def test_a_stop_does_not_wait_for_a_source_that_hangs(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.schedule.clockwork.RHYTHM_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with writing(runtime.engine) as session:
            address = f"http://127.0.0.1:{silent.getsockname()[1]}/feed"
            add_source(session, key="silent", url=address, now=runtime.clock())
        with clockwork(runtime):
            silent.settimeout(20)
            silent.accept()
            began = time.monotonic()
        assert time.monotonic() - began < 4
    with reading(runtime.engine) as session:
        assert (
            session.exec(select(Occurrence.state).where(Occurrence.schedule == "harvest")).one() == "failed"
        )
