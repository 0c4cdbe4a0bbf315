"""Pasting: what a web page says about itself, as the beginning of a block."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from content.composing import escape_markdown
from content.errors import FetchFailed
from content.fetching import fetch_now
from content.webpage import read_page
from service.settings import Settings
from service.visiting import fetch_rules


@dataclass(frozen=True)
class Pasted:
    """A page as an editor begins with it; `body` is Markdown."""

    title: str
    body: str
    link: str
    source_name: str


def pasted_page(settings: Settings, address: str) -> Pasted:
    """Fetch the page and read its head; the name of its site is the source, else its host.

    Raises:
        FetchFailed: no answer that can be used.
    """
    address = address.strip()
    if address and "://" not in address:
        address = f"https://{address}"
    found = fetch_now(address, rules=fetch_rules(settings))
    page = read_page(found.body, url=found.url, content_type=found.content_type)
    if not page.title:
        raise FetchFailed(f"There is no page with a title at {found.url}.")
    host = (urlsplit(found.url).hostname or "").removeprefix("www.")
    return Pasted(
        title=page.title,
        body=escape_markdown(page.description),
        link=found.url,
        source_name=page.site_name or host,
    )
