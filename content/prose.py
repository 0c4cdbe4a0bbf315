"""Prose: the Markdown that editors write, as safe HTML and as plain text. Authors never write template code."""

import re

import nh3
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False})
ALLOWED_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "h3", "h4", "code", "hr"}
ALLOWED_SCHEMES = {"http", "https", "mailto"}


def markdown_to_html(markdown: str) -> str:
    """HTML of what an editor wrote. Headings become h3 and h4, so that a page keeps one h1; scripts cannot survive."""
    html = _MARKDOWN.render(markdown)
    html = re.sub(r"<(/?)h[123]>", r"<\1h3>", html)
    html = re.sub(r"<(/?)h[456]>", r"<\1h4>", html)
    return nh3.clean(
        html, tags=ALLOWED_TAGS, attributes={"a": {"href"}}, url_schemes=ALLOWED_SCHEMES, link_rel="noopener"
    )


def plain_text(markdown: str) -> str:
    """The same as text: a link is followed by its address between brackets, list items begin with a hyphen."""
    html = markdown_to_html(markdown)
    html = re.sub(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', _link_as_text, html, flags=re.DOTALL)
    html = re.sub(r"<li>\s*", "- ", html)
    html = re.sub(r"<br\s*/?>\n?", "\n", html)
    html = re.sub(r"</(p|h3|h4|blockquote|ul|ol)>\s*", "\n\n", html)
    html = re.sub(r"</li>\s*", "\n", html)
    text = _unescape(nh3.clean(html, tags=set()))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _link_as_text(match: re.Match[str]) -> str:
    address, words = match[1], match[2]
    return words if words == address else f"{words} ({address})"


def _unescape(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text
