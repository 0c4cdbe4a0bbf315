"""Limits hold over all workers together, and a provider that asks for less gets less, on both engines."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from service.database import reading, writing
from service.mailing.allowances import LEFT_ALONE, Limits, filled, grant, leave_alone
from service.mailing.delivering import deliver_due
from service.mailing.outbox import Allowance
from service.runtime import Runtime
from tests.builders import a_sign_in_letter
from tests.mailings import deliveries, over_smtp, plan, states
from tests.relay import Relay, running_relay


@pytest.fixture
def relay() -> Iterator[Relay]:
    with running_relay() as made:
        yield made


def limited(runtime: Runtime, relay: Relay, **limits: int) -> Runtime:
    smtp = over_smtp(runtime, relay)
    return replace(smtp, settings=smtp.settings.model_copy(update=limits))


def test_a_bucket_fills_with_time_and_holds_five_minutes_worth() -> None:
    assert filled(0, since=timedelta(minutes=1), per_hour=600) == pytest.approx(10)
    assert filled(0, since=timedelta(hours=3), per_hour=600) == 50
    assert filled(0, since=timedelta(hours=3), per_hour=2) == 1, "never less than a message"
    assert filled(7, since=timedelta(seconds=-60), per_hour=600) == 7, (
        "a clock that went back takes nothing away"
    )


def test_what_is_granted_is_gone_for_everyone(runtime: Runtime, clock) -> None:
    limits = Limits(per_hour=120)
    for expected in (10, 0):
        with writing(runtime.engine) as session:
            granted = grant(session, ["a.example"] * 20, limits=limits, now=clock())
            assert (len(granted.now), granted.later) == (expected, {})
    clock.advance(minutes=1)
    with writing(runtime.engine) as session:
        assert len(grant(session, ["b.example"] * 20, limits=limits, now=clock()).now) == 2


def test_what_its_transaction_takes_back_was_not_granted(runtime: Runtime, clock) -> None:
    with pytest.raises(RuntimeError), writing(runtime.engine) as session:
        grant(session, ["a.example"] * 20, limits=Limits(per_hour=120), now=clock())
        raise RuntimeError
    with writing(runtime.engine) as session:
        assert len(grant(session, ["a.example"] * 20, limits=Limits(per_hour=120), now=clock()).now) == 10


def test_one_domain_that_had_enough_holds_up_no_other(runtime: Runtime, clock) -> None:
    domains = ["groot.example"] * 4 + ["klein.example"] + ["groot.example"] * 4
    with writing(runtime.engine) as session:
        granted = grant(session, domains, limits=Limits(per_hour_and_domain=36), now=clock())
    assert granted.now == {0, 1, 2, 4}
    assert set(granted.later) == {3, 5, 6, 7, 8}
    assert set(granted.later.values()) == {clock() + timedelta(minutes=5)}


def test_workers_at_once_share_one_bucket(runtime: Runtime, clock) -> None:
    start, granted = threading.Barrier(4), []

    def take() -> None:
        start.wait()
        for _ in range(5):
            with writing(runtime.engine) as session:
                granted.append(
                    len(grant(session, ["a.example"] * 3, limits=Limits(per_hour=120), now=clock()).now)
                )

    workers = [threading.Thread(target=take) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(granted) == 20
    assert sum(granted) == 10


def test_a_limit_of_an_hour_lets_a_part_leave_and_the_rest_later(
    runtime: Runtime, relay: Relay, clock
) -> None:
    slow = limited(runtime, relay, send_per_hour=48)
    mailing_id = plan(slow, readers=7)
    assert deliver_due(slow).sent == 4
    assert deliver_due(slow).sent == 0
    assert states(slow, mailing_id) == {"sent": 4, "planned": 3}
    with writing(slow.engine) as session:
        a_sign_in_letter(session, clock())
    assert deliver_due(slow).sent == 1, "a letter that somebody waits for is not held up"
    clock.advance(minutes=5)
    assert deliver_due(slow).sent == 3
    assert max(Counter(relay.recipients).values()) == 1


def test_a_domain_gets_no_more_than_its_limit(runtime: Runtime, relay: Relay, clock) -> None:
    slow = limited(runtime, relay, send_per_hour_and_domain=24)
    plan(slow, readers=5)
    assert [deliver_due(slow).sent, deliver_due(slow).sent] == [2, 0]
    clock.advance(minutes=5)
    assert deliver_due(slow).sent == 2


def test_a_provider_that_wants_it_slower_is_left_alone_and_no_reader_is_blamed(
    runtime: Runtime, relay: Relay, clock
) -> None:
    relay.rcpt["lezer0@gemeente.example"] = "450 4.7.28 rate limit exceeded, try again later"
    one = limited(runtime, relay, smtp_connections=1)
    mailing_id = plan(one, readers=3)
    report = deliver_due(one)
    assert report.deferred >= 1
    assert report.failed == 0
    waiting = [delivery for delivery in deliveries(one) if delivery.state != "sent"]
    assert waiting[0].due_at == clock() + LEFT_ALONE
    relay.rcpt.clear()
    clock.advance(minutes=29)
    assert deliver_due(one).sent == 0
    clock.advance(minutes=1)
    deliver_due(one)
    assert states(one, mailing_id) == {"sent": 3}


def test_a_second_refusal_never_shortens_the_wait(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        first = leave_alone(session, "groot.example", reply="slower", now=clock())
    earlier = clock() - timedelta(minutes=10)
    with writing(runtime.engine) as session:
        assert leave_alone(session, "groot.example", reply="slower", now=earlier) == first


def test_without_limits_nothing_is_written(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        assert len(grant(session, ["a.example"] * 9, limits=Limits(), now=clock()).now) == 9
    with reading(runtime.engine) as session:
        assert session.exec(select(Allowance)).first() is None
