"""Feeds: out of the bytes of an RSS or Atom document come entries in plain text, or a clear reason why not."""

import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import feedparser

from content.dates import entry_date
from content.encoding import is_odd, named_encodings
from content.errors import FeedUnreadable
from content.links import web_address
from content.plaintext import plain, shortened
from content.webpage import looks_like_page, read_page

TITLE_LIMIT = 300
SUMMARY_LIMIT = 800
ENTRY_LIMIT = 1000
_ROOT = re.compile(rb"<(?:[\w-]+:)?(?:rss|feed|rdf)[\s>/]", re.IGNORECASE)
_CHARACTER = re.compile(rb"&#(x[0-9a-f]{1,8}|[0-9]{1,9});", re.IGNORECASE)
_END = re.compile(rb"</(?:[\w-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """What a feed says about one item, in plain text. `published_at` is None where the feed's date cannot be read."""

    guid: str
    title: str
    summary: str = ""
    link: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True)
class Feed:
    """A feed with at least one entry, in its own order."""

    title: str
    home_url: str
    entries: tuple[Entry, ...]


def read_feed(body: bytes, *, url: str = "", content_type: str = "") -> Feed:
    """The entries of a feed.

    Args:
        body: the document, decompressed.
        url: where it came from, for links that are relative.
        content_type: the header, for its charset.

    Raises:
        FeedUnreadable: it is empty, a web page, hostile, cut off, no feed at all, or a feed without entries.
    """
    _refuse(body, url=url, content_type=content_type)
    document = _parse(body, content_type=content_type)
    entries = [entry for raw in document.entries[:ENTRY_LIMIT] if (entry := _entry(raw, url=url)) is not None]
    if not entries:
        raise FeedUnreadable("The feed has no entries.")
    about = document.feed
    return Feed(
        title=shortened(plain(about.get("title", "")), TITLE_LIMIT),
        home_url=web_address(about.get("link", ""), base=url),
        entries=tuple(entries),
    )


def _refuse(body: bytes, *, url: str, content_type: str) -> None:
    """Say what is wrong before a parser that forgives everything sees it."""
    narrow = body.replace(b"\0", b"")  # UTF-16 and UTF-32 become searchable as well
    if not narrow.strip():
        raise FeedUnreadable("The answer is empty.")
    if looks_like_page(body, content_type=content_type):
        raise FeedUnreadable(_page_text(body, url=url, content_type=content_type))
    odd = [name for name in named_encodings(narrow, content_type=content_type) if is_odd(name)]
    if odd:
        raise FeedUnreadable(f"The feed says that it is written in {odd[0][:40]}, which feeds are not.")
    if b"<!entity" in narrow.lower():
        raise FeedUnreadable("The feed declares entities of its own (<!ENTITY), which is refused.")
    if not _ROOT.search(narrow):
        raise FeedUnreadable("This is neither RSS nor Atom.")
    if not _END.search(narrow):
        raise FeedUnreadable("The feed ends halfway: its last tag is missing.")


def _page_text(body: bytes, *, url: str, content_type: str) -> str:
    feeds = read_page(body, url=url, content_type=content_type).feeds
    if feeds:
        return f"This is a web page, not a feed. The page names a feed: {feeds[0]}"
    return "This is a web page, not a feed. Look on the page for the address of its feed."


def _parse(body: bytes, *, content_type: str) -> Any:
    # Without the address: it would be put before each guid that is no web address, and change with every move.
    headers = {"content-type": content_type or "application/xml"}
    try:
        return feedparser.parse(io.BytesIO(_CHARACTER.sub(_character, body)), response_headers=headers)
    except Exception as error:  # feedparser lets errors of every kind through on hostile input
        raise FeedUnreadable(f"The feed cannot be read: {type(error).__name__}.") from error


def _character(found: re.Match[bytes]) -> bytes:
    """Emoji written as two surrogates are common, and feedparser fails on the whole feed for one of them."""
    number = found.group(1)
    code = int(number[1:], 16) if number[:1] in b"xX" else int(number)
    return b"" if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else found.group()


def _entry(raw: Any, *, url: str) -> Entry | None:
    """An entry, or None for one that has neither a title nor a summary."""
    summary = plain(raw.get("summary", ""))
    title = plain(raw.get("title", "")) or shortened(summary, 80)
    if not title:
        return None
    dated = "published" if "published" in raw else "updated"
    return Entry(
        guid=str(raw.get("id", "")).strip(),
        title=shortened(title, TITLE_LIMIT),
        summary=shortened(summary, SUMMARY_LIMIT),
        link=web_address(raw.get("link", ""), base=url),
        published_at=entry_date(str(raw.get(dated) or ""), raw.get(f"{dated}_parsed")),
    )
