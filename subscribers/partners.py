"""Partners: organisations beside the municipalities, as partners.yaml has them."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from subscribers.errors import RegisterFault
from subscribers.spelling import plain

PARTNERS = Path(__file__).parent / "partners.yaml"
KINDS = ("addiction-care", "ggd", "national")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Partner:
    """A partner organisation. `checked` is False until a person has held it against `source`."""

    slug: str
    name: str
    kind: str
    checked: bool = False
    source: str = ""


def load_partners(path: Path = PARTNERS) -> tuple[Partner, ...]:
    """Read and check the partners, in the order of the file.

    Raises:
        RegisterFault: names file, line and fault.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RegisterFault(f"{path}, line {line}: {error.problem}.") from error
    if not isinstance(document, dict) or not isinstance(document.get("partners"), dict):
        raise RegisterFault(f"{path}, line 1: there is no list of partners.")
    return tuple(
        _partner(path, _line_of(root, slug), slug, entry) for slug, entry in document["partners"].items()
    )


def slug_of(name: str) -> str:
    """A name as a key: "GGD Noord- en Oost-Gelderland" is ggd-noord-en-oost-gelderland."""
    return plain(name).replace(" ", "-")


def _partner(path: Path, line: int, slug: Any, entry: Any) -> Partner:
    if not isinstance(slug, str) or not SLUG.fullmatch(slug):
        raise RegisterFault(f"{path}, line {line}: {slug!r} is no key of small letters, digits and hyphens.")
    if not isinstance(entry, dict) or not {"name", "kind", "checked", "source"} <= set(entry):
        raise RegisterFault(f"{path}, line {line}: {slug} needs name, kind, checked and source.")
    if not set(entry) <= {"name", "kind", "checked", "source"}:
        raise RegisterFault(
            f"{path}, line {line}: {slug} has something unknown among {', '.join(map(str, entry))}."
        )
    if entry["kind"] not in KINDS:
        raise RegisterFault(
            f"{path}, line {line}: {slug} has kind {entry['kind']!r}, not one of {', '.join(KINDS)}."
        )
    if not isinstance(entry["name"], str) or not entry["name"].strip():
        raise RegisterFault(f"{path}, line {line}: {slug} has no name.")
    if not isinstance(entry["checked"], bool):
        raise RegisterFault(f"{path}, line {line}: {slug} must have checked: true or checked: false.")
    return Partner(slug=slug, **entry)


def _line_of(root: Any, slug: Any) -> int:
    """The line of a partner's key, from 1."""
    for key, value in root.value:
        if key.value == "partners":
            for name, _entry in value.value:
                if name.value == str(slug):
                    return int(name.start_mark.line) + 1
    return 1
