"""A reply means what it should for the message: each class of the table, at RCPT, at DATA and after the message."""

import pytest

from service.mailing.replies import MOST_OF_A_REPLY, Reply, Step, outcome_of
from service.mailing.transport import Result

AT_RECIPIENT = [
    # the recipient's fault, for good
    (550, "5.1.1 <x@y.nl>: Recipient address rejected: User unknown", Result.HARD),
    (550, "5.1.2 Host unknown", Result.HARD),
    (556, "5.1.10 Domain does not accept mail", Result.HARD),
    # the recipient's, but the mailbox is there
    (552, "5.2.2 Mailbox full", Result.FAILED),
    (550, "5.2.1 The mailbox is disabled", Result.FAILED),
    (554, "5.7.1 Message rejected as spam", Result.FAILED),
    (552, "5.3.4 Message size exceeds limit", Result.FAILED),
    # for now
    (450, "4.2.0 Greylisted, try again", Result.DEFERRED),
    (452, "4.2.2 Mailbox full", Result.DEFERRED),
    (451, "4.3.0 Temporary failure", Result.DEFERRED),
    (450, "4.1.1 unverified address", Result.DEFERRED),
    # the provider's throttle
    (421, "4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred", Result.THROTTLED),
    (450, "4.7.28 Our system has detected an unusual rate of mail. Rate limit exceeded", Result.THROTTLED),
    # the sender's
    (421, "4.7.23 The sending IP does not have a PTR record", Result.SENDER_FAULT),
    (550, "5.7.25 The IP address sending this message does not have a PTR record", Result.SENDER_FAULT),
    (550, "5.7.26 This mail is unauthenticated", Result.SENDER_FAULT),
    (421, "4.7.27 SPF did not pass", Result.SENDER_FAULT),
    (550, "5.7.27 SPF did not pass", Result.SENDER_FAULT),
    (421, "4.7.29 not sent over a TLS connection", Result.SENDER_FAULT),
    (550, "5.7.30 DKIM did not pass", Result.SENDER_FAULT),
    (421, "4.7.31 no DMARC record", Result.SENDER_FAULT),
    (421, "4.7.32 From: header is not aligned", Result.SENDER_FAULT),
    (
        550,
        "5.7.515 Access denied, sending domain does not meet the required authentication level",
        Result.SENDER_FAULT,
    ),
    (554, "5.7.1 Relay access denied", Result.SENDER_FAULT),
]


@pytest.mark.parametrize("step", [Step.RCPT, Step.DATA, Step.MESSAGE])
@pytest.mark.parametrize(("code", "text", "expected"), AT_RECIPIENT)
def test_a_refusal_means_the_same_wherever_a_server_gives_it(
    step: Step, code: int, text: str, expected: Result
) -> None:
    outcome = outcome_of(Reply(code, text), step=step, server="relay:25")
    assert (outcome.result, outcome.code, outcome.reply, outcome.server) == (expected, code, text, "relay:25")


@pytest.mark.parametrize("code", [250, 251, 252])
def test_any_2yz_after_the_message_is_sent(code: int) -> None:
    assert outcome_of(Reply(code, "2.0.0 queued"), step=Step.MESSAGE, server="r").result is Result.SENT


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (530, "5.7.0 Authentication required", Result.SENDER_FAULT),
        (550, "5.1.8 Sender address rejected: Domain not found", Result.SENDER_FAULT),
        (553, "5.1.1 sender unknown", Result.SENDER_FAULT),
        (451, "4.3.0 try later", Result.UNREACHABLE),
        (421, "4.3.2 shutting down", Result.UNREACHABLE),
        (450, "4.7.1 rate limit", Result.UNREACHABLE),
    ],
)
def test_what_is_said_before_a_recipient_is_named_is_held_against_none(
    code: int, text: str, expected: Result
) -> None:
    assert outcome_of(Reply(code, text), step=Step.MAIL, server="r").result is expected


def test_of_an_endless_reply_the_beginning_is_kept() -> None:
    outcome = outcome_of(Reply(451, "4.3.0 " + "x" * 50_000), step=Step.RCPT, server="r")
    assert len(outcome.reply) == MOST_OF_A_REPLY


def test_the_enhanced_code_is_that_at_the_beginning() -> None:
    assert Reply(550, "5.1.1 gone").status == "5.1.1"
    assert Reply(550, "gone 5.1.1").status == ""
