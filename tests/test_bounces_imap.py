"""What came back is fetched by IMAP from a real server: over verified TLS, marked, and never lost."""

import imaplib
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from service.errors import NoMailbox
from service.feedback.intake import fetch_returned
from service.feedback.sources import MARK, ImapSource
from service.runtime import Runtime
from tests.dovecot import PASSWORD, Dovecot, dovecot, is_there
from tests.returns import a_maildir, returned, sent

pytestmark = pytest.mark.skipif(not is_there(), reason="dovecot is not installed (Debian: dovecot-imapd)")


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


def source(server: Dovecot, password: str = PASSWORD, folder: str = "INBOX") -> ImapSource:
    url = server.url.replace("INBOX", folder)
    return ImapSource(url, password, trusted_certificates=str(server.certificate))


def flags(server: Dovecot) -> list[bytes]:
    """The flags of each message in the inbox."""
    context = ssl.create_default_context(cafile=str(server.certificate))
    with imaplib.IMAP4_SSL("localhost", server.port, ssl_context=context) as client:
        client.login("bounces", PASSWORD)
        client.select("INBOX", readonly=True)
        return [line for line in client.fetch("1:*", "(FLAGS)")[1] if line]


def test_messages_are_taken_in_once_marked_and_left(runtime: Runtime, server: Dovecot) -> None:
    first, second, third = sent(runtime)
    a_maildir(
        server.mail,
        returned(runtime, first),
        returned(runtime, second, "vacation-dutch"),
        b"\xff\0 no mail at all",
    )
    report = fetch_returned(runtime, source=source(server))
    assert (report.done, report.known, report.failed) == (
        {"suppressed": 1, "nothing": 1, "not-ours": 1},
        0,
        0,
    )
    assert len(flags(server)) == 3
    assert all(MARK.encode() in line and b"\\Seen" not in line for line in flags(server))
    assert fetch_returned(runtime, source=source(server)).done == {}
    a_maildir(server.mail, returned(runtime, third, "office365-quota"))
    assert fetch_returned(runtime, source=source(server)).done == {"counted": 1}


def test_a_mark_that_was_not_made_does_no_harm(runtime: Runtime, server: Dovecot) -> None:
    a_maildir(server.mail, returned(runtime, sent(runtime)[0]))
    with pytest.raises(ConnectionError):
        fetch_returned(runtime, source=Cut(server))
    assert MARK.encode() not in flags(server)[0]
    report = fetch_returned(runtime, source=source(server))
    assert (report.done, report.known) == ({}, 1)


class Cut(ImapSource):
    """A connection that is lost after the work and before the mark."""

    def __init__(self, server: Dovecot) -> None:
        super().__init__(server.url, PASSWORD, trusted_certificates=str(server.certificate))

    def mark(self, key: str) -> None:
        raise ConnectionError("lost")


def test_a_message_of_25_megabytes_is_read_in_part(runtime: Runtime, server: Dovecot) -> None:
    a_maildir(server.mail, returned(runtime, sent(runtime)[0]) + b"x" * 78 + b"\n" + b"y" * 25_000_000)
    assert fetch_returned(runtime, source=source(server)).done == {"suppressed": 1}


def test_told_to_stop_it_leaves_the_rest(runtime: Runtime, server: Dovecot) -> None:
    a_maildir(server.mail, returned(runtime, sent(runtime)[0]))
    stop = threading.Event()
    stop.set()
    assert fetch_returned(runtime, source=source(server), stop=stop).done == {}
    assert fetch_returned(runtime, source=source(server)).done == {"suppressed": 1}


def test_what_cannot_be_opened_is_said(runtime: Runtime, server: Dovecot) -> None:
    with pytest.raises(NoMailbox, match="cannot be opened"):
        fetch_returned(runtime, source=source(server, password="verkeerd"))
    with pytest.raises(NoMailbox, match="no folder Elders"):
        fetch_returned(runtime, source=source(server, folder="Elders"))
    untrusted = replace(runtime, settings=runtime.settings.model_copy(update={"bounces": server.url}))
    with pytest.raises(NoMailbox, match="CERTIFICATE_VERIFY_FAILED"):
        fetch_returned(untrusted)
