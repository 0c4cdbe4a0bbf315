"""What is due leaves once, and each reply of the relay is heard, on both engines, over real SMTP."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import event
from sqlmodel import select

from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.ledger import balances, ledger
from service.mailing.letters import post_letter
from service.mailing.maildir import arrived, read_all
from service.mailing.mailings import message_id_of
from service.mailing.outbox import Attempt, Delivery, DeliveryState, Mailing, MailingState
from service.mailing.planning import plan_issue
from service.mailing.retrying import GIVE_UP_AFTER, settlement_of
from service.mailing.transport import Outcome, Result
from service.runtime import Runtime
from subscribers.people import Subscriber, Subscription
from subscribers.suppression import suppress
from tests.builders import a_municipality, a_reader, a_sign_in_letter, a_user, an_approved_issue
from tests.mailings import a_claim, deliveries, over_smtp, plan, states
from tests.relay import Relay, running_relay


@pytest.fixture
def relay() -> Iterator[Relay]:
    with running_relay() as made:
        yield made


@pytest.fixture
def by_smtp(runtime: Runtime, relay: Relay) -> Runtime:
    return over_smtp(runtime, relay)


def test_an_issue_reaches_each_reader_once_and_its_mailing_is_finished(
    by_smtp: Runtime, relay: Relay
) -> None:
    mailing_id = plan(by_smtp, readers=7)
    report = deliver_due(by_smtp, batch=3)
    assert report.sent == 7
    assert sorted(relay.recipients) == [f"lezer{number}@gemeente.example" for number in range(7)]
    with reading(by_smtp.engine) as session:
        mailing = session.get_one(Mailing, mailing_id)
        assert (mailing.state, mailing.finished_at) == (MailingState.FINISHED, by_smtp.clock())
        counts = ledger(session, mailing)
        assert balances(mailing, counts)
        assert sum(counts.values()) == mailing.planned
        attempts = session.exec(select(Attempt)).all()
        assert [(one.outcome, one.code) for one in attempts] == [("sent", 250)] * 7
        assert all(str(relay.port) in one.server for one in attempts)
    assert deliver_due(by_smtp).sent == 0
    assert len(relay.received) == 7


def test_what_arrives_is_the_readers_own_issue(by_smtp: Runtime, relay: Relay, clock) -> None:
    with writing(by_smtp.engine) as session:
        place = a_municipality(session)
        anna = a_reader(
            session, clock(), "anna@gemeente.example", interests=["lachgas"], name="Anna", organisation=place
        )
        a_reader(session, clock(), "bert@gemeente.example", interests=["ghb"])
        issue = an_approved_issue(session, clock(), ("Over lachgas", ["lachgas"]), ("Over GHB", ["ghb"]))
        plan_issue(session, by_smtp, issue=issue, now=clock())
        slug, reference = issue.slug, anna.reference
    deliver_due(by_smtp)
    mails = {to: message_from_bytes(content, policy=default) for to, content in relay.received}
    for_anna = mails["anna@gemeente.example"]
    html = for_anna.get_body(("html",)).get_content()
    text = for_anna.get_body(("plain",)).get_content()
    for body in (html, text):
        assert "Beste Anna," in body
        assert "Over lachgas" in body
        assert "Over GHB" not in body
        assert "Omdat u lachgas volgt" in body
        assert "GGD Drenthe" in body
        assert f"http://testserver/edities/{slug}" in body
        assert "http://testserver/voorkeuren/" in body
        assert "http://testserver/afmelden/" in body
        assert "Postbus 1, 3500 AA Utrecht" in body
        assert "anna@gemeente" not in body
        assert "⟦" not in body
    assert reference not in str(for_anna["Message-ID"])
    for_bert = mails["bert@gemeente.example"].get_body(("html",)).get_content()
    assert "Beste lezer," in for_bert
    assert "Over GHB" in for_bert
    assert "GGD" not in for_bert
    assert [for_anna[name] for name in ("Precedence", "List-Unsubscribe-Post")] == [
        "bulk",
        "List-Unsubscribe=One-Click",
    ]
    assert for_anna["List-Id"] == "<monthly.kennispost.example>"
    assert for_anna["Feedback-ID"].count(":") == 3
    assert for_anna["List-Unsubscribe"].strip("<>") in text


def test_a_refused_recipient_fails_alone(by_smtp: Runtime, relay: Relay) -> None:
    relay.rcpt["lezer1@gemeente.example"] = "550 5.1.1 Unknown"
    mailing_id = plan(by_smtp)
    report = deliver_due(by_smtp)
    assert (report.sent, report.failed) == (2, 1)
    assert states(by_smtp, mailing_id) == {"sent": 2, "failed": 1}
    assert deliveries(by_smtp)[1].reply == "5.1.1 Unknown"


def test_a_temporary_refusal_is_tried_again_after_half_an_hour_with_the_same_message_id(
    by_smtp: Runtime, relay: Relay, clock
) -> None:
    relay.rcpt["lezer0@gemeente.example"] = "451 4.2.2 Later"
    mailing_id = plan(by_smtp, readers=1)
    assert deliver_due(by_smtp).deferred == 1
    first = deliveries(by_smtp)[0]
    assert (first.state, first.due_at, first.attempts) == ("deferred", clock() + timedelta(minutes=30), 1)
    clock.advance(minutes=29)
    assert deliver_due(by_smtp).sent == 0
    relay.rcpt.clear()
    clock.advance(minutes=1)
    assert deliver_due(by_smtp).sent == 1
    second = deliveries(by_smtp)[0]
    assert (second.message_id, second.attempts) == (first.message_id, 2)
    assert states(by_smtp, mailing_id) == {"sent": 1}


def test_after_four_days_it_is_given_up(by_smtp: Runtime, relay: Relay, clock) -> None:
    relay.rcpt["lezer0@gemeente.example"] = "451 4.2.2 Later"
    mailing_id = plan(by_smtp, readers=1)
    for _ in range(40):
        deliver_due(by_smtp)
        clock.advance(hours=4)
    assert states(by_smtp, mailing_id) == {"failed": 1}
    assert "Given up after 4 days. 4.2.2 Later" in deliveries(by_smtp)[0].reply
    with reading(by_smtp.engine) as session:
        assert session.get_one(Mailing, mailing_id).state == MailingState.FINISHED


def test_waits_grow_and_letters_wait_a_minute_for_a_fault_of_ours(clock) -> None:
    def wait(result: Result, attempts: int, letter: bool) -> timedelta:
        one = a_claim(attempts=attempts, urgent=letter)
        return settlement_of(one, Outcome(result, "relay"), now=clock()).due_at - clock()

    assert [wait(Result.DEFERRED, attempts, False).seconds // 60 for attempts in range(5)] == [
        30,
        60,
        120,
        240,
        240,
    ]
    assert wait(Result.SENDER_FAULT, 0, False) == timedelta(minutes=30)
    assert wait(Result.SENDER_FAULT, 0, True) == timedelta(minutes=1)
    assert settlement_of(a_claim(), Outcome(Result.UNREACHABLE, ""), now=clock()) is None
    assert wait(Result.DEFERRED, 0, True) == timedelta(minutes=30)
    assert timedelta(days=4) == GIVE_UP_AFTER


def test_a_relay_that_is_down_loses_nothing(by_smtp: Runtime, relay: Relay, clock) -> None:
    down = replace(
        by_smtp, settings=by_smtp.settings.model_copy(update={"smtp_port": 1, "smtp_connections": 2})
    )
    mailing_id = plan(by_smtp, readers=6)
    report = deliver_due(down, batch=4)
    assert report.unreachable
    assert report.sent == report.failed == 0
    assert "Connect" in report.unreachable
    assert states(by_smtp, mailing_id) == {"planned": 6}, (
        "it is not the messages' fault: none of them waits for it"
    )
    assert {one.attempts for one in deliveries(by_smtp)} == {0}
    assert deliver_due(by_smtp).sent == 6
    assert len(set(relay.recipients)) == len(relay.received) == 6


def test_a_message_whose_fate_is_unknown_is_never_sent_again_by_itself(
    by_smtp: Runtime, relay: Relay, clock
) -> None:
    relay.cut.add("lezer1@gemeente.example")
    mailing_id = plan(by_smtp)
    report = deliver_due(by_smtp)
    assert (report.sent, report.uncertain) == (2, 1)
    clock.advance(days=5)
    deliver_due(by_smtp)
    assert states(by_smtp, mailing_id) == {"sent": 2, "uncertain": 1}
    assert len(relay.received) == 3


def test_letters_leave_before_an_issue(by_smtp: Runtime, relay: Relay, clock) -> None:
    plan(by_smtp, readers=5)
    clock.advance(seconds=5)
    with writing(by_smtp.engine) as session:
        a_sign_in_letter(session, clock())
    one_by_one = replace(by_smtp, settings=by_smtp.settings.model_copy(update={"smtp_connections": 1}))
    deliver_due(one_by_one)
    assert relay.recipients[0] == "anna@example.org"
    assert len(relay.recipients) == 6


def test_who_leaves_after_the_planning_is_not_mailed(by_smtp: Runtime, relay: Relay, clock) -> None:
    mailing_id = plan(by_smtp)
    with writing(by_smtp.engine) as session:
        session.delete(session.exec(select(Subscription).where(Subscription.subscriber_id == 1)).one())
        session.get_one(Subscriber, 2).state = "unsubscribed"
        suppress(
            session, address="lezer2@gemeente.example", reason="complaint",
            keys=by_smtp.settings.signing_keys(), now=clock(),
        )  # fmt: skip
    report = deliver_due(by_smtp)
    assert (report.sent, report.cancelled, report.suppressed) == (0, 2, 1)
    assert relay.received == []
    with reading(by_smtp.engine) as session:
        assert session.get_one(Mailing, mailing_id).state == MailingState.FINISHED


def test_a_paused_mailing_waits(by_smtp: Runtime, relay: Relay) -> None:
    mailing_id = plan(by_smtp)
    with writing(by_smtp.engine) as session:
        session.get_one(Mailing, mailing_id).state = MailingState.PAUSED
    assert deliver_due(by_smtp).sent == 0
    with writing(by_smtp.engine) as session:
        session.get_one(Mailing, mailing_id).state = MailingState.SENDING
    assert deliver_due(by_smtp).sent == 3


def test_one_mail_that_cannot_be_composed_does_not_hold_up_the_others(
    by_smtp: Runtime, relay: Relay, clock
) -> None:
    with writing(by_smtp.engine) as session:
        user = a_user(session, clock())
        post_letter(session, kind="sign-in", user=user, context={}, now=clock())  # its nonce is missing
    mailing_id = plan(by_smtp)
    with writing(by_smtp.engine) as session:
        session.get_one(Subscriber, 1).address = "geen-adres"
    report = deliver_due(by_smtp)
    assert (report.sent, report.failed) == (2, 2)
    assert states(by_smtp, mailing_id) == {"sent": 2, "failed": 1}


def test_the_message_id_is_the_same_for_every_try_and_differs_per_delivery(runtime: Runtime, clock) -> None:
    plan(runtime, readers=2)
    with reading(runtime.engine) as session:
        pairs = session.exec(select(Delivery, Mailing).join(Mailing)).all()
        made = [message_id_of(delivery, mailing, runtime.settings) for delivery, mailing in pairs]
        assert made == [message_id_of(delivery, mailing, runtime.settings) for delivery, mailing in pairs]
        assert len(set(made)) == 2
        assert all(one.endswith("@kennispost.example>") for one in made)


def test_the_built_in_mailbox_is_the_default(runtime: Runtime) -> None:
    plan(runtime, readers=2)
    assert deliver_due(runtime).sent == 2
    found = list(read_all(arrived(runtime.settings)))
    assert sorted(str(one.message["To"]) for one in found) == [
        "Lezer 0 <lezer0@gemeente.example>",
        "Lezer 1 <lezer1@gemeente.example>",
    ]


def test_with_nothing_due_nothing_is_written(runtime: Runtime) -> None:
    report = deliver_due(runtime)
    assert report.sent == 0
    stopped = threading.Event()
    stopped.set()
    plan(runtime, readers=1)
    assert deliver_due(runtime, stop=stopped).sent == 0
    assert deliveries(runtime)[0].state == DeliveryState.PLANNED


def test_a_tick_over_what_only_waits_writes_nothing(by_smtp: Runtime, clock) -> None:
    plan(by_smtp, readers=2)
    with writing(by_smtp.engine) as session:
        mailing = session.exec(select(Mailing)).one()
        mailing.state = MailingState.PAUSED
        session.add(mailing)
    told: list[str] = []
    event.listen(
        by_smtp.engine, "before_cursor_execute", lambda *given: told.append(given[2].split()[0].upper())
    )
    assert deliver_due(by_smtp).sent == 0
    assert "UPDATE" not in told
    with writing(by_smtp.engine) as session:
        mailing = session.exec(select(Mailing)).one()
        mailing.state = MailingState.SENDING
        session.add(mailing)
    assert deliver_due(by_smtp).sent == 2
