"""The built-in mailbox: a Maildir on disk, the embedded default. What "arrives" can be opened under /postbus in the demo."""

import asyncio
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from mailbox import Maildir
from pathlib import Path
from types import TracebackType
from typing import Self

from service.mailing.transport import Envelope, Outcome, Result
from service.settings import Settings

_NAME_LENGTH = 32


@dataclass(frozen=True)
class Arrived:
    """A message in the mailbox. `key` names it; a Message-ID makes one key, so the same message arrives once."""

    key: str
    message: EmailMessage

    @property
    def date(self) -> datetime | None:
        """When it was made."""
        moment: datetime | None = getattr(self.message["Date"], "datetime", None)
        return moment

    def body(self, kind: str) -> str:
        """The text of the part of this kind (`html` or `plain`); empty without one."""
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


class MaildirTransport:
    """Writes each message into the mailbox, whole or not at all, and once."""

    connections = 1

    def __init__(self, settings: Settings) -> None:
        self._folder = mailbox_folder(settings)

    async def __aenter__(self) -> Self:
        """The folder is made when it is missing."""
        await asyncio.to_thread(open_mailbox, self._folder)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    async def send(self, envelope: Envelope, _upcoming: Envelope | None = None) -> Outcome:
        """Write one message. A full disk or a missing right is the mailbox's fault, not the message's."""
        try:
            written = store(self._folder, envelope)
        except OSError as error:
            return Outcome(
                Result.UNREACHABLE,
                "maildir",
                reply=f"The mailbox cannot be written: {error.strerror or error}",
            )
        return Outcome(Result.SENT, "maildir", reply="stored" if written else "was stored before")


def mailbox_folder(settings: Settings) -> Path:
    """Where the mailbox stands."""
    return settings.data_dir / "postbus"


def open_mailbox(folder: Path) -> Maildir:
    """The mailbox, made when it is missing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return Maildir(folder, create=True)


def key_of(message_id: str) -> str:
    """The name of the message with this Message-ID."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:_NAME_LENGTH]


def store(folder: Path, envelope: Envelope) -> bool:
    """Write a message into `tmp` and move it to `new`, as Maildir asks; False when it is there already."""
    key = key_of(envelope.message_id)
    if (folder / "new" / key).exists():
        return False
    passing = folder / "tmp" / f"{key}.{os.getpid()}"
    passing.write_bytes(envelope.message)
    passing.replace(folder / "new" / key)
    return True


def arrived(settings: Settings) -> list[Path]:
    """The files of all messages, the newest first."""
    folder = mailbox_folder(settings) / "new"
    if not folder.is_dir():
        return []
    return sorted(folder.iterdir(), key=lambda file: (-file.stat().st_mtime_ns, file.name))


def read_all(files: list[Path]) -> Iterator[Arrived]:
    """The messages in these files."""
    for file in files:
        yield Arrived(file.name, parse(file.read_bytes()))


def read_one(settings: Settings, key: str) -> Arrived | None:
    """The message with this key; None when there is none, or when it is no key."""
    if len(key) != _NAME_LENGTH or not key.isalnum():
        return None
    file = mailbox_folder(settings) / "new" / key
    return Arrived(key, parse(file.read_bytes())) if file.is_file() else None


def parse(content: bytes) -> EmailMessage:
    """A message as the standard library reads it."""
    return message_from_bytes(content, policy=default)
