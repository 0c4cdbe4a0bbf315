"""Well-formed: a look at XML before anything reads it. Its depth and its entries are counted, and what is hostile is refused.

One pass of expat over the whole text, which is linear in it; no tree is built and nothing is kept.
"""

import html
import re
from dataclasses import dataclass, field
from html.entities import html5
from xml.parsers import expat

from content.links import LINK_LIMIT

DEEPEST = 200
MOST_ATTRIBUTES = 200
_ENTRIES = frozenset({"item", "entry"})
_PAIR = re.compile(
    r"&#(?:x(d[89ab][0-9a-f]{2})|(5[56]\d{3}));&#(?:x(d[c-f][0-9a-f]{2})|(5[67]\d{3}));", re.IGNORECASE
)
_QUOTED = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CHARACTER = re.compile(r"&#(?:x([0-9a-f]{1,9})|([0-9]{1,10}));", re.IGNORECASE)
_NAMED = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;|#)([A-Za-z][A-Za-z0-9]{1,31});")
_BARE = re.compile(r"&(?!#\d{1,10};|#[xX][0-9a-fA-F]{1,9};|\w{1,32};)")
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]{0,500}\?>")


class Hostile(Exception):
    """What no feed needs. The text says in English what it was."""


@dataclass
class Survey:
    """What the look found. `fault` says why the text is not well-formed, "" when it is.

    `entries` counts `<item>` and `<entry>`; `end` is where the first one too many begins (in the bytes), and `open` names
    the elements that stand open there, so that the rest can be left away.
    """

    root: str = ""
    fault: str = ""
    entries: int = 0
    end: int | None = None
    open: list[str] = field(default_factory=list)


def tidied(text: str) -> str:
    """The text without its XML declaration, and without the characters that XML has no place for.

    Emoji that were written as two surrogates are common, and a whole feed would fail on one of them: they are put together.
    """
    whole = _PAIR.sub(_put_together, _DECLARATION.sub("", text.lstrip("\ufeff \t\r\n\0"), count=1))
    return _CHARACTER.sub(_character, _ILLEGAL.sub("", whole))


def mended(text: str) -> str:
    """The text with its bare ampersands escaped, and with HTML's named characters written out.

    What is quoted (CDATA) or a comment stays as it is: an ampersand is nothing special there.
    """
    parts, end = [], 0
    for quoted in _QUOTED.finditer(text):
        parts += [_BARE.sub("&amp;", _NAMED.sub(_named, text[end : quoted.start()])), quoted[0]]
        end = quoted.end()
    return "".join([*parts, _BARE.sub("&amp;", _NAMED.sub(_named, text[end:]))])


def survey(document: bytes, *, most: int) -> Survey:
    """Look through a document in UTF-8.

    Args:
        document: the whole text, without a declaration of another encoding.
        most: the number of entries that will be read.

    Raises:
        Hostile: it declares entities, or nests deeper than `DEEPEST`, or an element has too many attributes.
    """
    found = Survey()
    stack: list[str] = []
    parser = expat.ParserCreate("utf-8")

    def start(name: str, attributes: dict[str, str]) -> None:
        found.root = found.root or name
        if len(attributes) > MOST_ATTRIBUTES:
            raise Hostile(f"An element has more than {MOST_ATTRIBUTES} attributes, which is refused.")
        if len(stack) >= DEEPEST:
            raise Hostile(f"The feed nests its elements deeper than {DEEPEST}, which is refused.")
        if len(attributes.get("xml:base", "")) > LINK_LIMIT:
            raise Hostile("An address for relative links (xml:base) is too long.")
        if name.rpartition(":")[2].lower() in _ENTRIES:
            found.entries += 1
            if found.entries == most + 1:
                found.end, found.open = parser.CurrentByteIndex, list(stack)
        stack.append(name)

    def entity(*_declared: object) -> None:
        raise Hostile("The feed declares entities of its own (<!ENTITY), which is refused.")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: stack.pop()
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        found.fault = f"{expat.ErrorString(error.code)}, line {error.lineno}"
    return found


def shortened_to(document: bytes, seen: Survey) -> bytes:
    """The document up to the first entry too many, its open elements closed."""
    if seen.end is None:
        return document
    return document[: seen.end] + "".join(f"</{name}>" for name in reversed(seen.open)).encode()


def _put_together(found: re.Match[str]) -> str:
    high, low = (int(found[one], 16) if found[one] else int(found[one + 1]) for one in (1, 3))
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return found[0]
    return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2])
    legal = (
        code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
    )
    return found[0] if legal else ""


def _named(found: re.Match[str]) -> str:
    name = f"{found[1]};"
    return html.escape(html5[name], quote=True) if name in html5 else f"&amp;{name}"
