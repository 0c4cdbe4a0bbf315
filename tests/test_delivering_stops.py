"""Stops, hangs, kills, jumping clocks and two workers at a time send nothing twice, on both engines."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlmodel import Session

from service.database import reading, writing
from service.mailing.claims import LEASE, claim, hand_over, recover, settle
from service.mailing.delivering import deliver_due
from service.mailing.outbox import Delivery, DeliveryState, Mailing, MailingState
from service.mailing.retrying import settlement_of
from service.mailing.transport import Outcome, Result
from service.runtime import Runtime
from tests.mailings import a_claim, over_smtp, plan, states
from tests.relay import Relay, running_relay


def claimed(session: Session, **how) -> list[int]:
    return [one.id for one in claim(session, **how)]


@pytest.fixture
def relay() -> Iterator[Relay]:
    with running_relay() as made:
        yield made


@pytest.fixture
def by_smtp(runtime: Runtime, relay: Relay) -> Runtime:
    return over_smtp(runtime, relay)


def test_told_to_stop_it_finishes_what_is_under_way_and_gives_back_the_rest(
    by_smtp: Runtime, relay: Relay
) -> None:
    relay.slow = 0.4
    mailing_id = plan(by_smtp, readers=12)
    stop, reports = threading.Event(), []
    worker = threading.Thread(target=lambda: reports.append(deliver_due(by_smtp, stop=stop)))
    worker.start()
    assert relay.begun.wait(10)
    began = time.monotonic()
    stop.set()
    worker.join(10)
    assert time.monotonic() - began < 3
    counts = states(by_smtp, mailing_id)
    assert counts["sent"] == reports[0].sent == len(relay.received) >= 1
    assert counts["planned"] == reports[0].released == 12 - counts["sent"] > 0
    relay.slow = 0
    assert deliver_due(by_smtp).sent == counts["planned"]
    assert len(set(relay.recipients)) == len(relay.received) == 12


def test_a_relay_that_hangs_does_not_hold_up_a_stop_and_its_message_is_uncertain(
    by_smtp: Runtime, relay: Relay
) -> None:
    relay.slow = 30
    one = replace(
        by_smtp,
        settings=by_smtp.settings.model_copy(
            update={"smtp_connections": 1, "smtp_timeout": 60, "smtp_message_timeout": 60}
        ),
    )
    mailing_id = plan(one)
    stop = threading.Event()
    worker = threading.Thread(target=deliver_due, args=[one], kwargs={"stop": stop})
    worker.start()
    assert relay.begun.wait(10)
    began = time.monotonic()
    stop.set()
    worker.join(10)
    assert time.monotonic() - began < 5
    assert states(one, mailing_id) == {"uncertain": 1, "planned": 2}


def test_a_worker_killed_while_composing_lets_go_after_its_lease(
    by_smtp: Runtime, relay: Relay, clock
) -> None:
    mailing_id = plan(by_smtp)
    with writing(by_smtp.engine) as session:
        claim(session, worker="killed", now=clock(), batch=2)
    assert deliver_due(by_smtp).sent == 1, "what another has claimed is left alone"
    clock.advance(seconds=LEASE.total_seconds() + 1)
    assert deliver_due(by_smtp).sent == 2
    assert states(by_smtp, mailing_id) == {"sent": 3}


def test_a_worker_killed_after_handing_over_leaves_it_uncertain(
    by_smtp: Runtime, relay: Relay, clock
) -> None:
    mailing_id = plan(by_smtp)
    with writing(by_smtp.engine) as session:
        ids = claimed(session, worker="killed", now=clock(), batch=2)
        hand_over(session, {one: f"<{one}@x>" for one in ids}, worker="killed", now=clock())
    clock.advance(seconds=LEASE.total_seconds() + 1)
    assert deliver_due(by_smtp).sent == 1
    assert states(by_smtp, mailing_id) == {"uncertain": 2, "sent": 1}
    assert len(relay.received) == 1
    with reading(by_smtp.engine) as session:
        assert session.get_one(Mailing, mailing_id).state == MailingState.FINISHED


def test_a_clock_that_jumps_an_hour_lets_no_one_send_twice(runtime: Runtime, clock) -> None:
    plan(runtime, readers=2)
    with writing(runtime.engine) as session:
        ids = claimed(session, worker="slow", now=clock(), batch=2)
    clock.advance(hours=1)
    with writing(runtime.engine) as session:
        recover(session, now=clock())
        assert claimed(session, worker="quick", now=clock(), batch=2) == ids
    with writing(runtime.engine) as session:
        message_ids = {one: f"<{one}@x>" for one in ids}
        assert hand_over(session, message_ids, worker="slow", now=clock()) == set()
        assert hand_over(session, message_ids, worker="quick", now=clock()) == set(ids)


def test_a_worker_that_was_only_slow_is_believed_when_it_tells_what_happened(runtime: Runtime, clock) -> None:
    mailing_id = plan(runtime, readers=1)
    with writing(runtime.engine) as session:
        ids = claimed(session, worker="slow", now=clock(), batch=1)
        hand_over(session, {ids[0]: "<1@x>"}, worker="slow", now=clock())
    clock.advance(hours=1)
    with writing(runtime.engine) as session:
        recover(session, now=clock())
    assert states(runtime, mailing_id) == {"uncertain": 1}
    with writing(runtime.engine) as session:
        told = settlement_of(a_claim(ids[0]), Outcome(Result.SENT, "relay", 250), now=clock())
        settle(session, [told], worker="another", now=clock())
        assert session.get_one(Delivery, ids[0]).state == DeliveryState.UNCERTAIN
        settle(session, [told], worker="slow", now=clock())
    assert states(runtime, mailing_id) == {"sent": 1}


def test_two_workers_at_once_send_nothing_twice(by_smtp: Runtime, relay: Relay) -> None:
    mailing_id = plan(by_smtp, readers=60)
    start, reports = threading.Barrier(3), []

    def work() -> None:
        start.wait()
        reports.append(deliver_due(by_smtp, batch=7))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sum(report.sent for report in reports) == 60
    assert Counter(relay.recipients).most_common(1)[0][1] == 1
    assert states(by_smtp, mailing_id) == {"sent": 60}
