"""The form of a segment: its fields as a tree that may still be unfinished, and what the buttons do to it.

Fields are named by the place of what they are about: `match.1` is what group 1 of the outer group wants,
`predicate.1.0` the first condition in it, `values.1.0` what was chosen there. The page sends all of them each time.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from service.i18n import _
from subscribers.segments.expression import MOST_CONDITIONS, MOST_LEVELS, Match

Draft = dict[str, Any]
"""As an expression is stored, but groups may be empty and conditions without values."""

Place = tuple[int, ...]

_FIELD = re.compile(r"(match|predicate)((?:\.\d{1,2}){0,6})")


def empty_draft() -> Draft:
    """What one begins with: everything that is added must hold."""
    return {"match": Match.ALL.value, "parts": []}


def read_draft(fields: Iterable[tuple[str, str]]) -> Draft:
    """The tree that the fields of a form make; what belongs nowhere is left out."""
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(value)
    nodes: dict[Place, Draft] = {(): empty_draft()}
    for place, kind, name in sorted(_named(values)):
        node = _node(kind, values[name][0], values.get(name.replace("predicate", "values"), []))
        if not place:
            nodes[()]["match"] = node.get("match", Match.ALL.value)
        elif place not in nodes and (parent := nodes.get(place[:-1])) and "parts" in parent:
            parent["parts"].append(node)
            nodes[place] = node
    return nodes[()]


def press(draft: Draft, act: str, fields: Mapping[str, str]) -> Draft:
    """What a button does: `add:PLACE` a condition, `group:PLACE` a group, `remove:PLACE`; any other button changes nothing."""
    kind, _colon, name = act.partition(":")
    place = tuple(int(step) for step in name.split(".") if step.isdigit())
    if kind == "remove" and place:
        group = _at(draft, place[:-1])
        if group and place[-1] < len(group["parts"]):
            del group["parts"][place[-1]]
    group = _at(draft, place)
    if (
        group is not None
        and kind == "add"
        and (predicate := fields.get(f"new.{name}" if name else "new", ""))
    ):
        group["parts"].append({"predicate": predicate, "values": []})
    if group is not None and kind == "group" and len(place) < MOST_LEVELS - 1:
        group["parts"].append({"match": Match.ANY.value, "parts": []})
    return draft


def fault_of(draft: Draft) -> str:
    """What is still missing, as the form says it; "" when it is whole."""
    conditions = list(_conditions(draft))
    if not conditions:
        return _("Voeg ten minste één voorwaarde toe.")
    if any(not node["values"] for node in conditions):
        return _("Kies bij elke voorwaarde ten minste één mogelijkheid, of haal haar weg.")
    if _has_empty_group(draft):
        return _("Een groep is leeg. Voeg er een voorwaarde aan toe, of haal haar weg.")
    if len(conditions) > MOST_CONDITIONS:
        return _("Dit zijn te veel voorwaarden. Maak er twee segmenten van.")
    return ""


def _named(values: Iterable[str]) -> Iterable[tuple[Place, str, str]]:
    for name in values:
        if found := _FIELD.fullmatch(name):
            yield tuple(int(step) for step in found[2].split(".") if step), found[1], name


def _node(kind: str, value: str, chosen: list[str]) -> Draft:
    if kind == "predicate":
        return {"predicate": value, "values": list(dict.fromkeys(chosen))}
    return {"match": value if value in list(Match) else Match.ALL.value, "parts": []}


def _at(draft: Draft, place: Place) -> Draft | None:
    """The group at this place; None when there is no group."""
    node = draft
    for step in place:
        parts = node.get("parts", [])
        if step >= len(parts):
            return None
        node = parts[step]
    return node if "parts" in node else None


def _conditions(draft: Draft) -> Iterable[Draft]:
    for part in draft["parts"]:
        if "parts" in part:
            yield from _conditions(part)
        else:
            yield part


def _has_empty_group(draft: Draft) -> bool:
    return not draft["parts"] or any("parts" in part and _has_empty_group(part) for part in draft["parts"])
