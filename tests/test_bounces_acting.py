"""What comes back is believed only where we signed for it, and followed by what it asks for."""

from collections import Counter

import pytest
from sqlmodel import select

from service.database import reading, writing
from service.feedback.intake import take_in
from service.feedback.returned import Done
from service.mailing.delivering import deliver_due
from service.mailing.refusals import note_refusal
from service.runtime import Runtime
from service.users import add_user
from service.verdicts.judging import judge
from service.verp import return_path
from subscribers.consent import ConsentKind, consent_of
from subscribers.people import Subscriber, SubscriberState
from subscribers.suppression import Suppression
from tests.conftest import SetClock
from tests.mailings import deliveries
from tests.returns import (
    again,
    answer,
    letters,
    mail_of,
    returned,
    sent,
    suppressed,
    with_settings,
)


def test_a_hard_bounce_ends_the_address_and_the_next_issue_passes_it_by(runtime: Runtime) -> None:
    first = sent(runtime)[0]
    assert take_in(runtime, returned(runtime, first)) is Done.SUPPRESSED
    assert suppressed(runtime, "lezer0@gemeente.example")
    assert not suppressed(runtime, "lezer1@gemeente.example")
    noted = deliveries(runtime)[0]
    assert (noted.state, noted.bounce_kind, noted.bounce_status, noted.bounce_reason) == (
        "sent", "hard", "5.1.1", "mailbox-unknown",
    )  # fmt: skip
    assert noted.bounced_at == runtime.clock()
    again(runtime)
    assert Counter(one.state for one in deliveries(runtime)[3:]) == {"sent": 2, "suppressed": 1}


@pytest.mark.parametrize(
    "line", ["X-Original-To: {}\n", "Return-Path: <{}>\n", "To: {}\n", "Envelope-To: {}\n"]
)
def test_the_token_is_found_wherever_a_server_writes_the_recipient(runtime: Runtime, line: str) -> None:
    first = sent(runtime)[0]
    raw = returned(runtime, first).split(b"\n", 1)[1]
    head = line.format(return_path(runtime.settings, first.id or 0).upper())
    assert take_in(runtime, head.encode() + raw) is Done.SUPPRESSED


def test_a_forged_bounce_changes_nothing(runtime: Runtime) -> None:
    first = sent(runtime)[0]
    stranger = with_settings(runtime, secret_key=type(runtime.settings.secret_key)("s" * 40))
    for raw in (
        returned(stranger, first),
        returned(runtime, first, "qmail-no-mailbox").split(b"\n", 1)[1],
        returned(runtime, 9999),
    ):
        assert take_in(runtime, raw) is Done.NOT_OURS
    assert not suppressed(runtime, "lezer0@gemeente.example")
    assert deliveries(runtime)[0].bounced_at is None
    assert take_in(runtime, returned(runtime, first)) is Done.SUPPRESSED  # and keeps no true one out


@pytest.mark.parametrize(
    "fixture", ["office365-not-allowed", "outlook-com-block-list", "yahoo-tss04", "postfix-delayed"]
)
def test_what_says_nothing_of_the_address_never_ends_it(
    runtime: Runtime, clock: SetClock, fixture: str
) -> None:
    sent(runtime)
    for _ in range(4):
        take_in(runtime, returned(runtime, deliveries(runtime)[-3], fixture) + str(clock()).encode())
        clock.advance(days=30)
        again(runtime)
    assert not suppressed(runtime, "lezer0@gemeente.example")


def test_three_mailings_over_two_weeks_that_came_back_softly_end_an_address(
    runtime: Runtime, clock: SetClock
) -> None:
    sent(runtime)
    outcomes = []
    for _ in range(3):
        raw = returned(runtime, deliveries(runtime)[-3], "office365-quota")
        outcomes.append(take_in(runtime, raw + str(clock()).encode()))
        clock.advance(days=7)
        again(runtime)
    assert outcomes == [Done.COUNTED, Done.COUNTED, Done.SUPPRESSED]


def test_a_success_in_between_begins_the_count_anew(runtime: Runtime, clock: SetClock) -> None:
    sent(runtime)
    for number in range(4):
        if number != 2:
            take_in(
                runtime, returned(runtime, deliveries(runtime)[-3], "office365-quota") + str(clock()).encode()
            )
        clock.advance(days=30)
        again(runtime)
    assert not suppressed(runtime, "lezer0@gemeente.example")


def test_a_complaint_unsubscribes_with_an_event_and_ends_the_address(runtime: Runtime) -> None:
    first = sent(runtime)[0]
    assert take_in(runtime, returned(runtime, first, "arf-abuse")) is Done.SUPPRESSED
    assert suppressed(runtime, "lezer0@gemeente.example")
    assert deliveries(runtime)[0].complained_at == runtime.clock()
    with reading(runtime.engine) as session:
        reader = session.get(Subscriber, first.subscriber_id)
        assert reader.state == SubscriberState.UNSUBSCRIBED
        last = consent_of(session, reader)[-1]
    assert (last.kind, last.source, last.streams) == (ConsentKind.WITHDRAWN, "complaint", ["monthly"])


