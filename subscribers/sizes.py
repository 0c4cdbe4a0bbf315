"""Sizes of municipalities, as table 1 of the survey has them: by population, and by central function for the largest."""

import re
from collections.abc import Set
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

from subscribers.errors import RegisterFault
from subscribers.organisations import Organisation

CENTRAL_FUNCTION = Path(__file__).parent / "central_function.yaml"
CBS_CODE = re.compile(r"GM\d{4}")


class SizeClass(StrEnum):
    """The classes of table 1, smallest first."""

    SMALL = "klein"
    MEDIUM_SMALL = "middelklein"
    MEDIUM = "middelgroot"
    LARGE = "groot"


MEDIUM_SMALL_FROM = 25_000
MEDIUM_FROM = 50_000
LARGE_FROM = 80_000
"""The last class is for those with a central function; the others from there on are MEDIUM: see `size_of`."""


def size_of(population: int | None, *, central: bool) -> SizeClass | None:
    """The size class of a municipality with so many inhabitants; None where the number is not known.

    `central`: it has a central function. Without one a municipality of 80,000 or more is MEDIUM ("50.000+").
    """
    if population is None:
        return None
    if population >= LARGE_FROM and central:
        return SizeClass.LARGE
    if population >= MEDIUM_FROM:
        return SizeClass.MEDIUM
    return SizeClass.MEDIUM_SMALL if population >= MEDIUM_SMALL_FROM else SizeClass.SMALL


def size_class(organisation: Organisation, *, central: Set[str] | None = None) -> SizeClass | None:
    """The size class of a municipality; None for a partner. `central` are CBS codes, those of the list where None."""
    codes = central_codes() if central is None else central
    return size_of(organisation.population, central=(organisation.cbs_code or "") in codes)


@cache
def central_codes(path: Path = CENTRAL_FUNCTION) -> frozenset[str]:
    """The CBS codes of the municipalities with a central function, as the file lists them.

    Raises:
        RegisterFault: names file and fault.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RegisterFault(f"{path}, line {line}: {error.problem}.") from error
    listed = document.get("municipalities") if isinstance(document, dict) else None
    if not isinstance(listed, dict):
        raise RegisterFault(f"{path}, line 1: there is no list of municipalities.")
    for code in listed:
        if not isinstance(code, str) or not CBS_CODE.fullmatch(code):
            raise RegisterFault(f"{path}: {code!r} is no CBS code such as GM0363.")
    return frozenset(listed)
