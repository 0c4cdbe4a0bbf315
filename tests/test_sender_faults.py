"""When a server says that we are at fault, the mailing stops, the desk hears it, and no reader is blamed; on both engines."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from service.database import reading, writing
from service.mailing.alerts import SENDER_FAULT
from service.mailing.delivering import deliver_due
from service.mailing.moves import mailing_by_id
from service.mailing.outbox import Attempt, Mailing, MailingState
from service.mailing.steering import resume
from service.runtime import Runtime
from service.users import RoleName, add_user
from service.verp import read_return_path
from subscribers.suppression import Suppression
from tests.builders import a_user
from tests.mailings import deliveries, over_smtp, plan, states
from tests.relay import Relay, running_relay

UNAUTHENTICATED = "550 5.7.26 This mail is unauthenticated"


@pytest.fixture
def relay() -> Iterator[Relay]:
    with running_relay() as made:
        yield made


@pytest.fixture
def one(runtime: Runtime, relay: Relay) -> Runtime:
    smtp = over_smtp(runtime, relay)
    return replace(smtp, settings=smtp.settings.model_copy(update={"smtp_connections": 1}))


def editor(runtime: Runtime, now) -> None:
    with writing(runtime.engine) as session:
        add_user(session, address="anna@example.org", name="Anna", roles=[RoleName.EDITOR], now=now)


def test_the_mailing_is_paused_the_desk_is_told_and_nobody_is_suppressed(
    one: Runtime, relay: Relay, clock
) -> None:
    editor(one, clock())
    relay.data["lezer0@gemeente.example"] = UNAUTHENTICATED
    mailing_id = plan(one, readers=30)
    deliver_due(one)
    with reading(one.engine) as session:
        mailing = session.get_one(Mailing, mailing_id)
        assert (mailing.state, mailing.pause) == (MailingState.PAUSED, SENDER_FAULT)
        assert mailing.pause_reply == UNAUTHENTICATED
        assert session.exec(select(Suppression)).all() == []
        assert session.exec(select(Attempt.reply).where(Attempt.outcome == "deferred")).all() == [
            UNAUTHENTICATED[4:]
        ]
    assert "failed" not in states(one, mailing_id)
    deliver_due(one)
    to_desk = [content for recipient, content in relay.received if recipient == "anna@example.org"]
    assert len(to_desk) == 1, "told once"
    assert b"Stilgezet: Kennispost december 2026" in to_desk[0]
    assert f"/redactie/verzendingen/{mailing_id}".encode() in to_desk[0].replace(b"=\r\n", b"")


def test_after_it_was_mended_the_rest_leaves_first_and_then_the_one_that_met_it(
    one: Runtime, relay: Relay, clock
) -> None:
    relay.data["lezer0@gemeente.example"] = UNAUTHENTICATED
    mailing_id = plan(one, readers=3)
    deliver_due(one)
    relay.data.clear()
    with writing(one.engine) as session:
        resume(session, mailing=mailing_by_id(session, mailing_id), by="anna@example.org", now=clock())
    deliver_due(one)
    assert states(one, mailing_id) == {"sent": 2, "deferred": 1}
    clock.advance(minutes=30)
    deliver_due(one)
    assert states(one, mailing_id) == {"sent": 3}
    assert len(set(relay.recipients)) == len(relay.received) == 3


def test_one_provider_that_always_says_so_does_not_stop_a_mailing_for_ever(
    one: Runtime, relay: Relay, clock
) -> None:
    relay.data["lezer0@gemeente.example"] = UNAUTHENTICATED
    mailing_id = plan(one, readers=3)
    for _ in range(40):
        deliver_due(one)
        clock.advance(hours=4)
        with writing(one.engine) as session:
            mailing = session.get_one(Mailing, mailing_id)
            if mailing.state == MailingState.PAUSED:
                resume(session, mailing=mailing, by="anna@example.org", now=clock())
    assert states(one, mailing_id) == {"sent": 2, "failed": 1}


def test_what_is_refused_for_good_when_it_is_handed_over_ends_the_address(one: Runtime, relay: Relay) -> None:
    relay.rcpt["lezer0@gemeente.example"] = "550 5.1.1 User unknown"
    relay.rcpt["lezer1@gemeente.example"] = "552 5.2.2 Mailbox full"
    mailing_id = plan(one, readers=3)
    deliver_due(one)
    assert states(one, mailing_id) == {"failed": 2, "sent": 1}
    assert [delivery.bounce_kind for delivery in deliveries(one)] == ["hard", "soft", ""]
    with reading(one.engine) as session:
        assert [found.reason for found in session.exec(select(Suppression))] == ["hard-bounce"]


def test_each_message_has_a_return_path_of_its_own(runtime: Runtime, clock) -> None:
    with running_relay() as relay:
        smtp = over_smtp(runtime, relay)
        senders: list[str] = []
        arrived = relay.handle_DATA

        async def noted(server, session, envelope) -> str:
            senders.append(envelope.mail_from)
            return await arrived(server, session, envelope)

        relay.handle_DATA = noted
        plan(smtp, readers=3)
        deliver_due(smtp)
    assert sorted(read_return_path(runtime.settings, sender) for sender in senders) == [1, 2, 3]


def test_issues_leave_within_the_window_and_letters_at_any_time(one: Runtime, relay: Relay, clock) -> None:
    limited = replace(one, settings=one.settings.model_copy(update={"send_window": "workdays 08:00-09:30"}))
    mailing_id = plan(limited, readers=2)  # the clock stands at ten, in Amsterdam
    assert deliver_due(limited).sent == 0
    assert states(limited, mailing_id) == {"planned": 2}
    clock.advance(hours=23)
    assert deliver_due(limited).sent == 2


def test_a_user_without_a_role_hears_nothing(one: Runtime, relay: Relay, clock) -> None:
    with writing(one.engine) as session:
        a_user(session, clock())
    relay.data["lezer0@gemeente.example"] = UNAUTHENTICATED
    plan(one, readers=1)
    deliver_due(one)
    deliver_due(one)
    assert relay.received == []
    assert clock() + timedelta(minutes=30) == deliveries(one)[0].due_at
