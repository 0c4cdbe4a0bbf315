"""Pausing, resuming and cancelling at any moment, twice and at once: nobody twice, the ledger balances."""

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlmodel import col, update

from service.audit import Act
from service.database import writing
from service.errors import MailingEnded
from service.mailing.claims import Settlement, claim, hand_over, release, settle
from service.mailing.delivering import deliver_due
from service.mailing.outbox import DeliveryState, Mailing, MailingState
from service.mailing.steering import cancel, pause, resume, retry
from service.runtime import Runtime
from tests.mailings import over_smtp, plan, states
from tests.relay import Relay, running_relay
from tests.steered import acts_on, balanced, steer, the, workers, wound_down


@pytest.fixture
def relay() -> Iterator[Relay]:
    with running_relay() as made:
        yield made


@pytest.fixture
def by_smtp(runtime: Runtime, relay: Relay) -> Runtime:
    return over_smtp(runtime, relay)


def test_a_pause_in_the_middle_lets_what_was_handed_over_settle_and_nothing_more_leave(
    by_smtp: Runtime, relay: Relay
) -> None:
    relay.slow = 0.05
    mailing_id = plan(by_smtp, readers=120)
    with workers(by_smtp):
        assert relay.begun.wait(10)
        assert steer(by_smtp, pause, mailing_id) is True
    counts = states(by_smtp, mailing_id)
    assert set(counts) <= {"sent", "planned"}, "what was under way settled, what was claimed went back"
    assert 0 < counts["sent"] <= 40, "at most a batch for each worker was under way, and one begun"
    with workers(by_smtp):
        pass
    assert states(by_smtp, mailing_id) == counts, "a paused mailing stays where it is"
    relay.slow = 0
    assert steer(by_smtp, resume, mailing_id) is True
    with workers(by_smtp):
        pass
    deliver_due(by_smtp)
    assert states(by_smtp, mailing_id) == {"sent": 120}
    assert Counter(relay.recipients).most_common(1)[0][1] == 1
    assert the(by_smtp, mailing_id).state == MailingState.FINISHED
    assert acts_on(by_smtp) == [Act.MAILING_PAUSED, Act.MAILING_RESUMED]


def test_pausing_and_resuming_all_the_time_while_workers_run_loses_and_doubles_nobody(
    by_smtp: Runtime, relay: Relay
) -> None:
    relay.slow = 0.01
    mailing_id = plan(by_smtp, readers=80)
    with workers(by_smtp):
        for _ in range(12):
            try:
                steer(by_smtp, pause, mailing_id)
                steer(by_smtp, resume, mailing_id)
            except MailingEnded:
                break
    with writing(by_smtp.engine) as session:
        session.exec(update(Mailing).where(col(Mailing.state) == "paused").values(state="sending"))
    deliver_due(by_smtp)
    assert states(by_smtp, mailing_id) == {"sent": 80}
    assert Counter(relay.recipients).most_common(1)[0][1] == 1
    assert balanced(by_smtp, mailing_id)


def test_a_cancel_in_the_middle_ends_with_a_ledger_that_balances(by_smtp: Runtime, relay: Relay) -> None:
    relay.slow = 0.05
    relay.data = {f"lezer{number}@gemeente.example": "451 4.3.0 later" for number in range(0, 120, 3)}
    mailing_id = plan(by_smtp, readers=120)
    with workers(by_smtp):
        assert relay.begun.wait(10)
        assert steer(by_smtp, cancel, mailing_id) is True
    wound_down(by_smtp)
    counts = states(by_smtp, mailing_id)
    assert set(counts) == {"sent", "cancelled"}, "what was told to come back later does not"
    assert counts["cancelled"] >= 80
    assert len(relay.received) == counts["sent"]
    assert balanced(by_smtp, mailing_id)
    mailing = the(by_smtp, mailing_id)
    assert (mailing.state, mailing.finished_at) == (MailingState.CANCELLED, by_smtp.clock())
    with workers(by_smtp):
        pass
    assert states(by_smtp, mailing_id) == counts
    for act in (pause, resume, retry):
        with pytest.raises(MailingEnded):
            steer(by_smtp, act, mailing_id)


