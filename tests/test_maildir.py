"""The built-in mailbox takes each message once, whole, and gives it back."""

import asyncio
import mailbox
from datetime import UTC, datetime
from pathlib import Path

from service.mailing.maildir import MaildirTransport, arrived, key_of, mailbox_folder, read_all, read_one
from service.mailing.messages import Letterhead, Mailbox, Message, head_of
from service.mailing.mime import body_of
from service.mailing.transport import Envelope, Outcome, Result
from service.settings import Settings


def a_message(number: int, subject: str = "Nieuws") -> Envelope:
    message_id = f"<{number}@kennispost.example>"
    body = body_of(text=("Eén",), html=("<p>Eén</p>",))
    shared = Letterhead(
        sender=Mailbox("Kennispost", "redactie@kennispost.example"),
        reply_to="",
        subject=subject,
        language="nl",
        content_type=body.content_type,
    )
    recipient = Mailbox("Zoë", "zoe@gemeente.example")
    head = head_of(Message(shared, recipient, datetime(2026, 12, 1, 9, tzinfo=UTC), message_id))
    content = [head.lines, *body.filled({})]
    return Envelope(number, "redactie@kennispost.example", "zoe@gemeente.example", message_id, content)


def send(settings: Settings, *envelopes: Envelope) -> list[Outcome]:
    async def run() -> list[Outcome]:
        async with MaildirTransport(settings) as transport:
            return [await transport.send(envelope) for envelope in envelopes]

    return asyncio.run(run())


def test_what_is_sent_can_be_opened(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    (outcome,) = send(settings, a_message(1, "Lachgas & vérder"))
    assert outcome.result is Result.SENT
    (found,) = read_all(arrived(settings))
    assert found.message["Subject"] == "Lachgas & vérder"
    assert found.body("plain").strip() == "Eén"
    assert found.body("html").strip() == "<p>Eén</p>"
    assert found.date == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert read_one(settings, found.key).message["To"] == "Zoë <zoe@gemeente.example>"


def test_it_is_a_maildir_that_other_programs_read(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    send(settings, a_message(1), a_message(2))
    assert len(mailbox.Maildir(mailbox_folder(settings), create=False)) == 2
    assert list((mailbox_folder(settings) / "tmp").iterdir()) == []


def test_the_same_message_arrives_once_however_often_it_is_sent(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    first, again = send(settings, a_message(1), a_message(1))
    assert [first.result, again.result] == [Result.SENT, Result.SENT]
    assert again.reply == "was stored before"
    assert len(arrived(settings)) == 1


def test_a_mailbox_that_cannot_be_written_is_no_fault_of_the_message(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)

    async def run() -> Outcome:
        async with MaildirTransport(settings) as transport:
            folder = mailbox_folder(settings) / "tmp"
            folder.rmdir()
            folder.write_text("in the way")
            return await transport.send(a_message(1))

    outcome = asyncio.run(run())
    assert outcome.result is Result.UNREACHABLE
    assert "cannot be written" in outcome.reply


def test_a_key_is_never_a_path(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    send(settings, a_message(1))
    (tmp_path / "secret").write_text("x")
    assert read_one(settings, "../../secret") is None
    assert read_one(settings, "..%2F..%2Fsecret") is None
    assert read_one(settings, key_of("<9@kennispost.example>")) is None


def test_before_the_first_message_there_is_nothing(tmp_path: Path) -> None:
    assert arrived(Settings(data_dir=tmp_path)) == []
