"""Forgiving: feedparser, which reads what no other parser would, with what it gets wrong put right.

`feedparser.parse` has no place for that, and does again what was done before: guess the encoding, look for a DOCTYPE. So its
two parsers, the strict one and the one for text that is not well-formed, are driven from here, as `feedparser.api` does.
"""

import io
import xml.sax
import xml.sax.handler
import xml.sax.xmlreader
from dataclasses import dataclass
from typing import Any

from feedparser.api import LooseFeedParser, StrictFeedParser

_ENCODING = "utf-8"
_NAMED = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))


@dataclass(frozen=True)
class Parsed:
    """What feedparser makes of a document: its own dictionaries, and its word for the format ("" where it knows none)."""

    version: str
    about: Any
    entries: list[Any]


class _Corrected:
    """What both parsers get wrong.

    A caption of a picture (Media RSS) or a podcast's summary would take the place of the item's own description behind it.
    """

    def _start_media_title(self: Any, attributes: dict[str, str]) -> None:
        self.push_content("media_title", attributes, "text/plain", 1)

    def _end_media_title(self: Any) -> None:
        self.pop_content("media_title")

    def _start_media_description(self: Any, attributes: dict[str, str]) -> None:
        self.push_content("media_description", attributes, "text/html", 1)

    def _end_media_description(self: Any) -> None:
        self.pop_content("media_description")

    def _start_itunes_summary(self: Any, attributes: dict[str, str]) -> None:
        self.push_content("itunes_summary", attributes, "text/plain", 1)

    def _end_itunes_summary(self: Any) -> None:
        self.pop_content("itunes_summary")


class _Strict(_Corrected, StrictFeedParser):  # type: ignore[misc]  # it has no types
    pass


class _Loose(_Corrected, LooseFeedParser):  # type: ignore[misc]  # as above
    def decode_entities(self, element: str, data: str) -> str:
        """Also in what is no text with a type: else a guid has `&amp;` in it as long as the feed has a fault elsewhere."""
        decoded: str = super().decode_entities(element, data)
        if "type" not in self.contentparams:
            for name, character in _NAMED:
                decoded = decoded.replace(name, character)
        return decoded


def parse_strictly_or_not(document: bytes) -> Parsed:
    """What feedparser reads in a document.

    Without the address of the document: it would be put before each guid that is no web address, and change with every move.
    Without its cleaning: all text goes through nh3, and its way of cleaning is slow on purpose-made markup.

    Args:
        document: in UTF-8, without an XML declaration and without entities of its own.

    Raises:
        Exception: of every kind, on hostile input.
    """
    try:
        return _parsed_by(_strictly(document))
    except xml.sax.SAXException:
        return parse_loosely(document)


def parse_loosely(document: bytes) -> Parsed:
    """The same by the parser that looks for tags and nothing else. Raises what `parse_strictly_or_not` raises."""
    parser = _Loose("", None, _ENCODING, {})
    parser.resolve_relative_uris = parser.sanitize_html = False
    parser.feed(document.decode(_ENCODING, "replace"))
    return _parsed_by(parser)


def _strictly(document: bytes) -> Any:
    parser = _Strict("", None, _ENCODING)
    parser.resolve_relative_uris = parser.sanitize_html = False
    reader = xml.sax.make_parser()  # noqa: S317  the document was looked through, and declares no entities
    reader.setFeature(xml.sax.handler.feature_namespaces, True)
    reader.setFeature(xml.sax.handler.feature_external_ges, False)  # no DTD of elsewhere is fetched
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(io.BytesIO(document))
    reader.parse(source)
    return parser


def _parsed_by(parser: Any) -> Parsed:
    return Parsed(parser.version, parser.feeddata, parser.entries)
