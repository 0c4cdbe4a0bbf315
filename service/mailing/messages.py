"""Messages: RFC 5322 bytes out of subject, HTML and text. Pure; it knows no database and no server.

Headers are written one by one. What people read is folded into encoded words of at most 75 characters (RFC 2047); what
machines read stays on one line, since an encoded word in a List-* header (which the standard library's policy makes of
a long one) hides the unsubscribe button.
"""

import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime
from urllib.parse import quote

import idna

from service.errors import MailRefused
from service.mailing.markup import LARGEST_HTML

FOLDED = frozenset({"From", "To", "Reply-To", "Subject"})
"""Headers that people read: `words` and `mailbox_header` may fold them. The others stand on one line."""

LONGEST_LINE = 998
"""Octets in a line, without its CRLF (RFC 5322, 2.1.1)."""


@dataclass(frozen=True)
class Mailbox:
    """A name (may be empty) and an address, its domain in any script."""

    name: str
    address: str


@dataclass(frozen=True)
class ListHeaders:
    """What marks the mail of a stream: RFC 8058 unsubscribing, a stable List-Id, and Feedback-ID for issues."""

    unsubscribe_link: str
    list_id: str
    help_address: str
    feedback_id: str


@dataclass(frozen=True)
class Message:
    """All that a message is made of. `listed` is None for letters, which say that a machine wrote them."""

    sender: Mailbox
    recipient: Mailbox
    reply_to: str
    subject: str
    html: str
    text: str
    language: str
    date: datetime
    message_id: str
    listed: ListHeaders | None = None


def build_message(message: Message) -> bytes:
    """The message with CRLF lines, none over 998 octets; text first, then HTML, both quoted-printable.

    Raises:
        MailRefused: a line break in a header, an address that cannot be one, or HTML over the limit.
    """
    if len(message.html.encode()) > LARGEST_HTML:
        raise MailRefused(f"The HTML is over {LARGEST_HTML:,} bytes: mail programs would cut it off.")
    boundary = "kennispost-" + hashlib.sha256(message.message_id.encode()).hexdigest()[:24]
    lines = [header(name, value) for name, value in headers_of(message)]
    lines += ["MIME-Version: 1.0\r\n", f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n']
    parts = (("plain", message.text), ("html", message.html))
    body = b"".join(b"--%s\r\n%s" % (boundary.encode(), _part(kind, content)) for kind, content in parts)
    return "".join(lines).encode("ascii") + b"\r\n" + body + b"--%s--\r\n" % boundary.encode()


def headers_of(message: Message) -> Iterable[tuple[str, str]]:
    """Names and values, each name once.

    Raises:
        MailRefused: an address that cannot be one.
    """
    yield "From", mailbox_header(message.sender)
    yield "To", mailbox_header(message.recipient)
    if message.reply_to:
        yield "Reply-To", mailbox_header(Mailbox("", message.reply_to))
    yield "Subject", words(message.subject, first=len("Subject: "))
    yield "Date", format_datetime(message.date)
    yield "Message-ID", message.message_id
    yield "Content-Language", message.language
    if message.listed is None:
        yield "Auto-Submitted", "auto-generated"
        return
    yield "List-Unsubscribe", f"<{message.listed.unsubscribe_link}>"
    yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "List-Id", f"<{message.listed.list_id}>"
    yield "List-Help", f"<mailto:{quote(ascii_address(message.listed.help_address), safe='@')}>"
    yield "Precedence", "bulk"
    yield "Feedback-ID", message.listed.feedback_id


def header(name: str, value: str) -> str:
    """One header, ready for the wire.

    Raises:
        MailRefused: it holds a line break that is no folding, is not ASCII, or has a line of more than 998 octets.
    """
    line = f"{name}: {value}"
    unfolded = line.replace("\r\n ", "") if name in FOLDED else line
    if any(mark in unfolded for mark in "\r\n\0"):
        raise MailRefused(f"The header {name} holds a line break.")
    if not line.isascii() or any(len(part) > LONGEST_LINE for part in line.split("\r\n")):
        raise MailRefused(f"The header {name} cannot be written: it is too long, or not ASCII.")
    return f"{line}\r\n"


def words(text: str, *, first: int = 0) -> str:
    """Text for people in a header: as it is when it is short ASCII, else as folded encoded words (RFC 2047).

    `first` is how many columns of the first line are taken.

    Raises:
        MailRefused: it holds a line break, with which a header of one's own could be smuggled in.
    """
    if any(mark in text for mark in "\r\n\0"):
        raise MailRefused("A text in a header holds a line break.")
    if text.isascii() and "=?" not in text and first + len(text) <= 76:
        return text
    return Header(text, "utf-8", maxlinelen=76, header_name="x" * max(0, first - 2)).encode(linesep="\r\n")


def mailbox_header(mailbox: Mailbox) -> str:
    """A name and address as a header has them, quoted where a comma or quote asks for it.

    Raises:
        MailRefused: the name holds a line break, or the address cannot be one.
    """
    address = ascii_address(mailbox.address)
    name = words(mailbox.name, first=len("Reply-To: "))
    try:
        if name != mailbox.name:
            return f"{name}\r\n <{Address(addr_spec=address)}>"
        return str(Address(display_name=name, addr_spec=address))
    except (ValueError, IndexError) as error:
        raise MailRefused(f"This cannot be a sender or recipient: {error}") from error


def ascii_address(address: str) -> str:
    """The address with its domain as A-labels (RFC 5890).

    Raises:
        MailRefused: no domain, one that cannot be, or a local part that needs SMTPUTF8.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or not local.isascii() or not set(address).isdisjoint("<> \t\r\n\0"):
        raise MailRefused("This address cannot be mailed.")
    return f"{local}@{ascii_domain(domain)}"


def ascii_domain(domain: str) -> str:
    """A domain as A-labels.

    Raises:
        MailRefused: it cannot be a domain.
    """
    try:
        return domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise MailRefused(f"This cannot be a domain: {error}") from error


def one_line(text: str) -> str:
    """A name as a header can hold it: line breaks and other control characters become blanks."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _part(kind: str, content: str) -> bytes:
    head = (
        f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    )
    lines = "\r\n".join(content.splitlines()) + "\r\n"
    return head.encode() + binascii.b2a_qp(lines.encode(), istext=True)
