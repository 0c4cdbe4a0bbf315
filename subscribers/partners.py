"""Partners: organisations beside the municipalities, as partners.yaml has them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from subscribers.errors import RegisterFault
from subscribers.spelling import plain

PARTNERS = Path(__file__).parent / "partners.yaml"
KINDS = ("ggd", "addiction-care", "police", "halt", "welfare", "youth-care", "other", "national")
"""In the order in which people turn to them."""
ROLES = ("executes", "advises", "researches", "coordinates")
"""Of table 7 of the survey."""
ACTIVITIES = (
    "research", "at-schools", "working-group", "advice", "information", "prevention-agreement", "healthy-school",
    "training", "treatment", "consultation-hour", "signalling", "referral", "parent-evenings", "policy-and-enforcement",
)  # fmt: skip
"""Of table 8 of the survey."""
EVERYWHERE = "NL"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NEEDED = frozenset({"name", "kind", "checked", "source"})
LISTS = ("serves", "roles", "activities")
TEXTS = ("contact", "telephone", "address", "website")


@dataclass(frozen=True)
class Partner:
    """A partner organisation. `checked` is False until a person has held it against `source`.

    `serves` are names of GGD regions, CBS codes of municipalities, or `EVERYWHERE`; `contact` is a name to ask for.
    """

    slug: str
    name: str
    kind: str
    checked: bool = False
    source: str = ""
    serves: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    contact: str = ""
    telephone: str = ""
    address: str = ""
    website: str = ""


def load_partners(path: Path = PARTNERS) -> tuple[Partner, ...]:
    """Read and check the partners, in the order of the file.

    Raises:
        RegisterFault: names file, line and fault.
    """
    root, document = _read(path)
    kinds = kind_defaults(path)
    return tuple(
        _partner(path, _line_of(root, slug), slug, entry, kinds)
        for slug, entry in document["partners"].items()
    )


def kind_defaults(path: Path = PARTNERS) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The roles and activities of each kind, where an entry has none of its own.

    Raises:
        RegisterFault: names file and fault.
    """
    _root, document = _read(path)
    kinds = document.get("kinds", {})
    if not isinstance(kinds, dict) or not all(isinstance(one, dict) for one in kinds.values()):
        raise RegisterFault(f"{path}: kinds must be a list of kinds with their roles and activities.")
    return {
        kind: {field: _list(path, 1, kind, field, values.get(field, [])) for field in ("roles", "activities")}
        for kind, values in kinds.items()
    }


def slug_of(name: str) -> str:
    """A name as a key: "GGD Noord- en Oost-Gelderland" is ggd-noord-en-oost-gelderland."""
    return plain(name).replace(" ", "-")


def _read(path: Path) -> tuple[Any, dict[str, Any]]:
    try:
        root, document = _parsed(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RegisterFault(f"{path}, line {line}: {error.problem}.") from error
    if not isinstance(document, dict) or not isinstance(document.get("partners"), dict):
        raise RegisterFault(f"{path}, line 1: there is no list of partners.")
    return root, document


@lru_cache(maxsize=1)
def _parsed(text: str) -> tuple[Any, Any]:
    """The nodes, which know their lines, and the values; kept while the file stays as it is, and only ever read."""
    return yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)


def _partner(path: Path, line: int, slug: Any, entry: Any, kinds: Mapping[str, Any]) -> Partner:
    if not isinstance(slug, str) or not SLUG.fullmatch(slug):
        raise RegisterFault(f"{path}, line {line}: {slug!r} is no key of small letters, digits and hyphens.")
    if not isinstance(entry, dict) or not set(entry) >= NEEDED:
        raise RegisterFault(f"{path}, line {line}: {slug} needs name, kind, checked and source.")
    if not set(entry) <= NEEDED | set(LISTS) | set(TEXTS):
        raise RegisterFault(
            f"{path}, line {line}: {slug} has something unknown among {', '.join(map(str, entry))}."
        )
    if entry["kind"] not in KINDS:
        raise RegisterFault(
            f"{path}, line {line}: {slug} has kind {entry['kind']!r}, not one of {', '.join(KINDS)}."
        )
    for field in ("name", *TEXTS):
        if not isinstance(entry.get(field, "x"), str) or not entry.get(field, "x").strip():
            raise RegisterFault(f"{path}, line {line}: {slug} has no {field}.")
    if not isinstance(entry["checked"], bool):
        raise RegisterFault(f"{path}, line {line}: {slug} must have checked: true or checked: false.")
    own = {**kinds.get(entry["kind"], {}), **{field: entry[field] for field in LISTS if field in entry}}
    lists = {field: _list(path, line, slug, field, own.get(field, [])) for field in LISTS}
    return Partner(slug=slug, **{**entry, **lists})


def _list(path: Path, line: int, slug: str, field: str, values: Any) -> tuple[str, ...]:
    allowed = {"roles": ROLES, "activities": ACTIVITIES}.get(field)
    if not isinstance(values, list | tuple) or not all(isinstance(one, str) for one in values):
        raise RegisterFault(f"{path}, line {line}: the {field} of {slug} must be a list of names.")
    for one in values:
        if allowed is not None and one not in allowed:
            raise RegisterFault(
                f"{path}, line {line}: {slug} has {field} {one!r}, not one of {', '.join(allowed)}."
            )
    return tuple(values)


def _line_of(root: Any, slug: Any) -> int:
    """The line of a partner's key, from 1."""
    for key, value in root.value:
        if key.value == "partners":
            for name, _entry in value.value:
                if name.value == str(slug):
                    return int(name.start_mark.line) + 1
    return 1
