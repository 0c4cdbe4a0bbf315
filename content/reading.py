"""Reading: out of the bytes of a document come the entries of a feed, whatever kind it is, and what is wrong with it.

Nothing here trusts the document. It is decoded and looked through first; only then does feedparser, which forgives everything,
get a text in UTF-8 that is of a bounded size, depth and number of entries, without entities of its own.
"""

import re
from dataclasses import dataclass
from typing import Any

from content.dates import Dated, read_date
from content.encoding import decoded_as, is_odd, named_encodings
from content.entries import ENTRY_LIMIT, Entry, Feed, followed, plain_entry
from content.errors import FeedUnreadable
from content.forgiving import Parsed, parse_loosely, parse_strictly_or_not
from content.jsonfeed import looks_like_json, read_json_feed
from content.plaintext import plain, shortened
from content.webpage import looks_like_page, read_page
from content.wellformed import Hostile, mended, shortened_to, survey, tidied

FORMATS = {
    "rss090": "rss 0.90", "rss091n": "rss 0.91", "rss091u": "rss 0.91", "rss092": "rss 0.92", "rss093": "rss 0.93",
    "rss094": "rss 0.94", "rss10": "rdf", "rss20": "rss 2.0", "rss": "rss",
    "atom01": "atom 0.1", "atom02": "atom 0.2", "atom03": "atom 0.3", "atom10": "atom 1.0", "atom": "atom", "cdf": "cdf",
}  # fmt: skip
"""What feedparser calls a format, and what we do. "rdf" is RSS 1.0."""

