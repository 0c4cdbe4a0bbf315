"""Records: out of the labels and texts of a page come the fields that we compare, whatever form the page had."""

import hashlib
from collections.abc import Mapping, Sequence

from content.connectors.declaration import Declaration, FieldRule
from content.connectors.labels import Found, label_key
from content.connectors.scales import read_level
from content.connectors.values import read_value
from content.crawled import Listed, ParsedRecord, Value
from content.errors import PageUnreadable
from content.plaintext import folded, shortened

EXTRA_LIMIT = 1000
MOST_EXTRAS = 40


def make_record(
    declaration: Declaration,
    *,
    listed: Listed,
    raw: bytes,
    found: Sequence[Found],
    placed: Mapping[str, Found],
) -> ParsedRecord:
    """The record that a page holds.

    Args:
        declaration: which labels stand for which field.
        listed: key and address, as the list has them.
        raw: the bytes that were read.
        found: labels with their texts, in the order of the page.
        placed: by field, what stands where the declaration says `at`.

    Raises:
        PageUnreadable: the page has no name and at least one field more: it is something else than a record.
    """
    rules = declaration.detail.fields
    fields, used = _fields(rules, found, placed, scale=declaration.scale)
    if "name" not in fields and listed.title:
        fields["name"] = listed.title
    others = set(fields) - {"name"}
    if "name" not in fields or not others:
        raise PageUnreadable(
            "The page holds no record: no name, or no other field that the declaration knows."
        )
    missing = tuple(name for name, rule in rules.items() if name not in fields and not rule.optional)
    return ParsedRecord(
        key=listed.key,
        link=listed.link,
        fields=fields,
        raw_hash=hashlib.sha256(raw).hexdigest(),
        missing=missing,
        extra=_extra(found, used),
    )


def says_gone(text: str, phrases: Sequence[str]) -> bool:
    """Whether a page says of its record that it is no longer recognised."""
    words = folded(text)
    return any(folded(phrase) in words for phrase in phrases)


def _fields(
    rules: Mapping[str, FieldRule], found: Sequence[Found], placed: Mapping[str, Found], *, scale: str
) -> tuple[dict[str, Value], set[str]]:
    """The fields, and the keys of the labels that were used up by them."""
    by_label: dict[str, Found] = {}
    for one in found:
        key = label_key(one.label)
        if key not in by_label or not by_label[key].text:
            by_label[key] = one
    fields: dict[str, Value] = {}
    used: set[str] = set()
    for name, rule in rules.items():
        keys = [key for label in rule.labels if (key := label_key(label)) in by_label]
        candidates = [by_label[key] for key in keys] + ([placed[name]] if name in placed else [])
        taken, value = _first(name, rule, _gathered(candidates) if rule.gather else candidates, scale=scale)
        if value is not None:
            fields[name] = value
            used |= set(keys) if rule.gather else {label_key(taken.label)}
            note = _note(name, taken, scale=scale)
            if note and "level_note" in rules:
                fields.setdefault("level_note", note)
    return fields, used


def _first(
    name: str, rule: FieldRule, candidates: Sequence[Found], *, scale: str
) -> tuple[Found, Value | None]:
    for one in candidates:
        value = read_value(name, rule, one, scale=scale)
        if value is not None:
            return one, value
    return Found("", ""), None


def _gathered(candidates: Sequence[Found]) -> list[Found]:
    texts = dict.fromkeys(one.text for one in candidates if one.text)
    return (
        [Found("", " ".join(texts), tuple(part for one in candidates for part in one.parts))] if texts else []
    )


def _note(name: str, found: Found, *, scale: str) -> str:
    """What a text says besides the level in it: "Niet erkend: …" carries the reason."""
    return read_level(found.text, scale=scale)[1] if name == "level" and scale else ""


def _extra(found: Sequence[Found], used: set[str]) -> dict[str, str]:
    """Labels that no field stands for, with the beginning of their texts."""
    left = [one for one in found if one.text and label_key(one.label) not in used]
    return {one.label: shortened(one.text, EXTRA_LIMIT) for one in left[:MOST_EXTRAS]}
