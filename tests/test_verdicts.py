"""A server's words are judged by one table: whose fault it is, and what follows."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from service.verdicts.judging import judge
from service.verdicts.kinds import REASONS, Kind
from service.verdicts.phrases import FILE, read_phrases
from service.verdicts.softness import Sending, is_given_up
from service.verdicts.statuses import BY_CODE, BY_STATUS, CERTAIN

REPLIES = [
    # the recipient's fault, for good
    ("550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table", "hard", "mailbox-unknown"),
    ("550-5.1.1 The email account that you tried to reach does not exist.", "hard", "mailbox-unknown"),
    ("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "hard", "mailbox-unknown"),
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "hard", "mailbox-unknown"),
    ("550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", "hard", "mailbox-unknown"),
    ("554 delivery error: dd This user doesn't have an account here", "hard", "mailbox-unknown"),
    ("553 5.1.2 <a@b.example>... Host unknown (Name server: b.example: host not found)", "hard", "domain-unknown"),
    ("556 5.1.10 Recipient address has null MX", "hard", "domain-takes-no-mail"),
    ("551 5.1.6 The recipient has moved to a@c.example", "hard", "mailbox-moved"),
    ("550 5.1.1 Onbekende gebruiker", "hard", "mailbox-unknown"),
    ("550 宛先不明", "hard", "mailbox-unknown"),
    ("550 #5.1.1", "hard", "mailbox-unknown"),
    ("550 BAD_RECIPIENT - see http://b.example/undelivered", "hard", "mailbox-unknown"),
    ("550 mailbox <a@b.example> unavailable", "hard", "mailbox-unknown"),
    ("550 5.1.1 <a@b.example>: Recipient address rejected", "hard", "mailbox-unknown"),
    ("550 #5.1.0 Address rejected.", "hard", "mailbox-unknown"),
    ("but it was rejected by the recipient domain. 550 550 Address unknown (state 14)", "hard", "mailbox-unknown"),
    ("550 This address no longer accepts mail.", "hard", "mailbox-moved"),
    ("550 5.7.17 The mailbox has a new owner", "hard", "mailbox-moved"),
    ("550 5.4.310 no", "hard", "domain-unknown"),
    ("550 5.1.351 no", "hard", "mailbox-unknown"),
    ("550 Empfaenger unbekannt", "hard", "mailbox-unknown"),
    ("550 Onbekende ontvanger", "hard", "mailbox-unknown"),
    ("550 Adresse incorrecte", "hard", "mailbox-unknown"),
    ("550 Nessun utente con questo nome", "hard", "mailbox-unknown"),
    ("550 Destinatario no válido", "hard", "mailbox-unknown"),
    ("550 нет такого пользователя", "hard", "mailbox-unknown"),
    ("550 そのユーザーは存在しません", "hard", "mailbox-unknown"),
    ("550 收件人地址无效", "hard", "mailbox-unknown"),
    # for now
    ("452-4.2.2 The email account that you tried to reach is over quota.", "soft", "mailbox-full"),
    ("552-5.2.2 The email account that you tried to reach is over quota and inactive.", "soft", "mailbox-full"),
    ("550 5.1.1 <a@b.example>: mailbox full", "soft", "mailbox-full"),
    ("550-5.2.1 The email account that you tried to reach is disabled.", "soft", "mailbox-disabled"),
    ("450 4.1.1 <a@b.example>: Recipient address rejected: User unknown", "soft", "mailbox-unknown"),
    ("450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted", "soft", "greylisted"),
    ("Name service error for name=b.example type=MX: Host not found, try again", "soft", "network"),
    ("550 5.0.0 <a@b.example>... Sorry", "soft", "undefined"),
    ("550 <a@b.example>", "soft", "undefined"),
    ("", "soft", "undefined"),
    ("550 5.1.1 Recipient rejected: mailbox would exceed its storage", "soft", "mailbox-full"),
    ("552 Requested action not taken: mailbox unavailable (not enough free space)", "soft", "mailbox-full"),
    ("550 5.1.4 RESOLVER.ADR.Ambiguous; ambiguous address", "soft", "server-fault"),
    ("554 5.4.4 SMTPSEND.DNS.MxLoopback", "soft", "loop"),
    ("550 5.1.1 Refused due to recipient preferences", "soft", "filtered"),
    ("550 ユーザーが受信を拒否しています", "soft", "filtered"),
    ("550 5.4.312 no", "soft", "network"),
    ("554 Name service error: Malformed or unexpected name server reply", "soft", "network"),
    ("550 Address rejected", "soft", "undefined"),
    ("550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", "soft", "filtered"),
    # the message
    ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example", "refused", "blocked"),
    ("550-5.7.1 Our system has detected that this message is likely unsolicited mail.", "refused", "spam"),
    ("552 5.3.4 Message size exceeds fixed limit", "refused", "too-large"),
    ("550 5.7.1 Message refused by our policy", "refused", "policy"),
    ("554 5.7.1 <a@b.example>: Recipient address rejected: Policy restriction", "refused", "policy"),
    ("554 5.7.1 Message Rejected Class=size limit=15728640", "refused", "too-large"),
    ("550 5.7.1 This message contains a domain that does not exist", "refused", "content"),
    ("550 5.9.8 The message seems to be spam", "refused", "spam"),
    # the provider wants it slower
    ("421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume", "throttled", "rate-limited"),
    ("421 4.7.0 [TSS05] Messages from 192.0.2.1 temporarily deferred", "throttled", "rate-limited"),
    ("421 4.16.55 [IPTS04] Messages from 192.0.2.1 temporarily deferred", "throttled", "rate-limited"),
    ("421 [IPTS05] Messages from 192.0.2.1 temporarily deferred", "throttled", "rate-limited"),
    ("550 Too many invalid recipients", "throttled", "rate-limited"),
    ("421 4.7.28 Our system has detected an unusual rate of mail", "throttled", "rate-limited"),
    # ours: every code of the bulk rules
    ("421-4.7.23 The IP address sending this message does not have a PTR record", "sender-fault", "ptr"),
    ("550-5.7.25 The IP address sending this message does not have a PTR record setup", "sender-fault", "ptr"),
    ("421-4.7.27 This mail is unauthenticated", "sender-fault", "authentication"),
    ("550-5.7.27 This mail has been blocked", "sender-fault", "authentication"),
    ("421-4.7.29 This mail was not sent over TLS", "sender-fault", "tls"),
    ("550-5.7.29 This mail was not sent over TLS", "sender-fault", "tls"),
    ("421-4.7.30 This mail did not pass", "sender-fault", "authentication"),
    ("550-5.7.30 This mail did not pass", "sender-fault", "authentication"),
    ("421-4.7.31 This mail did not pass", "sender-fault", "authentication"),
    ("421-4.7.32 From is not aligned", "sender-fault", "authentication"),
    ("550-5.7.26 This mail has been blocked because the sender is unauthenticated.", "sender-fault", "authentication"),
    ("550 5.7.515 Access denied, sending domain a.example does not meet the required level.", "sender-fault", "authentication"),
    ("554 5.7.1 <a@b.example>: Relay access denied", "sender-fault", "relay-denied"),
    ("535 5.7.8 Username and password not accepted", "sender-fault", "sign-in"),
    ("530 5.7.0 Must issue a STARTTLS command first", "sender-fault", "tls"),
    ("550 5.1.0 <us@a.example>: Sender address rejected: Domain not found", "sender-fault", "sender-refused"),
    ("550 Sender verify failed: no such user here", "sender-fault", "sender-refused"),
    ("550 5.7.1 The domain in your From: header does not exist", "sender-fault", "sender-refused"),
    ("553 You are trying to use me as a relay, but I have not been configured to let you", "sender-fault", "relay-denied"),
    ("550 Relaying to a@b.example prohibited: user not found", "sender-fault", "relay-denied"),
    ("501 5.5.4 Invalid address from us", "sender-fault", "sender-refused"),
    ("550 5.7.1 HELO not valid: host unknown", "sender-fault", "ptr"),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "kind", "reason"), REPLIES, ids=[reply[:40] for reply, _, _ in REPLIES])
def test_each_class_of_reply_is_told_apart(reply: str, kind: str, reason: str) -> None:
    verdict = judge(code=None, status="", text=reply)
    assert (verdict.kind, verdict.reason) == (kind, reason)


@pytest.mark.parametrize(("reply", "kind", "reason"), REPLIES, ids=[reply[:40] for reply, _, _ in REPLIES])
def test_what_is_only_for_now_is_never_the_end_of_an_address(reply: str, kind: str, reason: str) -> None:
    assert judge(code=450, status="", text=reply).kind is not Kind.HARD


def test_the_code_that_was_given_counts_before_one_in_the_words() -> None:
    assert not judge(code=451, status="", text="550 5.1.1 User unknown").permanent
    assert judge(code=550, status="", text="User unknown").permanent


def test_a_status_says_what_the_words_do_not() -> None:
    assert judge(code=550, status="5.1.1", text="no").reason == "mailbox-unknown"
    assert judge(code=550, status="5.0.0", text="550 5.1.1 no").reason == "mailbox-unknown"
    assert judge(code=550, status="5.6.7", text="no").reason == "content"
    assert judge(code=552, status="", text="no").reason == "mailbox-full"


def test_every_reason_of_the_tables_has_words_for_the_desk() -> None:
    used = {reason for reason, _ in read_phrases(FILE.read_text(encoding="utf-8"))}
    used |= {*CERTAIN.values(), *BY_STATUS.values(), *BY_CODE.values(), "undefined"}
    assert used == set(REASONS)


def test_the_phrases_are_lower_case_and_none_stands_twice_in_a_group() -> None:
    for reason, phrases in read_phrases(FILE.read_text(encoding="utf-8")):
        assert phrases, reason
        assert len(set(phrases)) == len(phrases), reason
        assert all(phrase == phrase.lower().strip() for phrase in phrases), reason


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5_000_000,
        "mailbox exceeded " * 300_000,
        "5.1." * 1_000_000,
        "spf domain " * 400_000,
        "\0\ud800" * 9,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    judge(code=None, status="", text=text)
    assert time.process_time() - began < 0.5


START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("history", "given_up"),
    [
        ([], False),
        ([(0, "-")], False),
        ([(0, "x"), (7, "x"), (14, "x")], True),
        ([(0, "x"), (7, "x"), (13, "x")], False),
        ([(0, "x"), (30, "x")], False),
        ([(0, "x"), (7, "-"), (14, "x"), (21, "x")], False),
        ([(0, "-"), (7, "x"), (14, "x"), (21, "x")], True),
        ([(0, "x"), (7, "x"), (14, "x"), (21, "-")], True),  # the last may yet come back
        ([(0, "x"), (7, "x"), (14, "x"), (21, "-"), (28, "x")], False),
    ],
)
def test_an_address_is_given_up_after_three_mailings_over_two_weeks(
    history: list[tuple[int, str]], given_up: bool
) -> None:
    sendings = [
        Sending(at=START + timedelta(days=day), mailing_id=day, failed=mark == "x") for day, mark in history
    ]
    assert is_given_up(sendings) is given_up
    assert is_given_up(sendings[::-1]) is given_up


def test_three_failures_of_one_mailing_are_one() -> None:
    sendings = [Sending(at=START + timedelta(days=day), mailing_id=1, failed=True) for day in (0, 10, 20)]
    assert not is_given_up(sendings)


def test_words_weigh_more_than_a_code_but_polite_ones_do_not() -> None:
    assert judge(code=550, status="5.1.1", text="<a@b.example> is over quota").reason == "mailbox-full"
    assert judge(code=550, status="5.1.1", text="rejected by policy").reason == "mailbox-unknown"
    assert judge(code=550, status="5.7.1", text="no such user").reason == "mailbox-unknown"


@pytest.mark.parametrize(
    "text", ["spam@unknown.example: full", "host antispam.example[192.0.2.1] said: 550 no"]
)
def test_the_names_in_a_reply_say_nothing(text: str) -> None:
    assert judge(code=550, status="", text=text).reason == "undefined"


@pytest.mark.parametrize(
    "text",
    [
        "550 5.7.1 signature is not valid",
        "550 message refused: Message-ID is not valid",
        "550 5.6.0 Date header is not valid",
        "554 cannot append to the file: it does not exist",
        "550 5.3.0 command not found",
        "550 5.7.1 <a@b.example>: Recipient address rejected: SPF not pass",
        "550 5.7.1 Recipient rejected, sender not on white list",
        "550 The sender is not a known correspondent",
        "550 this list does not exist for non-members: policy",
    ],
)
def test_what_does_not_exist_must_be_the_recipient(text: str) -> None:
    assert judge(code=None, status="", text=text).kind is not Kind.HARD


@pytest.mark.parametrize(
    "text",
    [
        "550 The mailbox name is not valid",
        "550 <a@b.example> does not exist, access denied",
        "550 5.7.1 User a could not be found; contact your administrator",
        "550 Account a@b.example doesn't exist",
        "550 does not exist",
    ],
)
def test_a_recipient_that_does_not_exist_is_hard_whatever_else_is_said(text: str) -> None:
    assert judge(code=None, status="", text=text).kind is Kind.HARD
