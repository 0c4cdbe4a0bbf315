"""The mails of webinars as they arrive at a postbox, and the calendar objects in them."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from mailings import over_smtp
from relay import Relay, running_relay

from service.mailing.delivering import deliver_due
from service.runtime import Runtime


def written(*, webinar, attendee, method, person_only) -> bytes:
    """A calendar object that says what it was asked for; the real one has tests of its own."""
    lines = ("BEGIN:VCALENDAR", f"METHOD:{method}", f"UID:{webinar.uid}", f"SEQUENCE:{webinar.sequence}")
    more = (
        f"ATTENDEE:mailto:{attendee.address}",
        f"X-PERSON-ONLY:{person_only}",
        f"X-START:{webinar.starts_at}",
    )
    return "".join(f"{line}\r\n" for line in (*lines, *more, "END:VCALENDAR")).encode()


@pytest.fixture
def postbox() -> Iterator[Relay]:
    with running_relay() as server:
        yield server


@pytest.fixture
def posting(runtime: Runtime, postbox: Relay) -> Runtime:
    return replace(over_smtp(runtime, postbox), invitation=written)


def arrived(posting: Runtime, postbox: Relay) -> dict[str, list[EmailMessage]]:
    """What arrives now, by address, in the order of arrival."""
    before = len(postbox.received)
    deliver_due(posting)
    found: dict[str, list[EmailMessage]] = {}
    for address, raw in postbox.received[before:]:
        found.setdefault(address, []).append(message_from_bytes(raw, policy=SMTP))
    return found


def subjects(posting: Runtime, postbox: Relay) -> dict[str, list[str]]:
    return {
        address: [str(one["Subject"]) for one in mails]
        for address, mails in arrived(posting, postbox).items()
    }


def calendar(message: EmailMessage) -> str:
    """The calendar part, held to what Outlook and Gmail ask for; empty without one."""
    if message.get_content_type() == "multipart/alternative":
        return ""
    assert message.get_content_type() == "multipart/mixed"
    alternative, attachment = message.iter_parts()
    assert [part.get_content_type() for part in alternative.iter_parts()] == [
        "text/plain", "text/html", "text/calendar",
    ]  # fmt: skip
    inline = list(alternative.iter_parts())[-1]
    assert inline["Content-Disposition"] is None
    text = inline.get_payload(decode=True)
    assert f"METHOD:{inline.get_param('method')}\r\n".encode() in text
    assert (inline.get_param("charset"), inline.get_param("name")) == ("utf-8", "invite.ics")
    assert attachment.get_content_type() == "application/ics"
    assert attachment.get_filename() == "invite.ics"
    assert attachment.get_payload(decode=True) == text
    assert b"\n" not in text.replace(b"\r\n", b"")
    return text.decode()


def plain(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")
