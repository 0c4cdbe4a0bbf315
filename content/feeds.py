"""Feeds: out of the bytes of an RSS, Atom or JSON document come entries in plain text, or a clear reason why not."""

from dataclasses import replace

from content.entries import ENTRY_LIMIT, SUMMARY_LIMIT, TITLE_LIMIT, Entry, Feed
from content.errors import FeedUnreadable
from content.plaintext import shortened
from content.reading import Reading, read_document

__all__ = ["ENTRY_LIMIT", "SUMMARY_LIMIT", "TITLE_LIMIT", "Entry", "Feed", "accepted", "read_feed"]


def read_feed(body: bytes, *, url: str = "", content_type: str = "") -> Feed:
    """The entries of a feed, each with a title.

    Args:
        body: the document, decompressed.
        url: where it came from, for links that are relative.
        content_type: the header, for its charset.

    Raises:
        FeedUnreadable: it is empty, a web page, hostile, cut off, no feed at all, or a feed without entries.
    """
    return accepted(read_document(body, url=url, content_type=content_type))


def accepted(reading: Reading) -> Feed:
    """A feed as a harvest takes it: whole, and with the entries that have something to say.

    Raises:
        FeedUnreadable: see `read_feed`.
    """
    if reading.feed is None or reading.trouble:
        raise FeedUnreadable(reading.problems[0], trouble=reading.trouble)
    entries = tuple(entry for raw in reading.feed.entries if (entry := _titled(raw)).title)
    if not entries:
        raise FeedUnreadable("The feed has no entries.", trouble="no-entries")
    return replace(reading.feed, entries=entries)


def _titled(entry: Entry) -> Entry:
    """An entry without a title is called by its summary."""
    return entry if entry.title else replace(entry, title=shortened(entry.summary, 80))
