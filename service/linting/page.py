"""The HTML of a mail, read as browsers read it (HTML5), with what each element inherits."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import tinycss2
from selectolax.lexbor import LexborHTMLParser, LexborNode

LONGEST_WHERE = 60
DEEPEST = 500
"""Elements inside each other; what lies deeper is no mail that anybody reads, and would cost time without end."""


@dataclass(frozen=True)
class Declaration:
    """One declaration of a style: its value as it is written."""

    name: str
    value: str
    important: bool


@dataclass(frozen=True)
class Text:
    """A text that is shown, and the elements around it, the nearest first."""

    text: str
    around: tuple["Element", ...]


class Element:
    """An element: its tag, attributes, style and text. Attributes without a value are empty strings."""

    def __init__(self, node: LexborNode) -> None:
        self._node = node
        self.tag = node.tag or ""

    @cached_property
    def attributes(self) -> dict[str, str]:
        """By lower-case name."""
        return {name.lower(): value or "" for name, value in self._node.attributes.items()}

    @cached_property
    def style(self) -> dict[str, str]:
        """The inlined declarations; of two with one name the important one counts, then the last, as in a browser."""
        written = sorted(declarations(self.attributes.get("style", "")), key=lambda one: one.important)
        return {one.name: one.value for one in written}

    @property
    def text(self) -> str:
        """All text inside, blanks folded."""
        return " ".join(self._node.text(deep=True).split())

    @property
    def where(self) -> str:
        """How to find it: its tag, and the beginning of its text, its alt or its address."""
        named = (
            self.text
            or self.attributes.get("alt")
            or self.attributes.get("src")
            or self.attributes.get("href")
            or ""
        )
        short = named if len(named) <= LONGEST_WHERE else f"{named[: LONGEST_WHERE - 1]}…"
        return f"<{self.tag}> {short}".strip()

    @property
    def hidden(self) -> bool:
        """Whether it, by itself, is not shown."""
        gone = self.style.get("display") == "none" or self.style.get("visibility") == "hidden"
        return gone or "hidden" in self.attributes

    @property
    def children(self) -> Iterator["Element"]:
        """The elements directly inside."""
        return (Element(node) for node in self._node.iter())

    def within(self, *tags: str) -> Iterator["Element"]:
        """The elements inside with one of these tags, in order."""
        return (Element(node) for node in self._node.css(",".join(tags)))

    @property
    def has_own_text(self) -> bool:
        """Whether text stands directly inside it."""
        return bool((self._node.text(deep=False) or "").strip())


class Page:
    """A parsed HTML document."""

    def __init__(self, html: str) -> None:
        self._tree = LexborHTMLParser(html)
        self.source = html

    def all(self, *tags: str) -> list[Element]:
        """The elements with one of these tags, in order; all without a tag."""
        return [Element(node) for node in self._tree.css(",".join(tags) or "*")]

    @property
    def root(self) -> Element | None:
        """The html element."""
        return Element(self._tree.root) if self._tree.root is not None else None

    @property
    def body(self) -> Element | None:
        """The body element."""
        return Element(self._tree.body) if self._tree.body is not None else None

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """The texts of the body in order, hidden ones too; script and style are none."""
        return tuple(_texts(self._tree.body)) if self._tree.body is not None else ()

    @cached_property
    def css(self) -> str:
        """What stands in style elements."""
        return "\n".join(node.text(deep=True) for node in self._tree.css("style"))


def declarations(style: str) -> Iterator[Declaration]:
    """The declarations of a style attribute, names in lower case; what no browser reads is passed over."""
    for node in tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True):
        if node.type == "declaration":
            yield Declaration(node.lower_name, tinycss2.serialize(node.value).strip(), node.important)


def _texts(body: LexborNode) -> Iterator[Text]:
    """In order, with a stack of its own: a mail may be nested deeper than Python can call."""
    waiting: list[tuple[LexborNode, tuple[Element, ...]]] = [(body, ())]
    while waiting:
        node, around = waiting.pop()
        if node.tag == "-text":
            text = " ".join((node.text_content or "").split())
            if text:
                yield Text(text, around)
        elif node.tag not in {"script", "style", "template"} and len(around) < DEEPEST:
            inside = (Element(node), *around)
            waiting += [(child, inside) for child in reversed(list(node.iter(include_text=True)))]
