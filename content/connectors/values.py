"""Values: what a database writes, in the form in which `content.crawled` compares it."""

import re
from datetime import date

from content.connectors.declaration import FieldRule
from content.connectors.labels import Found
from content.connectors.scales import read_level
from content.crawled import Value
from content.dates import HERE, read_date
from content.plaintext import folded, shortened

TEXT_LIMIT = 20_000
YES, NO = "ja", "nee"
_DAYS = frozenset({"level_date", "published"})
_DENIALS = frozenset({"nee", "neen", "no", "false", "niet", "geen"})
_RANGE = re.compile(
    r"\b(\d{1,3})\s*(?:jaar\s*|years?\s*)?(?:-|–|t/m|tot en met|tot|to|and|en)\s*(\d{1,3})\b"
    r"(?!\s*(?:weken|maanden|weeks|months))"
)
_FROM = re.compile(r"\b(?:vanaf|from)\s*(\d{1,3})\b|\b(\d{1,3})\s*(?:\+|jaar en ouder|years and older)")


def read_value(name: str, rule: FieldRule, found: Found, *, scale: str) -> Value | None:
    """The value of a field, or None where the text is not one that this field can have."""
    text = shortened(found.text, TEXT_LIMIT)
    if rule.pattern:
        text = matched(rule.pattern, text)
    if not text:
        return YES if name == "in_reassessment" and not rule.pattern else None
    if name == "level" and scale:
        return read_level(text, scale=scale)[0] or None
    if name in _DAYS:
        return day(text) or None
    if name == "in_reassessment":
        return NO if label_words(text) & _DENIALS else YES
    if name == "age":
        return age(text)
    return _parts(rule, found, text) or None if rule.split else text


def day(text: str) -> str:
    """A day in ISO 8601 out of "7 juni 2018", "07-06-2018" or "2018-06-07"; "" where the text is no day."""
    words = text.strip()
    try:
        return date.fromisoformat(words[:10]).isoformat() if words[:4].isdecimal() else _dutch_day(words)
    except ValueError:
        return ""


def age(text: str) -> str:
    """Ages in years: "18-35" out of "18 t/m 35 jaar", "12+" out of "vanaf 12 jaar"; any other text as it is."""
    words = folded(text)
    if between := _RANGE.search(words):
        return f"{int(between[1])}-{int(between[2])}"
    if begin := _FROM.search(words):
        return f"{int(begin[1] or begin[2])}+"
    return text


def matched(pattern: str, text: str) -> str:
    """What the groups of a pattern match in a text, with hyphens between them; "" without a match."""
    found = re.search(pattern, text, re.IGNORECASE)
    return "-".join(group for group in found.groups() if group) if found else ""


def label_words(text: str) -> set[str]:
    """The words of a text, folded."""
    return set(re.findall(r"\w+", folded(text)))


def _dutch_day(words: str) -> str:
    dated = read_date(words)
    return dated.moment.astimezone(HERE).date().isoformat() if dated else ""


def _parts(rule: FieldRule, found: Found, text: str) -> tuple[str, ...]:
    parts = found.parts if found.parts and not rule.pattern else text.split(rule.split)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
