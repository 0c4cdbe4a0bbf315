"""A web page as a tree that CSS selectors work on. lxml: it stops at 256 levels, where other parsers spend minutes."""

from functools import lru_cache

from lxml import etree, html
from lxml.cssselect import CSSSelector

from content.connectors.port import Answer
from content.encoding import decoded
from content.errors import PageUnreadable
from content.links import web_address
from content.plaintext import plain

_TAIL = 2000


def read_tree(answer: Answer) -> html.HtmlElement:
    """The page of an answer.

    Raises:
        PageUnreadable: it is empty, no HTML, or cut off: a page that ends halfway would pass for the end of a list.
    """
    if not answer.body.strip():
        raise PageUnreadable("The page is empty.")
    text = decoded(answer.body, content_type=answer.content_type)
    if "</html" not in text[-_TAIL:].lower():
        raise PageUnreadable("The page is no HTML, or ends halfway: </html> is missing.")
    try:
        # As bytes: of a text that declares an encoding lxml refuses to think at all.
        root = html.document_fromstring(
            text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8")
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise PageUnreadable(f"The page cannot be read: {error}.") from error
    return root


def selected(root: html.HtmlElement, selector: str) -> list[html.HtmlElement]:
    """The elements that a CSS selector finds, in the order of the page."""
    return [one for one in _compiled(selector)(root) if isinstance(one, html.HtmlElement)]


def text_at(root: html.HtmlElement, selector: str) -> str:
    """The text of the first element with any that a selector finds; "" for none."""
    return next((text for one in selected(root, selector) if (text := text_of(one))), "")


def text_of(element: html.HtmlElement) -> str:
    """The text of an element in one line, without its scripts and styles."""
    return plain(markup_of(element))


def markup_of(element: html.HtmlElement) -> str:
    """The element as HTML, without what follows it."""
    return etree.tostring(element, encoding="unicode", method="html", with_tail=False)


def link_of(element: html.HtmlElement, *, base: str) -> str:
    """The address of a link, or of the first link within an element; "" for none."""
    link = element if element.tag == "a" else next(element.iter("a"), element)
    return web_address(str(link.get("href") or ""), base=base).partition("#")[0]


def selector_fault(selector: str) -> str:
    """What is wrong with a CSS selector; "" for nothing."""
    try:
        _compiled(selector)
    except Exception as error:  # cssselect and lxml each have a tree of their own
        return f"{selector!r} is not a CSS selector: {error}"
    return ""


@lru_cache(maxsize=512)
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")
