"""Entries: what every kind of feed comes down to, and the making of one out of what a feed says, in plain text."""

import re
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from content.links import web_address
from content.plaintext import clean, plain, shortened

TITLE_LIMIT = 300
SUMMARY_LIMIT = 800
ENTRY_LIMIT = 1000
_RAW_TITLE, _RAW_SUMMARY, _RAW_ID = 10_000, 100_000, 4_000
"""Characters of markup that are looked at: a title of a megabyte has no more to say."""

_BREAKS = re.compile(r"[\t\r\n\v\f\x85\u2028\u2029]")
_ODD = re.compile(r"[\s<>\"`{}|^]")
"""What no address holds (RFC 3986, 2), and what a page could take for something else."""


@dataclass(frozen=True)
class Entry:
    """What a feed says about one item, in plain text. `published_at` is None where the feed's date cannot be read.

    `estimated` says that the moment is a guess: a day without a time, a time without a zone, or only the last change.
    """

    guid: str
    title: str
    summary: str = ""
    link: str = ""
    published_at: datetime | None = None
    estimated: bool = False


@dataclass(frozen=True)
class Feed:
    """A feed in its own order. `lifetime` is for how long it asks us to keep it (RSS `ttl` and `sy:`), in seconds."""

    title: str
    home_url: str
    entries: tuple[Entry, ...]
    format: str = ""
    lifetime: int = 0


def plain_entry(
    *,
    guid: str,
    title: str,
    summary: str,
    link: str,
    bases: tuple[str, ...],
    published_at: datetime | None,
    estimated: bool,
    texts: Set[str] = frozenset(),
) -> Entry:
    """An entry out of markup: cut to what is shown, without tags, with a link that a browser may follow or none.

    Args:
        guid: as the feed has it; only control characters and markup are taken out.
        title: markup.
        summary: markup.
        link: absolute, or relative to the first of the bases that makes it an address of the web.
        bases: absolute addresses, the best first.
        published_at: in UTC.
        estimated: whether that is a guess.
        texts: which of "title" and "summary" their author calls text rather than HTML.
    """
    return Entry(
        guid=_opaque(guid[:_RAW_ID]),
        title=shortened(plain(title[:_RAW_TITLE], is_text="title" in texts), TITLE_LIMIT),
        summary=shortened(plain(summary[:_RAW_SUMMARY], is_text="summary" in texts), SUMMARY_LIMIT),
        link=next((found for base in (*bases, "") if (found := followed(link, base=base))), ""),
        published_at=published_at,
        estimated=estimated,
    )


def _opaque(guid: str) -> str:
    """A guid as it is; one with markup in it, which nobody means, as text."""
    return plain(guid) if "<" in guid else clean(guid).strip()


def followed(link: str, *, base: str = "") -> str:
    """The address that a link leads to, written so that it is one everywhere: without control characters, odd ones escaped."""
    text = _ODD.sub(_escaped, _BREAKS.sub("", clean(link).strip()))
    return web_address(text, base=base) if text else ""


def _escaped(found: re.Match[str]) -> str:
    return quote(found[0], safe="")
