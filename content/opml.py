"""OPML: the list of feeds that a feed reader exports, and takes in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from content.errors import OpmlUnreadable
from content.links import web_address
from content.plaintext import clean, plain

OPML_LIMIT = 5 * 1024 * 1024
_HOSTILE = re.compile(rb"<!\s*(doctype|entity)", re.IGNORECASE)


@dataclass(frozen=True)
class Outline:
    """A feed in a list. `url` is "" where the list has an address that is not one."""

    title: str
    url: str
    home_url: str = ""


def read_opml(body: bytes) -> tuple[Outline, ...]:
    """The feeds of an OPML document, folders flattened, each address once.

    Raises:
        OpmlUnreadable: not OPML, too large, hostile (a DOCTYPE or entities), or without a feed.
    """
    if len(body) > OPML_LIMIT:
        raise OpmlUnreadable("The file is larger than 5 MiB.")
    if _HOSTILE.search(body.replace(b"\0", b"")):
        raise OpmlUnreadable("The file has a DOCTYPE or entities of its own, which is refused.")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  what makes this parser unsafe was refused above
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise OpmlUnreadable(f"The file is not well-formed XML: {error}.") from error
    if root.tag.lower() != "opml":
        raise OpmlUnreadable("The file is not OPML: its first tag is something else.")
    outlines = [_outline(element.attrib) for element in root.iter("outline")]
    feeds = {outline.url or outline.title: outline for outline in outlines if outline is not None}
    if not feeds:
        raise OpmlUnreadable("The file names no feeds.")
    return tuple(feeds.values())


def _outline(attributes: dict[str, str]) -> Outline | None:
    """A feed; None for a folder."""
    named = {name.lower(): value for name, value in attributes.items()}
    if not named.get("xmlurl", "").strip():
        return None
    return Outline(
        title=plain(named.get("title") or named.get("text") or ""),
        url=web_address(named["xmlurl"]),
        home_url=web_address(named.get("htmlurl", "")),
    )


def write_opml(outlines: Sequence[Outline], *, title: str) -> bytes:
    """An OPML 2.0 document that every feed reader takes (http://opml.org/spec2.opml), in UTF-8."""
    root = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "title").text = clean(title)
    body = ElementTree.SubElement(root, "body")
    for outline in outlines:
        name = clean(outline.title)
        said = {
            "type": "rss",
            "text": name,
            "title": name,
            "xmlUrl": outline.url,
            "htmlUrl": outline.home_url,
        }
        ElementTree.SubElement(body, "outline", {key: value for key, value in said.items() if value})
    ElementTree.indent(root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"