def test_a_complaint_is_known_by_the_mail_that_it_encloses(runtime: Runtime) -> None:
    first = sent(runtime)[0]
    path = return_path(runtime.settings, first.id or 0)
    raw = returned(runtime, first, "arf-abuse").split(b"\n", 1)[1]
    enclosed = raw.replace(b"\n\nTo: jan@", f"\n\nReturn-Path: <{path}>\nTo: jan@".encode())
    assert enclosed != raw
    assert take_in(runtime, enclosed) is Done.SUPPRESSED


@pytest.mark.parametrize(
    "fixture", ["vacation-dutch", "vacation-rfc3834", "challenge", "read-receipt", "delivered-after-all"]
)
def test_robots_that_answer_change_nothing(runtime: Runtime, fixture: str) -> None:
    first = sent(runtime)[0]
    assert take_in(runtime, returned(runtime, first, fixture)) is Done.NOTHING
    assert deliveries(runtime)[0].bounced_at is None
    assert letters(runtime, "reply") == 0


def test_a_fault_of_ours_ends_nobody_and_tells_the_desk_once_a_day(runtime: Runtime, clock: SetClock) -> None:
    sent(runtime)
    with writing(runtime.engine) as session:
        add_user(session, address="anna@example.org", name="Anna", roles=["editor"], now=clock())
    for one in deliveries(runtime):
        raw = returned(runtime, one, "outlook-com-5-7-515")
        assert take_in(runtime, raw) is Done.ALERTED
    assert letters(runtime, "sender-fault") == 1
    assert not suppressed(runtime, "lezer0@gemeente.example")
    assert deliveries(runtime)[0].bounce_reason == "authentication"
    clock.advance(days=1, hours=1)
    take_in(runtime, returned(runtime, deliveries(runtime)[0], "gmail-unauthenticated"))
    assert letters(runtime, "sender-fault") == 2
    assert deliver_due(runtime).sent == 2


def test_a_persons_answer_goes_to_the_editors_address_and_cannot_do_harm(runtime: Runtime) -> None:
    runtime = with_settings(runtime, editors_address="vragen@kennispost.example")
    first = sent(runtime)[0]
    raw = answer(runtime, first, "Kunt u mij bellen?\n<script>alert(1)</script>\n{{ 7*7 }}")
    assert take_in(runtime, raw) is Done.FORWARDED
    assert take_in(runtime, raw) is None
    assert deliver_due(runtime).sent == 1
    (mail,) = [one for one in mail_of(runtime) if "vragen@" in one["To"]]
    html = mail.get_body(("html",)).get_content()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Kunt u mij bellen?" in html
    assert "&lt;script&gt;" in html
    assert "<script>alert" not in html
    assert "{{ 7*7 }}" in html
    assert "lezer0@gemeente.example" in mail.get_body(("plain",)).get_content()


def test_without_an_editors_address_the_desk_gets_the_answer(runtime: Runtime, clock: SetClock) -> None:
    with writing(runtime.engine) as session:
        add_user(session, address="anna@example.org", name="Anna", roles=["editor"], now=clock())
    assert take_in(runtime, answer(runtime, sent(runtime)[0])) is Done.FORWARDED
    assert letters(runtime, "reply") == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"From": "redactie@kennispost.example"},
        {"From": ""},
        {"Return_Path": "<>"},
        {"List_Id": "<lijst.example>"},
    ],
)
def test_what_no_person_wrote_is_not_passed_on(runtime: Runtime, headers: dict[str, str]) -> None:
    runtime = with_settings(runtime, editors_address="vragen@kennispost.example")
    assert take_in(runtime, answer(runtime, sent(runtime)[0], **headers)) is Done.NOTHING
    assert letters(runtime, "reply") == 0


def test_a_suppressed_address_never_comes_back_by_itself(runtime: Runtime, clock: SetClock) -> None:
    first = sent(runtime)[0]
    take_in(runtime, returned(runtime, first))
    clock.advance(days=400)
    take_in(runtime, returned(runtime, first, "office365-quota"))
    take_in(runtime, returned(runtime, first, "delivered-after-all"))
    assert suppressed(runtime, "lezer0@gemeente.example")
    assert deliveries(runtime)[0].bounce_kind == "hard"


def test_a_refusal_in_smtp_counts_as_a_bounce_does(runtime: Runtime) -> None:
    first, second, third = sent(runtime)
    now = runtime.clock()
    hard = judge(code=550, status="5.1.1", text="User unknown")
    soft = judge(code=552, status="5.2.2", text="Mailbox full")
    ours = judge(code=550, status="5.7.26", text="unauthenticated")
    with writing(runtime.engine) as session:
        assert note_refusal(
            session, runtime.settings, delivery_id=first.id, verdict=hard, status="5.1.1", now=now
        )
        assert not note_refusal(session, runtime.settings, delivery_id=first.id, verdict=hard, now=now)
        assert not note_refusal(session, runtime.settings, delivery_id=second.id, verdict=soft, now=now)
        assert not note_refusal(session, runtime.settings, delivery_id=third.id, verdict=ours, now=now)
        assert not note_refusal(session, runtime.settings, delivery_id=9999, verdict=hard, now=now)
        (listed,) = session.exec(select(Suppression)).all()
    assert listed.reason == "hard-bounce"
