"""RFC 5322 bytes: each header once, lines that fit, names that do not break out, and an unsubscribe button that shows."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import pytest

from service.errors import MailRefused
from service.mailing.messages import (
    Letterhead,
    ListHeaders,
    Mailbox,
    Message,
    check_header,
    head_of,
    mailbox_header,
    needs_smtputf8,
    one_line,
    wire_address,
    words,
)
from service.mailing.mime import body_of


def changed(message: Message, **changes) -> Message:
    """The message with other values, whether it shares them or not."""
    shared = {name: changes.pop(name) for name in {*changes} & {one.name for one in fields(Letterhead)}}
    return message._replace(letterhead=replace(message.letterhead, **shared), **changes)


LETTER = Message(
    letterhead=Letterhead(
        sender=Mailbox("Kennispost", "redactie@kennispost.example"),
        reply_to="redactie@kennispost.example",
        subject="Kennispost december 2026",
        language="nl",
        content_type="",
    ),
    recipient=Mailbox("Anna de Vries", "anna@gemeente.example"),
    date=datetime(2026, 12, 1, 9, tzinfo=UTC),
    message_id="<1.2.abc@kennispost.example>",
)
LISTED = changed(
    LETTER,
    listed=ListHeaders(
        list_id="monthly.kennispost.example",
        help_address="redactie@kennispost.example",
        feedback_id="issue-1:monthly:newsletter:kennispost",
    ),
    unsubscribe_link="https://kennispost.example/afmelden/" + "a" * 160,
)


def build_message(
    message: Message, *, text: str = "Één\n", html: str = "<html><body><h1>Één</h1></body></html>\n"
) -> bytes:
    body = body_of(text=(text,), html=(html,))
    head = head_of(changed(message, content_type=body.content_type))
    return head.lines + b"".join(body.filled({}))


def read(message: Message) -> EmailMessage:
    return message_from_bytes(build_message(message), policy=default)


def test_each_header_stands_there_once() -> None:
    names = [name.lower() for name in read(LISTED)]
    assert len(names) == len(set(names))
    assert {"from", "to", "subject", "date", "message-id", "reply-to", "list-id", "mime-version"} <= set(
        names
    )


def test_lines_end_in_crlf_and_none_is_over_998_octets() -> None:
    content = build_message(changed(LISTED, subject="Lang " * 300), html="<p>" + "é" * 20_000 + "</p>")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_text_comes_first_and_both_parts_are_quoted_printable_utf_8() -> None:
    message = read(LISTED)
    assert message.get_content_type() == "multipart/alternative"
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert {part["Content-Transfer-Encoding"] for part in parts} == {"quoted-printable"}
    assert {part.get_content_charset() for part in parts} == {"utf-8"}
    assert parts[0].get_content().strip() == "Één"
    body = build_message(LISTED).split(b"\r\n\r\n", 1)[1]
    assert max(map(len, body.split(b"\r\n"))) <= 76, "RFC 2045, 6.7"


def test_the_mail_of_a_stream_can_be_left_with_one_click() -> None:
    message = read(LISTED)
    assert message["List-Unsubscribe"] == f"<{LISTED.unsubscribe_link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Precedence"] == "bulk"
    assert message["List-Help"] == "<mailto:redactie@kennispost.example>"
    assert message["Feedback-ID"].count(":") == 3
    assert message["Auto-Submitted"] is None


def test_a_long_unsubscribe_link_is_no_encoded_word() -> None:
    content = build_message(LISTED)
    line = next(line for line in content.split(b"\r\n") if line.startswith(b"List-Unsubscribe: "))
    assert line == f"List-Unsubscribe: <{LISTED.unsubscribe_link}>".encode()
    assert len(line) > 78
    assert b"=?" not in line


def test_a_letter_says_that_a_machine_wrote_it_and_names_no_list() -> None:
    message = read(LETTER)
    assert message["Auto-Submitted"] == "auto-generated"
    assert [name for name in message if name.lower().startswith("list-")] == []


@pytest.mark.parametrize(
    "name",
    ["Anna", 'Jansen, "Piet"', "Zoë 🎈, de Boer", "Vries (GGD)", "<x@y.nl>", "=?utf-8?q?x?=", "O'Neill", ""],
)
def test_a_name_with_any_signs_comes_back_as_it_was(name: str) -> None:
    message = read(
        changed(LETTER, recipient=Mailbox(name, "anna@gemeente.example"), sender=Mailbox(name, "k@x.example"))
    )
    (recipient,), (sender,) = message["To"].addresses, message["From"].addresses
    assert (recipient.display_name, recipient.addr_spec) == (name, "anna@gemeente.example")
    assert sender.display_name == name


@pytest.mark.parametrize("name", ["é" * 200, "x" * 300, "Ann, é " * 30 + "slot"])
def test_a_long_name_is_folded_into_encoded_words_that_are_not_too_long(name: str) -> None:
    value = mailbox_header(Mailbox(name, "anna@gemeente.example"))
    assert str(make_header(decode_header(value))) == f"{name} <anna@gemeente.example>"
    assert max(map(len, value.split("\r\n"))) <= 76


@pytest.mark.parametrize(
    "subject", ["Kort", "Één", "Lachgas in het verkeer " * 8 + "slot", "🎈" * 60, "=?utf-8?q?x?="]
)
def test_a_subject_comes_back_as_it_was(subject: str) -> None:
    assert str(make_header(decode_header(words(subject, first=9)))) == subject
    assert max(map(len, words(subject, first=9).split("\r\n"))) <= 76


@pytest.mark.parametrize("mark", ["\r\n", "\n", "\r", "\r\n "])
def test_a_line_break_cannot_smuggle_in_a_header(mark: str) -> None:
    evil = f"x{mark}Bcc: everyone@gemeente.example"
    for message in (
        changed(LETTER, subject=evil),
        changed(LETTER, recipient=Mailbox(evil, "anna@gemeente.example")),
        changed(LETTER, recipient=Mailbox("Anna", f"anna@gemeente.example{mark}Bcc: x@y.nl")),
        changed(LETTER, reply_to=evil),
        changed(LETTER, message_id=evil),
    ):
        with pytest.raises(MailRefused):
            build_message(message)


def test_a_name_is_made_one_line_before_it_becomes_a_header() -> None:
    assert one_line("Anna\r\nBcc: x@y.nl\t\x00de  Vries ") == "Anna Bcc: x@y.nl de Vries"
    message = read(
        changed(LETTER, recipient=Mailbox(one_line("Anna\r\nBcc: x@y.nl"), "anna@gemeente.example"))
    )
    assert message["Bcc"] is None
    assert message["To"].addresses[0].display_name == "Anna Bcc: x@y.nl"


def test_a_domain_in_any_script_is_written_in_ascii() -> None:
    assert wire_address("jan@café.example") == "jan@xn--caf-dma.example"
    assert "xn--caf-dma.example" in mailbox_header(Mailbox("Jan", "jan@café.example"))


@pytest.mark.parametrize(
    "address",
    ["", "jan", "@x.example", "jan@", "a b@x.example", "jan@x<y", "jan@-\u0301.example"],
)
def test_what_cannot_be_mailed_is_refused(address: str) -> None:
    with pytest.raises(MailRefused):
        mailbox_header(Mailbox("Jan", address))


def test_a_header_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(MailRefused, match="too long"):
        check_header("List-Id", "x" * 999)
    with pytest.raises(MailRefused, match="not ASCII"):
        check_header("List-Id", "é")


def test_the_same_message_is_the_same_bytes() -> None:
    assert build_message(LISTED) == build_message(LISTED)


def test_a_line_of_the_body_that_is_a_dot_stays_a_line() -> None:
    content = build_message(LETTER, text="a\n.\n..b\n")
    assert b"\r\n." not in content
    message = message_from_bytes(content, policy=default)
    assert message.get_body(("plain",)).get_content().split() == ["a", ".", "..b"]


def test_a_name_before_the_at_in_any_script_stands_in_the_header_as_it_is() -> None:
    content = build_message(changed(LETTER, recipient=Mailbox("Jørgen", "jørgen@café.example")))
    assert "<jørgen@xn--caf-dma.example>".encode() in content
    assert needs_smtputf8(wire_address("jørgen@café.example"))
    assert not needs_smtputf8(wire_address("jan@café.example"))
