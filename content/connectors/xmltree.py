"""XML that others wrote, as a tree: no entities of its own, no DTD, nothing fetched, and no deeper than libxml2 allows."""

import re

from lxml import etree

from content.encoding import is_odd, named_encodings
from content.errors import PageUnreadable

_HOSTILE = re.compile(rb"<!\s*(doctype|entity)", re.IGNORECASE)


def read_xml(body: bytes, *, content_type: str = "") -> etree._Element:
    """The root of a document.

    Raises:
        PageUnreadable: it is empty, not well-formed (so also when it was cut off), or declares a DOCTYPE or entities.
    """
    narrow = body.replace(b"\0", b"")  # UTF-16 becomes searchable as well
    if not narrow.strip():
        raise PageUnreadable("The answer is empty.")
    if any(is_odd(name) for name in named_encodings(narrow, content_type=content_type)):
        raise PageUnreadable("The XML says that it is written in an encoding that documents are not.")
    if _HOSTILE.search(narrow):
        raise PageUnreadable("The XML has a DOCTYPE or entities of its own, which is refused.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        return etree.fromstring(body, parser=parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PageUnreadable(f"The XML is not well-formed: {error}.") from error


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for a processing instruction."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """The elements with this name directly below another, whatever their namespace."""
    return [one for one in element if local_name(one) == name]


def below(element: etree._Element, name: str) -> list[etree._Element]:
    """The elements with this name anywhere below, whatever their namespace."""
    return [one for one in element.iter() if local_name(one) == name]


def text_below(element: etree._Element, *names: str) -> str:
    """The text of the first of these elements that has any, by the order of the names; "" for none."""
    for name in names:
        for one in below(element, name):
            text = "".join(one.itertext()).strip()
            if text:
                return text
    return ""
