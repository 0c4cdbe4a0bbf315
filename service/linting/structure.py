"""Structure: what a screen reader goes by: language, title, headings, tables, and the line that a list of mails shows."""

from itertools import pairwise

from babel import Locale, UnknownLocaleError

from service.linting.findings import Findings, found
from service.linting.page import Element, Page


def check_structure(page: Page) -> Findings:
    """What is missing or out of order."""
    yield from _languages(page)
    titles = [title for title in page.all("title") if title.text]
    if not titles:
        yield found("title-missing")
    yield from _headings(page)
    for table in page.all("table"):
        if table.attributes.get("role", "") not in {"presentation", "none"} and not any(table.within("th")):
            yield found("table-without-role", table.where)
    if not (page.texts and any(element.hidden for element in page.texts[0].around)):
        yield found("preheader-missing")


def _languages(page: Page) -> Findings:
    body = page.body
    places = [place for place in (page.root, *(body.children if body else ())) if place is not None]
    for place in (place for place in places if place.tag not in {"script", "style"}):
        if not place.attributes.get("lang"):
            yield found("lang-missing", _place(place))
        if place.attributes.get("dir") not in {"ltr", "rtl", "auto"}:
            yield found("dir-missing", _place(place))
    for element in page.all("[lang]"):
        if not _is_language(element.attributes["lang"]):
            yield found("lang-unknown", _place(element), lang=element.attributes["lang"])
    if body and body.has_own_text:
        yield found("lang-missing", "<body>")


def _place(element: Element) -> str:
    return f"<{element.tag}>" if element.tag in {"html", "body"} else element.where


def _is_language(tag: str) -> bool:
    try:
        Locale.parse(tag.partition("-")[0])
    except (ValueError, UnknownLocaleError):
        return not tag  # an empty one is missing, which is said already
    return True


def _headings(page: Page) -> Findings:
    headings = page.all("h1", "h2", "h3", "h4", "h5", "h6")
    first = [heading for heading in headings if heading.tag == "h1"]
    if not first:
        yield found("h1-missing")
    if len(first) > 1:
        yield found("h1-more", first[1].where, number=len(first))
    for heading in headings:
        if not heading.text and not any(image.attributes.get("alt") for image in heading.within("img")):
            yield found("heading-empty", heading.where)
    for before, after in pairwise(headings):
        if int(after.tag[1]) > int(before.tag[1]) + 1:
            yield found("heading-skipped", after.where, before=before.tag[1], after=after.tag[1])
