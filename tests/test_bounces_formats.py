"""Bounces in the manner of many servers: each is told apart as hard or not, whatever its shape."""

import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from service.feedback.classifying import FeedbackKind, classify

FILE = Path(__file__).parent / "fixtures" / "bounces" / "shapes.txt"


def shapes() -> Iterator[tuple[str, str, bytes]]:
    """The name, the kind and the message of each shape in the file."""
    for shape in FILE.read_text(encoding="utf-8").split("\n=== ")[1:]:
        title, _, message = shape.partition("\n")
        name, _, kind = title.rpartition(": ")
        yield name, kind, as_mail(message)


def as_mail(message: str) -> bytes:
    """The bytes of a shape: its headers, those that each bounce has, and its text as it stands."""
    head, _, text = message.partition("\n\n")
    rest = "To: us@a.example\nReturn-Path: <>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
    return f"{head}\n{rest}Content-Transfer-Encoding: 8bit\n\n{text}".encode()


SHAPES = list(shapes())


@pytest.mark.parametrize(("kind", "raw"), [shape[1:] for shape in SHAPES], ids=[shape[0] for shape in SHAPES])
def test_a_bounce_of_this_manner_is_told_apart(kind: str, raw: bytes) -> None:
    found = classify(raw)
    assert told(found.kind) == kind, (found.kind, found.reason)


@pytest.mark.parametrize("raw", [shape[2] for shape in SHAPES], ids=[shape[0] for shape in SHAPES])
def test_it_is_the_same_when_a_relay_passed_it_on_in_base64(raw: bytes) -> None:
    plain = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(plain, EmailMessage)
    coded = EmailMessage(policy=email.policy.default)
    for name in ("From", "To", "Subject", "Return-Path"):
        coded[name] = plain[name]
    coded.set_content(plain.get_content(), cte="base64")
    assert classify(bytes(coded)).kind == classify(raw).kind


def test_the_subject_of_our_own_mail_that_is_repeated_says_nothing() -> None:
    text = (
        "From: System Administrator <postmaster@b.example>\nSubject: Undeliverable: Virus en spam: dat bestaat niet\n\n"
        "Your message\n\n  To:      jan@b.example\n  Subject: Virus en spam: dat bestaat niet\n\n"
        "did not reach the following recipient(s):\n\njan@b.example on Thu, 29 Apr 2010 18:15:35 +0000\n    {said}\n"
    )
    unknown = classify(as_mail(text.format(said="The recipient name is not recognized")))
    full = classify(as_mail(text.format(said="The mailbox is full")))
    assert (unknown.kind, unknown.reason) == (FeedbackKind.HARD, "mailbox-unknown")
    assert (full.kind, full.reason) == (FeedbackKind.SOFT, "mailbox-full")


REPORT = """From: MAILER-DAEMON@a.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

<<< {said}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; a.example

Final-Recipient: rfc822; jan@b.example
Action: failed
Status: 5.1.1
{more}
--b--
"""


@pytest.mark.parametrize(
    ("said", "more", "kind"),
    [
        ("550 <jan@b.example> mailbox full", "", "soft"),
        ("554 <jan@b.example> blocked by our list", "", "soft"),
        ("550 <jan@b.example> user unknown", "", "hard"),
        ("550 <jan@b.example> no", "", "hard"),
        (
            "554 aliasing/forwarding loop broken",
            "",
            "hard",
        ),  # the loop is elsewhere, the code speaks of this recipient
        ("550 mailbox full", "Diagnostic-Code: smtp; 550 5.1.1 user unknown\n", "hard"),
        ("550 no", "Diagnostic-Code: smtp; 550 sorry\nX-PowerMTA-BounceCategory: spam-related\n", "soft"),
    ],
)
def test_a_bare_code_is_outweighed_by_a_line_of_the_server(said: str, more: str, kind: str) -> None:
    assert told(classify(REPORT.format(said=said, more=more).encode()).kind) == kind


def told(kind: FeedbackKind) -> str:
    """Hard, or not: what decides over a suppression."""
    if kind in (FeedbackKind.HARD, FeedbackKind.DELAYED):
        return str(kind)
    return "soft" if kind in (FeedbackKind.SOFT, FeedbackKind.SENDER_FAULT) else f"not a bounce ({kind})"
