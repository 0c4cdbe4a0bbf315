"""Plain text out of what others publish: no tags, no control characters, nothing a database refuses."""

import html
import re
import unicodedata

import nh3

from content.mentions import without_mentions

_BLOCKS = re.compile(
    r"<(/?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|th|table|blockquote|section|article|hr)\b)", re.IGNORECASE
)
_SPACE = re.compile(r"\s+")
# Bidirectional overrides turn a title around for people; the rest no database or mail takes.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_PASSES = 12


def plain(markup: str, *, is_text: bool = False) -> str:
    """The text of a piece of HTML, on one line, in NFC. Text that was escaped twice is unwrapped as well.

    What is escaped more often than anyone means stays escaped, so that no tag ever comes out. What only looks like a tag
    ("if x<y then") is text, and stays.

    Args:
        markup: HTML, or what its author calls text and may hold HTML all the same.
        is_text: whether its author calls it text.
    """
    text = clean(markup)
    if "<" not in text and "&" not in text:
        return _SPACE.sub(" ", text).strip()
    for number in range(_PASSES):
        # What was escaped in HTML is text, so from the second time on it is looked at as such.
        stripped = clean(html.unescape(_stripped(without_mentions(text, is_text=is_text or number > 0))))
        if stripped == text:
            return _SPACE.sub(" ", text).strip()
        text = stripped
    return _SPACE.sub(" ", clean(_stripped(text))).strip()


def _stripped(markup: str) -> str:
    return nh3.clean(_BLOCKS.sub(r" <\1", markup), tags=set())


def clean(text: str) -> str:
    """Without control characters and lone surrogates, in NFC."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", _UNWANTED.sub("", whole))


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words and ending in an ellipsis where something was cut."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rfind(" ")
    return head[: cut if cut > limit // 2 else limit - 1].rstrip(" ,;:-") + "…"


def folded(text: str) -> str:
    """For searching: lower case and without accents, so that "cocaine" finds "Cocaïne" on every engine."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return _SPACE.sub(" ", "".join(letter for letter in apart if not unicodedata.combining(letter))).strip()
