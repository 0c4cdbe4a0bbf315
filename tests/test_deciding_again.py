"""Failures are tried again, and a person decides about what is uncertain: at any moment, twice and at once."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from sqlmodel import col, select, update

from service.audit import Act
from service.database import reading, writing
from service.errors import NothingToDecide, NothingToRetry, ServiceError, UnknownMailing
from service.mailing.closing import finish_mailings
from service.mailing.delivering import deliver_due
from service.mailing.letters import post_letter
from service.mailing.outbox import Attempt, Decision, Delivery, Mailing, MailingState
from service.mailing.steering import cancel, pause, retry
from service.mailing.uncertain import lay_to_rest, resend
from service.runtime import Runtime
from tests.builders import a_user
from tests.mailings import deliveries, over_smtp, plan, states
from tests.relay import Relay, running_relay
from tests.steered import BY, acts_on, balanced, steer, the, workers


@pytest.fixture
def relay() -> Iterator[Relay]:
    with running_relay() as made:
        yield made


@pytest.fixture
def by_smtp(runtime: Runtime, relay: Relay) -> Runtime:
    return over_smtp(runtime, relay)


def test_only_failures_are_tried_again_and_their_attempts_are_kept(
    by_smtp: Runtime, relay: Relay, clock
) -> None:
    relay.rcpt = {
        "lezer1@gemeente.example": "552 5.2.2 mailbox full",
        "lezer2@gemeente.example": "554 5.7.1 spam",
    }
    mailing_id = plan(by_smtp, readers=4)
    with writing(by_smtp.engine) as session:
        session.exec(update(Delivery).where(col(Delivery.id) == 4).values(state="suppressed"))
    deliver_due(by_smtp)
    assert states(by_smtp, mailing_id) == {"sent": 1, "failed": 2, "suppressed": 1}
    relay.rcpt.pop("lezer1@gemeente.example")
    clock.advance(days=6)
    assert steer(by_smtp, retry, mailing_id) == 2
    mailing = the(by_smtp, mailing_id)
    assert (mailing.state, mailing.finished_at, mailing.tried_before) == (MailingState.SENDING, None, 1)
    deliver_due(by_smtp)
    assert states(by_smtp, mailing_id) == {"sent": 2, "failed": 1, "suppressed": 1}
    assert sorted(relay.recipients) == ["lezer0@gemeente.example", "lezer1@gemeente.example"]
    with reading(by_smtp.engine) as session:
        tried = Counter(session.exec(select(Attempt.delivery_id)))
    assert tried == {1: 1, 2: 2, 3: 2}
    assert [one.attempts for one in deliveries(by_smtp)] == [1, 2, 2, 0]


def test_a_failure_that_is_retried_after_days_is_not_given_up_at_its_first_not_now(
    by_smtp: Runtime, relay: Relay, clock
) -> None:
    relay.rcpt = {"lezer0@gemeente.example": "450 4.2.0 later"}
    mailing_id = plan(by_smtp, readers=1)
    deliver_due(by_smtp)
    with writing(by_smtp.engine) as session:
        session.exec(update(Delivery).values(state="failed", first_tried_at=clock(), settled_at=clock()))
        session.exec(update(Mailing).values(state="finished", finished_at=clock()))
    clock.advance(days=30)
    steer(by_smtp, retry, mailing_id)
    one = deliveries(by_smtp)[0]
    assert (one.state, one.first_tried_at, one.due_at) == ("planned", None, clock())


def test_a_paused_mailing_whose_failures_are_retried_stays_paused(runtime: Runtime) -> None:
    mailing_id = plan(runtime)
    steer(runtime, pause, mailing_id)
    with writing(runtime.engine) as session:
        session.exec(update(Delivery).values(state="failed"))
    assert steer(runtime, retry, mailing_id) == 3
    assert the(runtime, mailing_id).state == MailingState.PAUSED


def test_without_failures_there_is_nothing_to_retry_and_a_finished_mailing_stays_finished(
    runtime: Runtime,
) -> None:
    mailing_id = plan(runtime)
    deliver_due(runtime)
    with pytest.raises(NothingToRetry):
        steer(runtime, retry, mailing_id)
    mailing = the(runtime, mailing_id)
    assert (mailing.state, mailing.finished_at) == (MailingState.FINISHED, runtime.clock())


@pytest.fixture
def three_uncertain(by_smtp: Runtime, relay: Relay) -> int:
    """A finished mailing to five readers, of whom three may or may not have got it."""
    relay.cut = {f"lezer{number}@gemeente.example" for number in range(3)}
    mailing_id = plan(by_smtp, readers=5)
    deliver_due(by_smtp)
    assert states(by_smtp, mailing_id) == {"sent": 2, "uncertain": 3}
    relay.cut.clear()
    return mailing_id


def test_a_person_decides_about_what_is_uncertain_one_by_one(
    by_smtp: Runtime, relay: Relay, three_uncertain: int
) -> None:
    before = {one.id: one.message_id for one in deliveries(by_smtp)}
    assert steer(by_smtp, resend, three_uncertain, ids=[1]) == 1
    assert steer(by_smtp, lay_to_rest, three_uncertain, ids=[2]) == 1
    assert the(by_smtp, three_uncertain).state == MailingState.SENDING
    deliver_due(by_smtp)
    assert states(by_smtp, three_uncertain) == {"sent": 3, "uncertain": 2}
    assert Counter(relay.recipients)["lezer0@gemeente.example"] == 2, "what a person chose"
    assert {one.id: one.message_id for one in deliveries(by_smtp)} == before
    with reading(by_smtp.engine) as session:
        kept = session.exec(select(Decision).order_by(col(Decision.id))).all()
    assert [(one.delivery_id, one.verdict, one.by) for one in kept] == [(1, "resend", BY), (2, "rest", BY)]
    assert all(one.reply for one in kept), "what it was uncertain with is kept"
    assert balanced(by_smtp, three_uncertain)
    for act in (resend, lay_to_rest):
        with pytest.raises(NothingToDecide):
            steer(by_smtp, act, three_uncertain, ids=[1, 2])
    assert steer(by_smtp, resend, three_uncertain) == 1, "all means: all that nobody decided about"
    assert acts_on(by_smtp) == [Act.UNCERTAIN_RESENT, Act.UNCERTAIN_RESTED, Act.UNCERTAIN_RESENT]


def test_more_uncertain_deliveries_than_one_statement_takes_are_all_decided_about(
    by_smtp: Runtime, three_uncertain: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.mailing.uncertain.AT_ONCE", 2)
    assert steer(by_smtp, lay_to_rest, three_uncertain) == 3
    assert states(by_smtp, three_uncertain) == {"sent": 2, "uncertain": 3}


def test_deliveries_of_another_mailing_are_not_decided_about(by_smtp: Runtime, three_uncertain: int) -> None:
    with writing(by_smtp.engine) as session:
        other = Mailing(kind="issue", stream="monthly", created_at=by_smtp.clock())
        session.add(other)
        session.flush()
        other_id = other.id
    with pytest.raises(NothingToDecide):
        steer(by_smtp, resend, other_id, ids=[1, 2, 3])
    assert states(by_smtp, three_uncertain)["uncertain"] == 3


@pytest.mark.parametrize("acts", [(resend, resend), (resend, lay_to_rest), (retry, retry), (pause, cancel)])
def test_two_people_at_the_same_moment_do_it_once(by_smtp: Runtime, three_uncertain: int, acts) -> None:
    with writing(by_smtp.engine) as session:
        if retry in acts:
            session.exec(update(Delivery).where(col(Delivery.state) == "uncertain").values(state="failed"))
        if cancel in acts:
            session.exec(update(Mailing).values(state="sending", finished_at=None))
    start, outcomes = threading.Barrier(2), []

    def act(one: Callable) -> None:
        start.wait()
        try:
            outcomes.append(steer(by_smtp, one, three_uncertain))
        except ServiceError as error:
            outcomes.append(type(error))

    people = [threading.Thread(target=act, args=[one]) for one in acts]
    for person in people:
        person.start()
    for person in people:
        person.join(20)
    if cancel in acts:
        assert the(by_smtp, three_uncertain).state == MailingState.CANCELLED, "whoever came first"
    else:
        refused = {NothingToDecide, NothingToRetry}
        assert [one for one in outcomes if one not in refused] == [3]
        assert len(acts_on(by_smtp)) == 1


def test_retrying_while_workers_run_balances(by_smtp: Runtime, relay: Relay) -> None:
    relay.rcpt = {f"lezer{number}@gemeente.example": "550 5.7.1 no" for number in range(0, 40, 2)}
    mailing_id = plan(by_smtp, readers=40)
    with workers(by_smtp):
        for _ in range(8):
            try:
                steer(by_smtp, retry, mailing_id)
            except NothingToRetry:
                threading.Event().wait(0.05)
    deliver_due(by_smtp)
    with writing(by_smtp.engine) as session:
        finish_mailings(session, now=by_smtp.clock())
    assert states(by_smtp, mailing_id) == {"sent": 20, "failed": 20}
    assert Counter(relay.recipients).most_common(1)[0][1] == 1
    assert the(by_smtp, mailing_id).state == MailingState.FINISHED


def test_a_letter_is_no_mailing_that_anyone_steers(runtime: Runtime) -> None:
    with writing(runtime.engine) as session:
        user = a_user(session, runtime.clock())
        letter = post_letter(
            session, kind="sign-in", user=user, context={"nonce": "n"}, now=runtime.clock()
        ).id
    for number in (letter, 99):
        with pytest.raises(UnknownMailing):
            steer(runtime, pause, number)
