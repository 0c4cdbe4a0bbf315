"""JSON Feed, 1 and 1.1 (https://www.jsonfeed.org/version/1.1/), read as leniently as other feeds are."""

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from content.dates import read_date
from content.entries import ENTRY_LIMIT, Entry, Feed, followed, plain_entry
from content.errors import FeedUnreadable
from content.plaintext import plain, shortened

_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/(\d(?:\.\d)?)/?", re.IGNORECASE)


def looks_like_json(text: str) -> bool:
    """Whether this is an object in JSON rather than XML."""
    return text.lstrip("\ufeff \t\r\n\0").startswith("{")


def read_json_feed(text: str, *, url: str = "") -> Feed:
    """The entries of a JSON feed.

    Raises:
        FeedUnreadable: it is broken, or JSON that is no feed.
    """
    try:
        document = json.loads(text.lstrip("\ufeff \t\r\n\0").rstrip("\0"), strict=False)
    except (ValueError, RecursionError) as error:
        raise FeedUnreadable(
            "This begins as JSON, but it is broken or ends halfway.", trouble="broken"
        ) from error
    version = (
        _VERSION.fullmatch(str(document.get("version", "")).strip()) if isinstance(document, dict) else None
    )
    items = document.get("items") if version else None
    if version is None or not isinstance(items, list):
        raise FeedUnreadable("This is JSON, but not JSON Feed.", trouble="no-feed")
    home = followed(_text(document.get("home_page_url")), base=url)
    bases = tuple(base for base in (url, followed(_text(document.get("feed_url"))), home) if base)
    return Feed(
        title=shortened(plain(_text(document.get("title"))[:10_000]), 300),
        home_url=home,
        entries=tuple(_entry(item, bases) for item in items[:ENTRY_LIMIT] if isinstance(item, dict)),
        format=f"json feed {version[1]}",
    )


def _entry(item: Mapping[str, Any], bases: tuple[str, ...]) -> Entry:
    dated = _text(item.get("date_published"))
    date = read_date(dated) or read_date(_text(item.get("date_modified")))
    said = _text(item.get("summary")) or _text(item.get("content_text"))
    return plain_entry(
        guid=_text(item.get("id")),
        title=_text(item.get("title")),
        summary=html.escape(said, quote=False) if said else _text(item.get("content_html")),
        link=_text(item.get("url")) or _text(item.get("external_url")),
        bases=bases,
        published_at=date.moment if date else None,
        estimated=date is not None and (date.estimated or not dated),
    )


def _text(value: object) -> str:
    """A text, or a number that was meant as one; "" for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
