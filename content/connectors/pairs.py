"""Pairs: the labels of a page with the texts that belong to them, in each of the ways in which pages set them out."""

from collections.abc import Callable, Iterator, Sequence

from lxml import html

from content.connectors.declaration import Pairs
from content.connectors.htmltree import markup_of, selected, text_of
from content.connectors.labels import Found, is_label
from content.plaintext import plain

_HEADINGS = ("h2", "h3", "h4", "h5", "h6")


def read_pairs(root: html.HtmlElement, forms: Sequence[str | Pairs]) -> list[Found]:
    """All labels and texts below an element, form by form, each in the order of the page."""
    found = [
        one
        for form in forms
        for one in (_declared(root, form) if isinstance(form, Pairs) else FORMS[form](root))
    ]
    return [one for one in found if is_label(one.label)]


def _terms(root: html.HtmlElement) -> Iterator[Found]:
    """`<dt>` with the `<dd>` that follow."""
    for term in root.iter("dt"):
        values = []
        for element in term.itersiblings():
            if element.tag != "dd":
                break
            values.append(element)
        yield _found(text_of(term), values)


def _rows(root: html.HtmlElement) -> Iterator[Found]:
    """Rows of a table: the first cell is the label of the others."""
    for row in root.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("th", "td")]
        if len(cells) > 1:
            yield _found(text_of(cells[0]), cells[1:])


def _headed(root: html.HtmlElement) -> Iterator[Found]:
    """Headings, with all that follows up to the next heading. A `<dl>` has labels of its own and is left to them."""
    for heading in root.iter(*_HEADINGS):
        values, texts = [], [heading.tail or ""]
        for element in heading.itersiblings():
            if not isinstance(element, html.HtmlElement) or not isinstance(element.tag, str):
                texts.append(element.tail or "")  # a comment says nothing, what follows it does
                continue
            if element.tag in _HEADINGS or next(element.iter(*_HEADINGS), None) is not None:
                break
            if element.tag == "dl":
                texts.append(element.tail or "")
                continue
            values.append(element)
            texts += [markup_of(element), element.tail or ""]
        yield Found(text_of(heading), plain(" ".join(texts)), _parts(values))


def _bold(root: html.HtmlElement) -> Iterator[Found]:
    """A bold label at the beginning of a paragraph, or of what stands between two line breaks."""
    for label in root.iter("strong", "b"):
        if label.getparent() is None or not _begins(label):
            continue
        texts = [label.tail or ""]
        for element in label.itersiblings():
            if element.tag in ("br", "strong", "b"):
                break
            texts += [markup_of(element), element.tail or ""] if isinstance(element.tag, str) else []
        yield Found(text_of(label), plain(" ".join(texts)).lstrip(": "))


def _begins(label: html.HtmlElement) -> bool:
    before = label.getprevious()
    if before is None:
        parent = label.getparent()
        return parent is not None and not (parent.text or "").strip()
    return before.tag == "br" and not (before.tail or "").strip()


def _declared(root: html.HtmlElement, form: Pairs) -> Iterator[Found]:
    for each in selected(root, form.each):
        labels, values = selected(each, form.label), selected(each, form.value)
        if labels:
            yield _found(text_of(labels[0]), values)


def _found(label: str, values: Sequence[html.HtmlElement]) -> Found:
    text = plain(" ".join(markup_of(value) for value in values))
    parts = _parts(values) or (tuple(text_of(value) for value in values) if len(values) > 1 else ())
    return Found(label, text, parts)


def _parts(values: Sequence[html.HtmlElement]) -> tuple[str, ...]:
    """The entries of the lists within; () where there is no list."""
    return tuple(text for value in values for entry in value.iter("li") if (text := text_of(entry)))


FORMS: dict[str, Callable[[html.HtmlElement], Iterator[Found]]] = {
    "dl": _terms,
    "table": _rows,
    "headings": _headed,
    "bold": _bold,
}
"""By the word that a declaration uses."""
