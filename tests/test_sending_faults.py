"""Faults of relays and of the database that come in a row, or at a bad moment, on both engines."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from service.database import reading, writing
from service.mailing import running
from service.mailing.alerts import SENDER_FAULT
from service.mailing.allowances import Limits, grant, hold, leave_alone
from service.mailing.claims import Settlement, claim, hand_over, settle
from service.mailing.delivering import deliver_due
from service.mailing.outbox import Attempt, Delivery, DeliveryState, Mailing, MailingState
from service.mailing.planning import plan_issue
from service.runtime import Runtime
from tests.builders import an_approved_issue
from tests.envelopes import settings_for
from tests.mailings import deliveries, plan, states
from tests.smtp_server import Scripted, polite, scripted


def over(runtime: Runtime, server: Scripted, connections: int = 2) -> Runtime:
    known = settings_for(server.port)
    names = ("transport", "smtp_host", "smtp_port", "smtp_security", "smtp_timeout", "smtp_message_timeout")
    changed = {name: getattr(known, name) for name in names} | {"smtp_connections": connections}
    settings = runtime.settings.model_copy(update=changed)
    return Runtime(settings, runtime.engine, runtime.clock, runtime.vocabulary)


def test_a_relay_that_takes_messages_and_never_says_so_is_not_given_them_all(runtime: Runtime) -> None:
    mailing_id = plan(runtime, readers=60)
    with scripted(lambda command: None if command == "." else polite(command)) as server:
        report = deliver_due(over(runtime, server))
    assert report.unreachable
    found = states(runtime, mailing_id)
    assert found["uncertain"] <= 3 * 2 + 1
    assert found["uncertain"] + found["planned"] == 60
    with reading(runtime.engine) as session:
        mailing = session.get_one(Mailing, mailing_id)
        assert (mailing.state, mailing.pause) == (MailingState.PAUSED, SENDER_FAULT)


def test_a_relay_that_dies_once_pauses_nothing(runtime: Runtime) -> None:
    plan(runtime, readers=30)
    ends = iter([None, None])
    with scripted(lambda command: next(ends, "250 fine") if command == "." else polite(command)) as server:
        report = deliver_due(over(runtime, server))
    assert (report.sent, report.uncertain) == (28, 2)


@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
def test_a_421_is_heard_though_the_relay_closes_after_it(
    runtime: Runtime, extensions: tuple[str, ...]
) -> None:
    plan(runtime, readers=3)

    def answer(command: str) -> str:
        return "421 4.3.2 shutting down" if command.startswith("MAIL") else polite(command)

    with scripted(answer, extensions=extensions, closes=True) as server:
        report = deliver_due(over(runtime, server, connections=1))
    assert report.unreachable == "4.3.2 shutting down"
    assert server.connections == 1
    assert [(one.state, one.attempts) for one in deliveries(runtime)] == [("planned", 0)] * 3


def test_a_throttle_is_heard_though_the_relay_closes_after_it(runtime: Runtime) -> None:
    plan(runtime, readers=1)

    def answer(command: str) -> str:
        return "421 4.7.0 rate limited, try later" if command.startswith("RCPT") else polite(command)

    with scripted(answer, closes=True) as server:
        deliver_due(over(runtime, server))
    with reading(runtime.engine) as session:
        attempt = session.exec(select(Attempt)).one()
    assert (attempt.outcome, attempt.code) == ("deferred", 421)
    assert "rate limited" in attempt.reply


def test_a_reply_with_a_zero_octet_is_kept_without_it(runtime: Runtime) -> None:
    plan(runtime, readers=2)
    with scripted(lambda command: "250 2.0.0 f\0ine" if command == "." else polite(command)) as server:
        assert deliver_due(over(runtime, server)).sent == 2
    with reading(runtime.engine) as session:
        assert {one.reply for one in session.exec(select(Attempt))} == {"2.0.0 fine"}


def test_a_connection_that_met_a_busy_relay_comes_back(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.mailing.sending.REST_SECONDS", 0.05)
    plan(runtime, readers=40)
    busy = iter(["421 4.3.2 busy"])

    def answer(command: str) -> str:
        threading.Event().wait(0.01)
        return next(busy, "250 fine") if command.startswith("MAIL") else polite(command)

    with scripted(answer, closes=True) as server:
        assert deliver_due(over(runtime, server, connections=2)).sent == 40
    assert server.connections == 3


def test_what_was_sent_is_written_down_when_the_database_comes_back(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing_id = plan(runtime, readers=3)
    away = iter([True, True, True])
    note = running.note

    def sometimes(*given: object, **named: object) -> object:
        if named["outcomes"] and next(away, False):
            raise OperationalError("UPDATE", {}, Exception("the server closed the connection"))
        return note(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "note", sometimes)
    with scripted() as server, pytest.raises(OperationalError):
        deliver_due(over(runtime, server))
    found = states(runtime, mailing_id)
    assert found["sent"] == len(server.messages) > 0
    assert found["sent"] + found["planned"] == 3


def test_what_was_sent_before_is_not_counted_again(runtime: Runtime) -> None:
    plan(runtime, readers=2)
    now = runtime.clock()
    with writing(runtime.engine) as session:
        ids = [one.id for one in claim(session, worker="w", now=now, batch=2)]
        hand_over(session, {one: f"<{one}@x>" for one in ids}, worker="w", now=now)
    told = [Settlement(one, DeliveryState.SENT, "fine", 250, "relay") for one in ids]
    for minutes in (1, 2):  # the answer to the first commit was lost
        with writing(runtime.engine) as session:
            settle(session, told, worker="w", now=now + timedelta(minutes=minutes))
    with reading(runtime.engine) as session:
        assert sorted(one.delivery_id for one in session.exec(select(Attempt))) == sorted(ids)
        assert {one.attempts for one in session.exec(select(Delivery))} == {1}


def test_workers_that_are_throttled_at_once_do_not_wait_for_each_other(runtime: Runtime) -> None:
    domains, met = {"a.example", "b.example"}, threading.Barrier(2)
    failed: list[Exception] = []
    with writing(runtime.engine) as session:
        hold(session, domains, now=runtime.clock())

    def work(throttled: str) -> None:
        try:
            met.wait(5)
            with writing(runtime.engine) as session:
                hold(session, domains, now=runtime.clock())
                leave_alone(session, throttled, reply="slower", now=runtime.clock())
                grant(session, sorted(domains), limits=Limits(), now=runtime.clock())
        except Exception as error:  # told by the test
            failed.append(error)

    threads = [threading.Thread(target=work, args=[one]) for one in sorted(domains)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert failed == []


def test_issues_that_are_sent_at_once_take_turns(runtime: Runtime, clock) -> None:
    readers = 10
    first_id = plan(runtime, readers=readers)
    with writing(runtime.engine) as session:
        issue = an_approved_issue(session, clock(), ("Lachgas in het nieuws", ["lachgas"]))
        second_id = plan_issue(session, runtime, issue=issue, now=clock()).id
    first = set()
    for _ in range(6):
        clock.advance(milliseconds=1)
        with writing(runtime.engine) as session:
            first.add(claim(session, worker="w", now=clock(), batch=2)[0].mailing_id)
    assert first == {first_id, second_id}