def test_what_a_worker_gives_back_to_a_cancelled_mailing_is_cancelled(runtime: Runtime) -> None:
    mailing_id = plan(runtime, readers=4)
    with writing(runtime.engine) as session:
        ids = [one.id for one in claim(session, worker="w", now=runtime.clock(), batch=3)]
        hand_over(session, {ids[0]: "<1@x>", ids[1]: "<2@x>"}, worker="w", now=runtime.clock())
    steer(runtime, cancel, mailing_id)
    assert states(runtime, mailing_id) == {"handed_over": 2, "cancelled": 2}
    assert the(runtime, mailing_id).finished_at is None, "two may still turn out to have left"
    with writing(runtime.engine) as session:
        assert hand_over(session, {ids[2]: "<3@x>"}, worker="w", now=runtime.clock()) == set()
        settle(
            session,
            [Settlement(ids[0], DeliveryState.SENT, "OK", 250, "relay")],
            worker="w",
            now=runtime.clock(),
        )
        release(session, [ids[1]], worker="w")
    wound_down(runtime)
    assert states(runtime, mailing_id) == {"sent": 1, "cancelled": 3}
    assert balanced(runtime, mailing_id)
    assert the(runtime, mailing_id).finished_at == runtime.clock()


def test_a_large_mailing_is_cancelled_piece_by_piece_and_at_once_nothing_leaves(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.mailing.closing.AT_ONCE", 4)
    mailing_id = plan(runtime, readers=10)
    steer(runtime, cancel, mailing_id)
    assert states(runtime, mailing_id) == {"cancelled": 4, "planned": 6}
    assert deliver_due(runtime).sent == 0
    for _ in range(2):
        wound_down(runtime)
    assert states(runtime, mailing_id) == {"cancelled": 10}
    assert the(runtime, mailing_id).finished_at is not None


def test_a_pause_gives_back_what_was_claimed_and_not_handed_over(runtime: Runtime) -> None:
    mailing_id = plan(runtime, readers=3)
    with writing(runtime.engine) as session:
        ids = [one.id for one in claim(session, worker="w", now=runtime.clock(), batch=2)]
    steer(runtime, pause, mailing_id)
    assert states(runtime, mailing_id) == {"planned": 3}
    with writing(runtime.engine) as session:
        message_ids = {one: f"<{one}@x>" for one in ids}
        assert hand_over(session, message_ids, worker="w", now=runtime.clock()) == set()
        assert claim(session, worker="w", now=runtime.clock(), batch=2) == []


def test_done_twice_each_is_done_once(runtime: Runtime) -> None:
    mailing_id = plan(runtime)
    assert [steer(runtime, pause, mailing_id) for _ in range(2)] == [True, False]
    assert [steer(runtime, resume, mailing_id) for _ in range(2)] == [True, False]
    assert [steer(runtime, cancel, mailing_id) for _ in range(2)] == [True, False]
    assert acts_on(runtime) == [Act.MAILING_PAUSED, Act.MAILING_RESUMED, Act.MAILING_CANCELLED]


def test_a_persons_resume_takes_away_why_it_was_paused(runtime: Runtime) -> None:
    mailing_id = plan(runtime)
    with writing(runtime.engine) as session:
        session.exec(
            update(Mailing).values(state="paused", pause="sender-fault", pause_reply="550 5.7.26 no SPF")
        )
    assert steer(runtime, pause, mailing_id) is False
    assert the(runtime, mailing_id).pause == "sender-fault", "that somebody presses pause explains nothing"
    steer(runtime, resume, mailing_id)
    mailing = the(runtime, mailing_id)
    assert (mailing.state, mailing.pause, mailing.pause_reply) == ("sending", "", "")
