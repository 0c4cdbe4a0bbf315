"""HTML: a database that has web pages only. Lists and records are found by CSS selectors, fields by their labels."""

import re

from lxml.html import HtmlElement

from content.connectors.declaration import Declaration, Total
from content.connectors.htmltree import link_of, read_tree, selected, text_at, text_of
from content.connectors.labels import Found
from content.connectors.pairs import read_pairs
from content.connectors.port import Answer, ListPage
from content.connectors.records import make_record
from content.crawled import Listed, ParsedRecord
from content.errors import PageUnreadable
from content.links import same_site

MOST_DIGITS = 9
"""Of a number of records; a longer one is something else, and Python refuses very long ones with an error."""


def read_list(answer: Answer, declaration: Declaration) -> ListPage:
    """The records that a page of the list names, in its order, each once.

    Raises:
        PageUnreadable: the page is empty, no HTML, or cut off.
    """
    rules, root = declaration.list, read_tree(answer)
    listed: dict[str, Listed] = {}
    for element in selected(root, rules.record):
        link = link_of(element, base=answer.url)
        key = key_in(link, pattern=rules.key)
        if key and same_site(link, declaration.url):
            title = text_at(element, rules.title) if rules.title else text_of(element)
            listed.setdefault(key, Listed(key=key, link=link, title=title))
    following = [link_of(one, base=answer.url) for one in selected(root, rules.next)] if rules.next else []
    return ListPage(
        listed=tuple(listed.values()),
        following=tuple(link for link in following[:1] if link and same_site(link, declaration.url)),
        declared_total=number_in(text_at(root, rules.total.at), rules.total) if rules.total else None,
        at_end=bool(rules.end and selected(root, rules.end)),
    )


def read_record(answer: Answer, listed: Listed, declaration: Declaration) -> ParsedRecord:
    """The record of a page.

    Raises:
        PageUnreadable: the page is empty, cut off, or no record.
    """
    within = _within(answer, declaration)
    placed = {
        name: Found("", text_at(within, rule.at))
        for name, rule in declaration.detail.fields.items()
        if rule.at and selected(within, rule.at)
    }
    found = read_pairs(within, declaration.detail.pairs)
    return make_record(declaration, listed=listed, raw=answer.body, found=found, placed=placed)


def page_text(answer: Answer, declaration: Declaration) -> str:
    """What a record's page says, for the phrases by which it takes its recognition back. Raises as `read_record`."""
    return text_of(_within(answer, declaration))


def key_in(link: str, *, pattern: str) -> str:
    """The key of a record in its address, or "" for an address that is no record's."""
    found = re.search(pattern, link) if link else None
    return found.group(1) if found else ""


def number_in(text: str, total: Total) -> int | None:
    """The number that a text declares, with Dutch or English thousands; None where it declares none."""
    found = re.search(total.pattern, text)
    digits = re.sub(r"\D", "", found.group(1)) if found else ""
    return int(digits) if 0 < len(digits) <= MOST_DIGITS else None


def _within(answer: Answer, declaration: Declaration) -> HtmlElement:
    roots = selected(read_tree(answer), declaration.detail.within)
    if not roots:
        raise PageUnreadable(
            f"The page has no {declaration.detail.within!r}, in which the record should stand."
        )
    return roots[0]
