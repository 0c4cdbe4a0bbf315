"""Messages: RFC 5322 bytes out of headers and a body. Pure; it knows no database and no server.

Headers are written one by one. What people read is folded into encoded words of at most 75 characters (RFC 2047); what
machines read stays on one line, since an encoded word in a List-* header (which the standard library's policy makes of
a long one) hides the unsubscribe button.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime
from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import quote

import idna

from service.errors import MailRefused

FOLDED = frozenset({"From", "To", "Reply-To", "Subject"})
"""Headers that people read: `words` and `mailbox_header` may fold them. The others stand on one line."""

LONGEST_LINE = 998
"""Octets in a line, without its CRLF (RFC 5322, 2.1.1)."""

_BREAKS = re.compile("[\r\n\0]")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9.-]+")


class Mailbox(NamedTuple):
    """A name (may be empty) and an address, its domain in any script."""

    name: str
    address: str


class ListHeaders(NamedTuple):
    """What marks the mail of a stream: a stable List-Id, and Feedback-ID for issues."""

    list_id: str
    help_address: str
    feedback_id: str


Headers = tuple[tuple[str, str], ...]
"""Names and values, in the order in which they stand. A folded value has its line breaks in it."""


@dataclass(frozen=True, eq=False)
class Letterhead:
    """What many messages share of their headers: written, and checked for the wire, once for all of them.

    `listed` is None for letters, which say that a machine wrote them.
    """

    sender: Mailbox
    reply_to: str
    subject: str
    language: str
    content_type: str
    listed: ListHeaders | None = None

    @cached_property
    def headers(self) -> Headers:
        """Names and values.

        Raises:
            MailRefused: an address that cannot be one, a line break that is no folding, or a line that is too long.
        """
        headers = [("From", mailbox_header(self.sender))]
        if self.reply_to:
            headers.append(("Reply-To", mailbox_header(Mailbox("", self.reply_to))))
        headers += [
            ("Subject", words(self.subject, first=len("Subject: "))),
            ("Content-Language", self.language),
            ("MIME-Version", "1.0"),
            ("Content-Type", self.content_type),
        ]
        headers += [("Auto-Submitted", "auto-generated")] if self.listed is None else _listed(self.listed)
        return _checked_headers(headers)

    @cached_property
    def lines(self) -> bytes:
        """The headers as they go over the wire."""
        return _lines(self.headers)


letterhead = lru_cache(maxsize=512)(Letterhead)
"""A letterhead, the same one for the same values."""


class Message(NamedTuple):
    """All that the head of a message is made of. One that is listed has an `unsubscribe_link` (RFC 8058)."""

    letterhead: Letterhead
    recipient: Mailbox
    date: datetime
    message_id: str
    unsubscribe_link: str = ""


class Head(NamedTuple):
    """The headers of a message, those that it shares with many and its own; and both as they go over the wire."""

    shared: Headers
    own: Headers
    lines: bytes


def head_of(message: Message) -> Head:
    """The headers, each name once and checked for the wire, and the empty line that ends them.

    Raises:
        MailRefused: an address that cannot be one, a line break that is no folding, or a line that is too long.
    """
    shared = message.letterhead
    own = [
        ("Date", _date(message.date)),
        ("To", mailbox_header(message.recipient)),
        ("Message-ID", message.message_id),
    ]
    if shared.listed is not None:
        own.append(("List-Unsubscribe", f"<{message.unsubscribe_link}>"))
    checked = _checked_headers(own)
    return Head(shared.headers, checked, b"%b%b\r\n" % (shared.lines, _lines(checked)))


_date = lru_cache(maxsize=16)(format_datetime)


def _checked_headers(headers: Sequence[tuple[str, str]]) -> Headers:
    for name, value in headers:
        check_header(name, value)
    return tuple(headers)


def _listed(listed: ListHeaders) -> list[tuple[str, str]]:
    return [
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Id", f"<{listed.list_id}>"),
        ("List-Help", f"<mailto:{quote(wire_address(listed.help_address), safe='@')}>"),
        ("Precedence", "bulk"),
        ("Feedback-ID", listed.feedback_id),
    ]


def _lines(headers: Headers) -> bytes:
    return "".join([f"{name}: {value}\r\n" for name, value in headers]).encode()


def check_header(name: str, value: str) -> None:
    """Hold a header to what may go on the wire. Only an address may be other than ASCII (RFC 6532).

    Raises:
        MailRefused: it holds a line break that is no folding, is not ASCII, or has a line of more than 998 octets.
    """
    unfolded = value.replace("\r\n ", "") if name in FOLDED else value
    if _BREAKS.search(unfolded):
        raise MailRefused(f"The header {name} holds a line break.")
    if not value.isascii() and name not in ("To", "Reply-To"):
        raise MailRefused(f"The header {name} cannot be written: it is not ASCII.")
    if len(name) + 2 + len(value) > LONGEST_LINE and _longest_line(name, value) > LONGEST_LINE:
        raise MailRefused(f"The header {name} cannot be written: it is too long.")


def words(text: str, *, first: int = 0) -> str:
    """Text for people in a header: as it is when it is short ASCII, else as folded encoded words (RFC 2047).

    `first` is how many columns of the first line are taken.

    Raises:
        MailRefused: it holds a line break, with which a header of one's own could be smuggled in.
    """
    if _BREAKS.search(text):
        raise MailRefused("A text in a header holds a line break.")
    if text.isascii() and "=?" not in text and first + len(text) <= 76:
        return text
    return Header(text, "utf-8", maxlinelen=76, header_name="x" * max(0, first - 2)).encode(linesep="\r\n")


def mailbox_header(mailbox: Mailbox) -> str:
    """A name and address as a header has them, quoted where a comma or quote asks for it.

    Raises:
        MailRefused: the name holds a line break, or the address cannot be one.
    """
    address = wire_address(mailbox.address)
    name = words(mailbox.name, first=len("Reply-To: "))
    if _PLAIN_ADDRESS.fullmatch(address) and name == mailbox.name and _PLAIN_NAME.fullmatch(name or "x"):
        return f"{name} <{address}>" if name else address
    try:
        if name != mailbox.name:
            return f"{name}\r\n <{_checked(address)}>"
        return str(Address(display_name=name, addr_spec=_checked(address)))
    except (ValueError, IndexError) as error:
        raise MailRefused(f"This cannot be a sender or recipient: {error}") from error


@lru_cache(maxsize=1_000)
def wire_address(address: str) -> str:
    """The address as SMTP and headers have it: its domain as A-labels (RFC 5890).

    What stands before the @ may be in any script: whoever mails it needs SMTPUTF8 (RFC 6531; `needs_smtputf8`).

    Raises:
        MailRefused: no domain, one that cannot be, or a sign in it that no address has.
    """
    local, at, domain = address.rpartition("@")
    if (
        not at
        or not local
        or not domain
        or not set(address).isdisjoint("<> \t\r\n\0")
        or not local.isprintable()
    ):
        raise MailRefused("This address cannot be mailed.")
    return f"{local}@{ascii_domain(domain)}"


def needs_smtputf8(address: str) -> bool:
    """Whether a server must offer SMTPUTF8 to take mail for this address."""
    return not address.isascii()


@lru_cache(maxsize=10_000)
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
    if not text.isprintable():
        text = "".join([char if char.isprintable() else " " for char in text])
    return " ".join(text.split())


def _checked(address: str) -> str:
    """The standard library's opinion of an address; of one in another script, of its ASCII neighbour."""
    local, _, domain = address.rpartition("@")
    spec = str(Address(addr_spec=address if local.isascii() else f"x@{domain}"))
    return spec if local.isascii() else address


def _longest_line(name: str, value: str) -> int:
    return max(len(line.encode()) for line in f"{name}: {value}".split("\r\n"))
