"""Styles and elements: what mail programs do not know, drop, or distrust."""

import re

from service.linting.findings import Findings, found
from service.linting.page import Page

UNSAFE = (
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "button",
    "select",
    "textarea",
    "applet",
    "base",
)
UNKNOWN = ("svg", "picture", "video", "audio", "canvas", "math", "dialog")

_VARIABLE = re.compile(r"var\(\s*--|(?:^|[{;\s\"'])--[\w-]+\s*:")
_REMOTE = re.compile(r"@import\s+[^;]+|url\(\s*['\"]?(?:https?:)?//[^)]*\)", re.I)


def check_styles(page: Page) -> Findings:
    """What is in the HTML that not every mail program shows."""
    for tags, code in ((UNSAFE, "element-unsafe"), (UNKNOWN, "element-unknown")):
        for tag in dict.fromkeys(element.tag for element in page.all(*tags)):
            yield found(code, f"<{tag}>", tag=tag)
    if _VARIABLE.search(page.css):
        yield found("css-variable", "<style>")
    yield from (found("css-remote", "<style>", link=match[0]) for match in _REMOTE.finditer(page.css))
    for element in page.all("[style]"):
        style = element.attributes["style"]
        if _VARIABLE.search(style):
            yield found("css-variable", element.where)
        yield from (found("css-remote", element.where, link=match[0]) for match in _REMOTE.finditer(style))
    for link in page.all("link"):
        if "stylesheet" in link.attributes.get("rel", "").lower():
            yield found("css-remote", "<link>", link=link.attributes.get("href", ""))
