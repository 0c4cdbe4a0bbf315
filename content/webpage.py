"""What a web page says about itself: title, description, and the feeds that it names."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from content.encoding import decoded
from content.links import web_address
from content.plaintext import plain, shortened

TITLE_LIMIT = 300
DESCRIPTION_LIMIT = 800
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
_FEEDS_LIMIT = 50
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_TITLES = ("og:title", "twitter:title")


@dataclass(frozen=True)
class WebPage:
    """A page in plain text. `feeds` are the addresses of its feeds, as `<link rel="alternate">` names them.

    `feed_titles` has what the page calls them, by address.
    """

    title: str
    description: str = ""
    site_name: str = ""
    feeds: tuple[str, ...] = ()
    feed_titles: dict[str, str] = field(default_factory=dict)


@dataclass
class _Seen:
    title: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    feeds: list[tuple[str, str]] = field(default_factory=list)
    base: str = ""


class _Head(HTMLParser):
    """Collects what stands in the head; the body may be anything."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen = _Seen()
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "title":
            self._in_title = not self.seen.title
        elif tag == "meta":
            self.seen.meta.setdefault(
                (values.get("property") or values.get("name", "")).lower(), values.get("content", "")
            )
        elif (
            tag == "link"
            and values.get("type", "").lower() in _FEED_TYPES
            and "alternate" in values.get("rel", "").lower()
        ):
            self.seen.feeds.append((values.get("href", ""), values.get("title", "")))
        elif tag == "base":
            self.seen.base = self.seen.base or values.get("href", "")

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.seen.title += data


def read_page(body: bytes, *, url: str, content_type: str = "") -> WebPage:
    """What the head of an HTML page says; a field is empty where the page is silent.

    Args:
        body: the page, decompressed.
        url: where it came from, for addresses that are relative.
        content_type: the header, for its charset.
    """
    head = _Head()
    head.feed(decoded(body, content_type=content_type))
    seen = head.seen
    base = web_address(seen.base, base=url) or url
    named = [(web_address(link, base=base), title) for link, title in seen.feeds[:_FEEDS_LIMIT]]
    titles = {address: shortened(plain(title), TITLE_LIMIT) for address, title in named if address}
    return WebPage(
        title=shortened(plain(_first(seen.meta, _TITLES) or seen.title), TITLE_LIMIT),
        description=shortened(plain(_first(seen.meta, _DESCRIPTIONS)), DESCRIPTION_LIMIT),
        site_name=shortened(plain(seen.meta.get("og:site_name", "")), TITLE_LIMIT),
        feeds=tuple(titles),
        feed_titles=titles,
    )


def looks_like_page(body: bytes, *, content_type: str = "") -> bool:
    """Whether this is HTML rather than XML."""
    start = decoded(body[:2000], content_type=content_type).lstrip().lower()
    return start.startswith(("<!doctype html", "<html")) or (
        "<html" in start and "<rss" not in start and "<feed" not in start
    )


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    return next((meta[name] for name in names if meta.get(name, "").strip()), "")
