"""Sources: the mailbox that what comes back arrives in. A message stays in it; it is marked once it was taken in."""

import imaplib
import ssl
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

from service.errors import NoMailbox
from service.feedback.reading import LARGEST
from service.settings import Settings

MARK = "$KennispostTaken"
TIMEOUT = 60.0


class Source(Protocol):
    """A mailbox. Messages are named by a key that it gives, and stay until the mailbox's owner removes them."""

    def __enter__(self) -> Self:
        """Open it.

        Raises:
            NoMailbox: it cannot be opened, and why.
        """
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of it."""
        ...

    def waiting(self) -> Iterator[tuple[str, bytes]]:
        """The messages without a mark: the key and the first megabyte of each."""
        ...

    def mark(self, key: str) -> None:
        """Mark a message as taken in."""
        ...


class MaildirSource:
    """A Maildir that the relay fills: new mail is in `new`, and goes to `cur` as seen."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        """The folder must be there: one that is made here would hide that the relay fills another."""
        if not (self._folder / "new").is_dir():
            raise NoMailbox(f"{self._folder} is no Maildir: it has no folder `new`.")
        (self._folder / "cur").mkdir(exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def waiting(self) -> Iterator[tuple[str, bytes]]:
        """Files in `new`, the oldest name first; one that vanishes was taken by another process."""
        for path in sorted((self._folder / "new").iterdir()):
            try:
                with path.open("rb") as file:
                    yield path.name, file.read(LARGEST)
            except (FileNotFoundError, IsADirectoryError):
                continue

    def mark(self, key: str) -> None:
        """Move it to `cur`, seen (the flag `S`)."""
        try:
            (self._folder / "new" / key).rename(self._folder / "cur" / f"{key}:2,S")
        except FileNotFoundError:
            return


class ImapSource:
    """A mailbox by IMAP (RFC 3501) over TLS. `trusted_certificates` is a file to trust instead of the system's.

    Taken-in mail gets a keyword; where the server keeps none, it is marked as seen.
    """

    def __init__(self, url: str, password: str, *, trusted_certificates: str | None = None) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 993
        self._user, self._password = unquote(parts.username or ""), password
        self._folder = unquote(parts.path.strip("/")) or "INBOX"
        self._trusted = trusted_certificates
        self._mark, self._wanted = MARK, f"UNKEYWORD {MARK}"

    def __enter__(self) -> Self:
        """Sign in and select the folder."""
        try:
            context = ssl.create_default_context(cafile=self._trusted)
            self._client = imaplib.IMAP4_SSL(self._host, self._port, ssl_context=context, timeout=TIMEOUT)
            self._client.login(self._user, self._password)
            kind, _ = self._client.select(f'"{self._folder}"')
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            raise NoMailbox(f"The mailbox at {self._host}:{self._port} cannot be opened: {error}") from error
        if kind != "OK":
            raise NoMailbox(f"The mailbox at {self._host} has no folder {self._folder}.")
        if b"\\*" not in b" ".join(flags or b"" for flags in self._client.response("PERMANENTFLAGS")[1]):
            self._mark, self._wanted = r"\Seen", "UNSEEN"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Sign out; a server that is gone needs no goodbye."""
        try:
            self._client.logout()
        except (imaplib.IMAP4.error, OSError):
            return

    def waiting(self) -> Iterator[tuple[str, bytes]]:
        """Messages without the mark. They are peeked at, so that none becomes seen by it."""
        for uid in self._ask("SEARCH", self._wanted)[0].split():
            key = uid.decode("ascii")
            for part in self._ask("FETCH", key, f"(BODY.PEEK[]<0.{LARGEST}>)"):
                if isinstance(part, tuple):
                    yield key, bytes(part[1])

    def mark(self, key: str) -> None:
        """Give the message the keyword."""
        self._ask("STORE", key, "+FLAGS.SILENT", f"({self._mark})")

    def _ask(self, command: str, *words: str) -> list[bytes]:
        try:
            kind, answer = self._client.uid(command, *words)
        except (imaplib.IMAP4.error, OSError) as error:
            raise NoMailbox(f"The mailbox at {self._host} stopped answering: {error}") from error
        if kind != "OK":
            raise NoMailbox(f"The mailbox at {self._host} refused {command}: {answer!r}")
        return [one for one in answer if one is not None]


def source_of(settings: Settings) -> Source:
    """The mailbox that the settings name.

    Raises:
        NoMailbox: none is set.
    """
    if not settings.bounces:
        raise NoMailbox(
            "KENNISPOST_BOUNCES is empty: set the Maildir or the IMAP mailbox that bounces arrive in."
        )
    if "://" in settings.bounces:
        return ImapSource(settings.bounces, settings.bounces_password.get_secret_value())
    return MaildirSource(Path(settings.bounces))