SOONEST_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
_ROOT = re.compile(r"<(?:[\w-]+:)?(rss|feed|rdf|channel)[\s>/]", re.IGNORECASE)
_LONE = re.compile(r"<(?:[\w-]+:)?entry\s[^>]*http://www\.w3\.org/2005/Atom", re.IGNORECASE)  # RFC 4287, 2
_ATOM = re.compile(r"<(?:[\w-]+:)?(?:feed|entry)[\s>/]", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[\w-]+:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_CDF = re.compile(r"<channel\s[^>]*\bhref\s*=", re.IGNORECASE)
_END = re.compile(r"</(?:[\w-]+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:[\w-]+:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_PROLOG = 10_000  # characters in which a document that is a single entry begins
_HEAD = 500_000  # characters of a page in which it may name its feeds
_LINK = re.compile(rb"</?(?:[\w-]+:)?link\b[^>]*>", re.IGNORECASE)
_ALTERNATE = ("alternate", "http://www.iana.org/assignments/relation/alternate")  # RFC 4287, 4.2.7.2
_SUBSET = re.compile(r"(<!DOCTYPE[^>\[]*)\[.*?\]\s*>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Reading:
    """What a document turned out to be. `feed` is None where it is no feed, or one that is refused.

    `problems` says in English what is not as it should be; `trouble` is a word for the gravest of them, which a harvest
    does not accept ("" where it does).
    """

    feed: Feed | None
    problems: tuple[str, ...] = ()
    trouble: str = ""


class NotCalm(Exception):
    """Only the parser that forgives everything can read this."""


def read_document(body: bytes, *, url: str = "", content_type: str = "", calm_only: bool = False) -> Reading:
    """Read a document as a feed; never fails.

    Args:
        body: the document, decompressed.
        url: where it came from, for links that are relative.
        content_type: the header, for its charset.
        calm_only: leave alone what is not well-formed, even after mending.

    Raises:
        NotCalm: with `calm_only`, for such a document.
    """
    try:
        return _read(body, url=url, content_type=content_type, calm_only=calm_only)
    except NotCalm:
        raise
    except FeedUnreadable as error:
        return Reading(None, (str(error),), error.trouble)
    except Exception as error:  # feedparser lets errors of every kind through on hostile input
        return Reading(None, (f"The feed cannot be read: {type(error).__name__}.",), "broken")


def _read(body: bytes, *, url: str, content_type: str, calm_only: bool) -> Reading:
    odd = [name for name in named_encodings(body, content_type=content_type) if is_odd(name)]
    if odd:
        raise FeedUnreadable(
            f"The feed says that it is written in {odd[0][:40]}, which feeds are not.", trouble="encoding"
        )
    raw, _encoding = decoded_as(body, content_type=content_type)
    if not raw.strip("\ufeff \t\r\n\0"):
        raise FeedUnreadable("The answer is empty.", trouble="empty")
    if looks_like_json(raw):
        return _judged(read_json_feed(raw, url=url), ())
    text = tidied(raw)
    root = (
        _ROOT.search(text)
        or _LONE.search(text[:_PROLOG])
        or (_ENTRY.search(text) if _END.search(text) else None)
    )
    if looks_like_page(text[:2000].encode()) and not (root and _is_first(text, root)):
        raise FeedUnreadable(_page_text(text, url=url), trouble="page")
    if root is None:
        raise FeedUnreadable("This is neither RSS nor Atom nor JSON Feed.", trouble="no-feed")
    return _read_xml(text, url=url, root=root.start(), calm_only=calm_only)


def _is_first(text: str, root: re.Match[str]) -> bool:
    """Whether the first element of the document is a feed's, so that HTML further on is only what it quotes."""
    first = re.search(
        r"<[A-Za-z]",
        re.sub(r"<!--.*?-->", lambda found: " " * len(found[0]), text[: root.end()], flags=re.DOTALL),
    )
    return first is not None and first.start() == root.start()


def _read_xml(text: str, *, url: str, root: int, calm_only: bool) -> Reading:
    if "<!doctype" in text[:root].lower():
        text = mended(text)  # with a DTD somewhere else, a named character is no error but silently nothing
    document, problems, whole = _looked_through(text, root=root)
    if calm_only and not whole:
        raise NotCalm
    feed = _feed(_parsed(document), url=url, unnamed=_unnamed(text, root))
    if not whole and not _END.search(text):
        cut = "The feed ends halfway: its last tag is missing."
        return Reading(feed, (cut, *problems), "cut-off") if feed else Reading(None, (cut,), "cut-off")
    if feed is None:
        raise FeedUnreadable("This is neither RSS nor Atom nor JSON Feed.", trouble="no-feed")
    return _judged(feed, problems)


def _unnamed(text: str, root: int) -> str:
    """What a feed is that does not say its version."""
    if _CDF.match(text, root):
        return "cdf"
    return "atom" if _ATOM.match(text, root) else "rss"


def _looked_through(text: str, *, root: int) -> tuple[bytes, tuple[str, ...], bool]:
    """The document for feedparser, what is wrong with it, and whether it is well-formed (perhaps after mending)."""
    try:
        document = text.encode("utf-8", "replace")
        seen = survey(document, most=ENTRY_LIMIT)
        problems = [f"The feed is not well-formed XML: {seen.fault}."] if seen.fault else []
        if seen.fault:
            if "<!entity" in text[:root].lower():  # behind the fault the look did not come
                raise Hostile("The feed declares entities of its own (<!ENTITY), which is refused.")
            document = mended(text).encode("utf-8", "replace")
            seen = survey(document, most=ENTRY_LIMIT)
    except Hostile as error:
        raise FeedUnreadable(str(error), trouble="hostile") from error
    if seen.end is not None and not seen.fault:
        document = shortened_to(document, seen)
    elif seen.fault:
        document, seen.entries = _first_entries(document)
    if seen.entries > ENTRY_LIMIT:
        problems.append(f"The feed has more than {ENTRY_LIMIT} entries; the first {ENTRY_LIMIT} were read.")
    if b"[" in document[: root + 1000]:
        document = _without_subset(document)
    return document, tuple(problems), not seen.fault


def _first_entries(document: bytes) -> tuple[bytes, int]:
    """The same for a document that is not well-formed: cut before the first entry too many."""
    count = 0
    for found in _ITEM.finditer(document):
        count += 1
        if count > ENTRY_LIMIT:
            return document[: found.start()], count
    return document, count


def _without_subset(document: bytes) -> bytes:
    """Without declarations inside the DOCTYPE, which feedparser would leave halves of."""
    text = document.decode("utf-8", "replace")
    return (
        _SUBSET.sub(r"\1>", text, count=1).encode() if text.lstrip()[:9].upper() == "<!DOCTYPE" else document
    )


def _parsed(document: bytes) -> Parsed:
    """What feedparser makes of it. Where it fails over something, it tries again as on text that is not well-formed, and
    then without links: over those it fails most."""
    try:
        return parse_strictly_or_not(document)
    except Exception:  # it lets errors of every kind through
        try:
            return parse_loosely(document)
        except Exception:  # as above
            return parse_loosely(_LINK.sub(b"", document))


def _feed(document: Parsed, *, url: str, unnamed: str) -> Feed | None:
    """The feed, or None where feedparser recognised nothing. `unnamed` is what a format without a version is called."""
    about, version = document.about, document.version
    entries = document.entries[:ENTRY_LIMIT]
    if not version and not entries and not about:
        return None
    home = followed(str(about.get("link", "")), base=url)
    own = followed(str(about.get("link", "")))
    bases = (url, own) if version.startswith("atom") else (own, url)
    return Feed(
        title=shortened(plain(str(about.get("title", ""))[:10_000]), 300),
        home_url=home,
        entries=tuple(_entry(raw, tuple(filter(None, bases))) for raw in entries),
        format=FORMATS.get(version, unnamed),
        lifetime=_lifetime(about),
    )


def _entry(raw: Any, bases: tuple[str, ...]) -> Entry:
    date, exact = _date(raw)
    summary, summary_is_text = _summary(raw)
    return plain_entry(
        guid=_said(raw, "id"),
        title=_said(raw, "title") or _said(raw, "media_title"),
        summary=summary,
        link=_link(raw),
        bases=bases,
        published_at=date.moment if date else None,
        estimated=date is not None and (date.estimated or not exact),
        texts=frozenset(
            {name for name, text in (("title", _is_text(raw, "title")), ("summary", summary_is_text)) if text}
        ),
    )


def _link(raw: Any) -> str:
    """Where an entry is to be read: its link, else an alternate of another kind than HTML, else a guid that is an address.

    feedparser takes any guid for a link where nothing says that it is none, and "42" would become an address of the site.
    """
    link = _said(raw, "link")
    if link and not (dict.get(raw, "guidislink") and link == _said(raw, "id")):
        return link
    for one in raw.get("links") or ():
        if one.get("rel") in _ALTERNATE and one.get("href"):
            return str(one["href"])
    return followed(link)


def _summary(raw: Any) -> tuple[str, bool]:
    """The summary, and whether its author calls it text: the entry's own, else a podcast's, else the whole text, else what is
    said of a picture."""
    own = "summary" if dict.get(raw, "summary_detail") else ""
    for name in filter(None, (own, "itunes_summary", "summary")):
        if said := _said(raw, name):
            return said, _is_text(raw, name)
    for part in raw.get("content") or ():
        kind, value = part.get("type", ""), part.get("value", "")
        if value and (kind.startswith("text/") or kind == "application/xhtml+xml"):
            return value, kind == "text/plain"
    return _said(raw, "media_description"), _is_text(raw, "media_description")


def _is_text(raw: Any, name: str) -> bool:
    detail = dict.get(raw, f"{name}_detail")
    return isinstance(detail, dict) and detail.get("type") == "text/plain"


def _date(raw: Any) -> tuple[Dated | None, bool]:
    """The first date that can be read, and whether it is one of publishing rather than of a change."""
    for name in ("published", "created", "updated"):
        date = read_date(_said(raw, name), dict.get(raw, f"{name}_parsed"))
        if date is not None:
            return date, name == "published"
    return None, False


def _said(raw: Any, name: str) -> str:
    """What an entry says under a name; feedparser's own way of getting would give "published" for "updated"."""
    value = raw.get(name, "") if name in {"id", "summary", "link", "title"} else dict.get(raw, name, "")
    return value if isinstance(value, str) else ""


def _lifetime(about: Any) -> int:
    """Seconds that the feed says it may be kept: `ttl` (in minutes), or `sy:updatePeriod` and its frequency; a week at most."""
    ttl = str(about.get("ttl", "")).strip()
    if re.fullmatch(r"\d{1,6}", ttl):
        return min(int(ttl) * 60, SOONEST_PERIODS["weekly"])
    period = SOONEST_PERIODS.get(str(about.get("sy_updateperiod", "")).strip().lower(), 0)
    often = str(about.get("sy_updatefrequency", "")).strip()
    return min(
        period // (int(often) if re.fullmatch(r"[1-9]\d{0,3}", often) else 1), SOONEST_PERIODS["weekly"]
    )


def _judged(feed: Feed, problems: tuple[str, ...]) -> Reading:
    """A feed without entries is read, but no harvest takes it for "no news"."""
    if feed.entries:
        return Reading(feed, problems)
    return Reading(feed, ("The feed has no entries.", *problems), "no-entries")


def _page_text(text: str, *, url: str) -> str:
    feeds = read_page(text[:_HEAD].encode(), url=url).feeds
    if feeds:
        return f"This is a web page, not a feed. The page names a feed: {feeds[0]}"
    return "This is a web page, not a feed. Look on the page for the address of its feed."
