"""The ledger says who, when, which server, which reply; why so many failed; how fast it goes and how long it takes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from builders import a_reader
from sqlmodel import select, update

from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.entries import all_entries, entries_in_state, find_entries, undecided_entries, walk
from service.mailing.failures import reason_of, reasons
from service.mailing.ledger import balances, ledger
from service.mailing.moves import mailing_by_id
from service.mailing.outbox import Allowance, Attempt, Delivery, DeliveryState, Mailing
from service.mailing.progress import Progress, closed, lines, pace, progress_of
from service.mailing.uncertain import lay_to_rest
from service.runtime import Runtime
from tests.mailings import over_smtp, plan
from tests.relay import Relay, running_relay


@pytest.fixture
def relay() -> Iterator[Relay]:
    with running_relay() as made:
        yield made


@pytest.fixture
def by_smtp(runtime: Runtime, relay: Relay) -> Runtime:
    return over_smtp(runtime, relay)


def test_an_entry_says_who_when_which_server_and_which_reply(by_smtp: Runtime, relay: Relay, clock) -> None:
    relay.rcpt["lezer1@gemeente.example"] = "450 4.2.0 busy"
    mailing_id = plan(by_smtp)
    deliver_due(by_smtp)
    first = clock()
    relay.rcpt["lezer1@gemeente.example"] = "550 5.1.1 no such user"
    clock.advance(hours=2)
    deliver_due(by_smtp)
    with reading(by_smtp.engine) as session:
        mailing = mailing_by_id(session, mailing_id)
        entry = entries_in_state(session, mailing=mailing, state=DeliveryState.FAILED).entries[0]
        assert (entry.address, entry.name, entry.delivery.state) == (
            "lezer1@gemeente.example",
            "Lezer 1",
            "failed",
        )
        tried = [(one.at, one.outcome, one.code) for one in entry.attempts]
        assert tried == [(first, "deferred", 450), (clock(), "failed", 550)]
        assert all("127.0.0.1" in one.server for one in entry.attempts)
        assert "no such user" in entry.attempts[1].reply


def test_pages_hold_everyone_once_whatever_the_size(by_smtp: Runtime, relay: Relay) -> None:
    relay.rcpt = {f"lezer{number}@gemeente.example": "550 5.1.1 no" for number in range(0, 23, 2)}
    mailing_id = plan(by_smtp, readers=23)
    deliver_due(by_smtp)
    with reading(by_smtp.engine) as session:
        mailing = mailing_by_id(session, mailing_id)
        for state, expected in ((None, 23), (DeliveryState.FAILED, 12), (DeliveryState.SENT, 11)):
            for size in (1, 4, 23, 100):
                after, seen = "", []
                while after is not None:
                    page = (
                        entries_in_state(session, mailing=mailing, state=state, after=after, limit=size)
                        if state
                        else all_entries(session, mailing=mailing, after=after, limit=size)
                    )
                    seen += [entry.address for entry in page.entries]
                    after = page.after
                assert len(seen) == len(set(seen)) == expected, (state, size)
            assert len(list(walk(session, mailing=mailing, state=state))) == expected


@pytest.mark.parametrize("after", ["x", "2026-12-01~1", "2026-12-01T10:00:00+00:00", "~", "1;drop", "²"])
def test_a_place_that_is_none_begins_at_the_first_page(runtime: Runtime, after: str) -> None:
    mailing_id = plan(runtime)
    with reading(runtime.engine) as session:
        mailing = mailing_by_id(session, mailing_id)
        found = entries_in_state(session, mailing=mailing, state=DeliveryState.PLANNED, after=after)
        assert len(found.entries) == 3
        assert len(all_entries(session, mailing=mailing, after=after).entries) == 3


def test_a_reader_is_found_by_address_or_name_in_this_mailing_alone(runtime: Runtime, clock) -> None:
    mailing_id = plan(runtime, readers=12)
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "lezer100@gemeente.example", name="Na de planning")
    with reading(runtime.engine) as session:
        mailing = mailing_by_id(session, mailing_id)
        for text, expected in (("LEZER1@", 1), ("lezer1", 3), ("Lezer 11", 1), ("%", 0), ("planning", 0)):
            assert len(find_entries(session, mailing=mailing, text=text).entries) == expected, text


def test_the_entry_of_a_reader_who_was_erased_stays_without_a_name(runtime: Runtime) -> None:
    mailing_id = plan(runtime, readers=1)
    with writing(runtime.engine) as session:
        session.exec(update(Delivery).values(subscriber_id=None))
    with reading(runtime.engine) as session:
        mailing = mailing_by_id(session, mailing_id)
        entries = entries_in_state(session, mailing=mailing, state=DeliveryState.PLANNED).entries
        assert [(one.address, one.name) for one in entries] == [("", "")]
        assert len(list(walk(session, mailing=mailing))) == 1


def test_what_was_laid_to_rest_asks_nobody_again(by_smtp: Runtime, relay: Relay, clock) -> None:
    relay.cut = {"lezer0@gemeente.example", "lezer1@gemeente.example"}
    mailing_id = plan(by_smtp)
    deliver_due(by_smtp)
    with writing(by_smtp.engine) as session:
        mailing = mailing_by_id(session, mailing_id)
        assert [one.delivery.id for one in undecided_entries(session, mailing=mailing)] == [1, 2]
        lay_to_rest(session, mailing=mailing, by="bert", now=clock(), ids=[1])
    with writing(by_smtp.engine) as session:
        mailing = mailing_by_id(session, mailing_id)
        assert [one.delivery.id for one in undecided_entries(session, mailing=mailing)] == [2]
        found = entries_in_state(session, mailing=mailing, state=DeliveryState.UNCERTAIN).entries
        assert [[one.by for one in entry.decisions] for entry in found] == [["bert"], []]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("5.1.1 <jan@emmen.nl>: Recipient address rejected: User unknown", "5.1.1 …: Recipient address rejected: User unknown"),
        ("5.7.1 jan.de-boer@emmen.nl not allowed", "5.7.1 … not allowed"),
        ("5.1.1 The account does not exist. https://support.example/?p=NoSuchUser a640c23a62f3a-ab67626si7 - gsmtp",
         "5.1.1 The account does not exist. … … - gsmtp"),
        ("Message rejected, queue id 4XyZ12ab34, ref 20261201", "Message rejected, queue id …, ref …"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_reason_is_a_reply_without_what_belongs_to_one_recipient(reply: str, reason: str) -> None:
    assert reason_of(reply) == reason


def test_failures_are_put_together_by_why(by_smtp: Runtime, relay: Relay) -> None:
    for number in range(6):
        address = f"lezer{number}@gemeente.example"
        relay.rcpt[address] = f"550 5.1.1 <{address}> unknown" if number < 4 else "552 5.2.2 mailbox full"
    mailing_id = plan(by_smtp, readers=7)
    deliver_due(by_smtp)
    with reading(by_smtp.engine) as session:
        found = reasons(session, mailing=mailing_by_id(session, mailing_id))
    assert [(one.code, one.number) for one in found] == [(550, 4), (552, 2)]
    assert "unknown" in found[0].words
    assert "lezer" not in found[0].words


def a_progress(counts: dict[str, int], *, now, speed: float = 0.0, state: str = "sending") -> Progress:
    every = dict.fromkeys(map(str, DeliveryState), 0) | counts
    return Progress(
        now=now,
        state=state,
        counts=every,
        speed=speed,
        average=0.0,
        since=now - timedelta(minutes=2),
        next_at=None,
    )


def test_the_time_left_is_of_what_leaves_now_and_not_of_what_waits_for_its_moment(clock) -> None:
    going = a_progress(
        {"planned": 80, "claimed": 15, "handed_over": 5, "deferred": 50, "sent": 50}, now=clock(), speed=4
    )
    assert (going.total, going.done, going.on_the_way) == (200, 50, 100)
    assert going.left == timedelta(seconds=25)
    assert going.ends_at == clock() + timedelta(seconds=25)
    still = a_progress({"planned": 1}, now=clock())
    assert (still.left, still.ends_at, still.stands_still) == (None, None, True)
    paused = a_progress({"planned": 1}, now=clock(), speed=9, state="paused")
    assert (paused.left, paused.stands_still) == (None, False)
    waiting = a_progress({"deferred": 1}, now=clock(), speed=9)
    assert (waiting.left, waiting.stands_still) == (None, False)


def tried(runtime: Runtime, mailing_id: int, number: int, *, ago: float) -> None:
    """Write down that this many left, so many seconds ago."""
    with writing(runtime.engine) as session:
        delivery = session.exec(select(Delivery.id).where(Delivery.mailing_id == mailing_id)).first()
        at = runtime.clock() - timedelta(seconds=ago)
        session.add_all(
            Attempt(delivery_id=delivery or 0, at=at, server="relay:25", outcome="sent")
            for _ in range(number)
        )


def speed(runtime: Runtime, mailing_id: int, **since: float) -> float:
    with reading(runtime.engine) as session:
        now = runtime.clock()
        began = now - timedelta(**(since or {"hours": 1}))
        return pace(session, mailing_by_id(session, mailing_id), since=began, now=now).speed


def test_the_speed_is_that_of_the_last_seconds(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing_id = plan(runtime, readers=1)
    assert speed(runtime, mailing_id) == 0
    tried(runtime, mailing_id, 300, ago=200)
    assert speed(runtime, mailing_id) == 0, "three minutes ago is not now"
    tried(runtime, mailing_id, 6, ago=30)
    assert speed(runtime, mailing_id) == pytest.approx(0.1), "few: over a minute"
    tried(runtime, mailing_id, 50, ago=4)
    assert speed(runtime, mailing_id) == pytest.approx(5), "many: over ten seconds"
    assert speed(runtime, mailing_id, seconds=5) == pytest.approx(10), "it began five seconds ago"
    monkeypatch.setattr("service.mailing.progress.LOOKED_AT", 40)
    assert speed(runtime, mailing_id) == pytest.approx(10), (
        "more than is looked at: as long ago as that goes back"
    )


def test_another_mailing_does_not_make_this_one_fast(runtime: Runtime, clock) -> None:
    mailing_id = plan(runtime, readers=1)
    with writing(runtime.engine) as session:
        other = Mailing(kind="issue", created_at=clock())
        session.add(other)
        session.flush()
        session.add(Delivery(mailing_id=other.id or 0, due_at=clock()))
        other_id = other.id or 0
    tried(runtime, other_id, 500, ago=3)
    assert speed(runtime, mailing_id) == 0
    assert speed(runtime, other_id) == pytest.approx(50)


def test_progress_says_when_the_first_retry_is_and_what_each_server_last_said(
    by_smtp: Runtime, relay: Relay, clock
) -> None:
    relay.rcpt["lezer2@gemeente.example"] = "450 4.2.0 busy"
    mailing_id = plan(by_smtp)
    clock.advance(seconds=20)
    deliver_due(by_smtp)
    with writing(by_smtp.engine) as session:
        mailing = mailing_by_id(session, mailing_id)
        found = progress_of(session, mailing, now=clock())
        due = session.exec(select(Delivery.due_at).where(Delivery.state == "deferred")).one()
        assert (found.done, found.next_at, found.counts["deferred"]) == (2, due, 1)
        assert found.average == pytest.approx(0.1)
        assert not balances(mailing, found.counts)
        last = lines(session, mailing)
        assert len(last) == 1
        assert "127.0.0.1" in last[0].server
        session.add(
            Allowance(key="ziggo.example", filled_at=clock(), closed_until=clock() + timedelta(hours=1))
        )
        session.add(
            Allowance(key="oud.example", filled_at=clock(), closed_until=clock() - timedelta(hours=1))
        )
        session.flush()
        assert [one.key for one in closed(session, now=clock())] == ["ziggo.example"]
        assert ledger(session, mailing)["sent"] == 2
