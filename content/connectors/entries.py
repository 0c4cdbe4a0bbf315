"""Entries: out of an XML element that describes a document comes what the inbox takes in."""

from datetime import UTC, datetime

from lxml import etree

from content.connectors.declaration import DocumentRules
from content.connectors.xmltree import text_below
from content.dates import HERE, Dated, read_date
from content.entries import SUMMARY_LIMIT, TITLE_LIMIT, Entry
from content.links import web_address
from content.plaintext import folded, plain, shortened


def make_entry(element: etree._Element, rules: DocumentRules, *, base: str) -> Entry | None:
    """The document that an element describes, or None for one without an id or a title."""
    guid, title, summary = (_text(element, rules, name) for name in ("id", "title", "summary"))
    if not guid or not title:
        return None
    published = moment(_text(element, rules, "published"))
    return Entry(
        guid=guid,
        title=shortened(plain(title), TITLE_LIMIT),
        summary=shortened(plain(summary), SUMMARY_LIMIT),
        link=_link(element, rules, base=base),
        published_at=published.moment if published else None,
        estimated=bool(published and published.estimated),
    )


def speaks_of(entry: Entry, words: tuple[str, ...]) -> bool:
    """Whether any of the words occurs in an entry, wherever in a longer word; without words all do."""
    text = folded(f"{entry.title} {entry.summary}")
    return not words or any(folded(word) in text for word in words)


def moment(text: str) -> Dated | None:
    """A moment out of ISO 8601 or a Dutch notation; without a zone it is taken as Dutch time. None for no date."""
    words = text.strip()
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        return read_date(words)
    try:
        aware = found if found.tzinfo else found.replace(tzinfo=HERE)
        return Dated(aware.astimezone(UTC), estimated=len(words) <= len("2026-11-30"))
    except OverflowError:  # the year 1 or 9999, on the other side of the zone
        return None


def _text(element: etree._Element, rules: DocumentRules, name: str) -> str:
    return text_below(element, *rules.fields.get(name, ()))


def _link(element: etree._Element, rules: DocumentRules, *, base: str) -> str:
    """The address, from an element that holds it, else made from the template, whose {names} are elements."""
    given = web_address(_text(element, rules, "link"), base=base) if rules.fields.get("link") else ""
    if given or not rules.link:
        return given
    made = rules.link
    for name in {part.partition("}")[0] for part in rules.link.split("{")[1:]}:
        value = text_below(element, name)
        if not value.replace("-", "").replace("_", "").isalnum():
            return ""
        made = made.replace("{" + name + "}", value)
    return web_address(made)
