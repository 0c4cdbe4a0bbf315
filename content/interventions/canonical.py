"""Canonical values: what a page says, so written that only a change of meaning changes it."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import date

from content.crawled import FIELDS, Value
from content.plaintext import clean
from content.scales import level_of

Fields = Mapping[str, Value]

UNTRUSTED = frozenset({"published"})
"""Fields that are kept and shown, but never say by themselves that something changed: one run of corrections at a publisher
stamped 25,806 documents with a new date."""

YES = "ja"
_NO = frozenset({"", "nee", "no", "false", "0", "n.v.t."})
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064]")
_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_RANGE = re.compile(r"(\d{1,2})(?:\s*jaar)?\s*(?:-|t/m|tot en met|tot|to|en)\s*(\d{1,3})")
_FROM = re.compile(r"(?:vanaf\s*(\d{1,2})|(\d{1,2})\s*(?:\+|jaar en ouder|plus|years and (?:older|over)))")
_UP_TO = re.compile(r"(?:tot|t/m|tot en met)\s*(\d{1,3})")
_SPOKEN_AGES = re.compile(
    r"(?<![\d.,])(\d{1,2})(?:\s*jaar)?\s*(?:-|t/m|tot en met|tot)\s*(\d{1,3})[\s-]*(?:jaar|jarige)"
)


def one_line(text: str) -> str:
    """NFC, without invisible characters, hyphens of one kind, white space as single blanks."""
    bare = _INVISIBLE.sub("", clean(text))
    return " ".join(re.sub("[\u2010-\u2015\u2212]", "-", bare).split())


def ages_of(text: str) -> str:
    """Ages as "18-35", "18+" or "0-12"; other words stay as they are."""
    words = one_line(text)
    folded = words.casefold()
    if found := _RANGE.search(folded):
        return f"{int(found[1])}-{int(found[2])}"
    if found := _FROM.search(folded):
        return f"{int(found[1] or found[2])}+"
    if found := _UP_TO.search(folded):
        return f"0-{int(found[1])}"
    return words


def ages_in(text: str) -> str:
    """The first span of ages that a running text names ("jongeren van 18 tot 36 jaar"); empty where it names none."""
    found = _SPOKEN_AGES.search(one_line(text).casefold())
    return f"{int(found[1])}-{int(found[2])}" if found else ""


def day_of(text: str) -> str:
    """A day in ISO 8601; a Dutch notation (28-06-2011) is turned round, other words stay."""
    words = one_line(text)
    if found := _DAY.fullmatch(words):
        try:
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        except ValueError:
            return words
    return words


def _level(text: str) -> str:
    level = level_of(one_line(text))
    return level.slug if level else one_line(text)


def _yes(text: str) -> str:
    return "" if one_line(text).casefold() in _NO else YES


_READERS: dict[str, Callable[[str], str]] = {
    "age": ages_of,
    "level": _level,
    "level_date": day_of,
    "published": day_of,
    "in_reassessment": _yes,
}


def canonical(fields: Fields) -> dict[str, Value]:
    """The fields of `FIELDS` that say something, canonical: several values are sorted and unique, one of them is a text."""
    made: dict[str, Value] = {}
    for name in FIELDS:
        value = _value(name, fields.get(name, ""))
        if value:
            made[name] = value
    return made


def _value(name: str, value: Value) -> Value:
    read = _READERS.get(name, one_line)
    if isinstance(value, str):
        return read(value)
    values = tuple(sorted({read(one) for one in value} - {""}))
    return values if len(values) > 1 else "".join(values)


def canonical_hash(fields: Fields) -> str:
    """SHA-256 (hexadecimal) of what is canonical and trusted in the fields."""
    trusted = {name: value for name, value in canonical(fields).items() if name not in UNTRUSTED}
    text = json.dumps(trusted, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def as_text(value: Value) -> str:
    """A value on one line; several are separated by semicolons."""
    return value if isinstance(value, str) else "; ".join(value)


def as_values(value: Value | None) -> tuple[str, ...]:
    """A value as a row of texts; none for nothing."""
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
