"""Headers: each once, and what marks mail to a list (RFC 5322, 8058, 2369, 2919)."""

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import getaddresses, parsedate_to_datetime

from service.linting.findings import Findings, found
from service.linting.mail import Mail

ONCE = ("From", "To", "Subject", "Date", "Message-ID")
AT_MOST_ONCE = (
    "Reply-To",
    "MIME-Version",
    "Content-Type",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Id",
)
LISTED = (
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Id",
    "List-Help",
    "List-Post",
    "List-Owner",
    "List-Archive",
)
LONGEST_SUBJECT = 78

_MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>")
_LIST_ID = re.compile(r"(?:[^<>]* )?<[^<>@\s]+\.[^<>@\s]+>")
_ADDRESSES = re.compile(r"<\s*([^<>]*?)\s*>")


def check_headers(mail: Mail, *, own: str = "") -> Findings:
    """All that is wrong with the headers; nothing for content without any. Links to `own` are trusted."""
    if mail.raw is None:
        return
    if not mail.headers:
        yield found("not-a-mail")
        return
    yield from _numbers(mail)
    yield from _shapes(mail)
    yield from _lists(mail, own)


def _numbers(mail: Mail) -> Findings:
    for name in (*ONCE, *AT_MOST_ONCE):
        number = len(mail.values(name))
        if not number and name in ONCE:
            yield found("header-missing", name, name=name)
        if number > 1:
            yield found("header-twice", name, name=name, number=number)
    for name, value in mail.headers:
        if not value.isascii():
            yield found("header-not-ascii", name, name=name)
        if not value.strip():
            yield found("header-empty", name, name=name)


def _shapes(mail: Mail) -> Findings:
    for value in mail.values("From"):
        if len(getaddresses([value])) != 1 or "@" not in getaddresses([value])[0][1]:
            yield found("from-not-one", "From")
    for value in mail.values("Subject"):
        length = len(_decoded(value))
        if length > LONGEST_SUBJECT:
            yield found("subject-long", "Subject", length=length)
    for value in mail.values("Date"):
        try:
            parsedate_to_datetime(value)
        except ValueError:
            yield found("date-unreadable", "Date")
    for value in mail.values("Message-ID"):
        if not _MESSAGE_ID.fullmatch(value):
            yield found("message-id-shape", "Message-ID")


def _decoded(value: str) -> str:
    """A header as people read it; as it stands there when its encoded words are broken."""
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value


def _lists(mail: Mail, own: str) -> Findings:
    bulk = any(mail.values(name) for name in LISTED) or "bulk" in mail.values("Precedence")
    automatic = [value for value in mail.values("Auto-Submitted") if value != "no"]
    if not bulk:
        if not automatic:
            yield found("neither-list-nor-automatic")
        return
    for name in LISTED:
        if any("=?" in value for value in mail.values(name)):
            yield found("list-header-encoded", name, name=name)
    yield from _unsubscribe(mail, own)
    for value in mail.values("List-Id"):
        if not _LIST_ID.fullmatch(" ".join(value.split())):
            yield found("list-id-shape", "List-Id")
    for value in mail.values("Feedback-ID"):
        if value.count(":") != 3:
            yield found("feedback-id-shape", "Feedback-ID")


def _unsubscribe(mail: Mail, own: str) -> Findings:
    values = mail.values("List-Unsubscribe")
    if not values:
        yield found("list-unsubscribe-missing")
        return
    links = [link for value in values for link in _ADDRESSES.findall(value)]
    if len(links) != 1:
        yield found("list-unsubscribe-not-one", "List-Unsubscribe", number=len(links))
    if not any(link.lower().startswith("https://") or (own and link.startswith(own)) for link in links):
        yield found("list-unsubscribe-insecure", "List-Unsubscribe")
    if mail.values("List-Unsubscribe-Post") != ["List-Unsubscribe=One-Click"]:
        yield found("list-unsubscribe-post-missing")
