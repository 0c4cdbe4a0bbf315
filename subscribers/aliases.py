"""Aliases: other names of organisations, and places that lie in one municipality, as aliases.yaml has them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from subscribers.errors import RegisterFault

ALIASES = Path(__file__).parent / "aliases.yaml"


@cache
def load_aliases(path: Path = ALIASES) -> Mapping[str, tuple[str, ...]]:
    """The other names of an organisation, by its name in the register.

    Raises:
        RegisterFault: names file, line and fault.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RegisterFault(f"{path}, line {line}: {error.problem}.") from error
    aliases = document.get("aliases") if isinstance(document, dict) else None
    if not isinstance(aliases, dict):
        raise RegisterFault(f"{path}, line 1: there is no list of aliases.")
    for name, others in aliases.items():
        if not isinstance(others, list) or not all(isinstance(other, str) for other in others):
            raise RegisterFault(f"{path}: the aliases of {name} must be a list of names.")
    return {name: tuple(others) for name, others in aliases.items()}
