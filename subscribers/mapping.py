"""Mapping: which column of a file holds which field, guessed from the columns' names in Dutch and English."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache

from subscribers.errors import MappingRefused
from subscribers.spelling import plain


class Field(StrEnum):
    """What a column may hold. Several columns may hold a part of the name, organisations, or interests; one the address."""

    ADDRESS = "address"
    NAME = "name"
    ORGANISATION = "organisation"
    LANGUAGE = "language"
    INTERESTS = "interests"
    NOTHING = ""


NAMES: Mapping[Field, str] = {
    Field.ADDRESS: (
        "adres e mail|e mailadres|email|emailadres|e mail|mail|mailadres|address|email address|e mail address|"
        "contact e mail|zakelijk e mailadres|werk e mail"
    ),
    Field.NAME: (
        "naam|name|volledige naam|full name|voornaam|first name|tussenvoegsel|tussenvoegsels|achternaam|last name|"
        "surname|contactpersoon|contact"
    ),
    Field.ORGANISATION: (
        "organisatie|organisation|organization|gemeente|municipality|gemeentecode|cbs code|gm code|werkgever|"
        "employer|instelling|bedrijf|company|organisaties|organisations|gemeenten"
    ),
    Field.LANGUAGE: "taal|language|voorkeurstaal|lang",
    Field.INTERESTS: "onderwerp|onderwerpen|interesses|interests|topics|topic|volgt|follows|thema|thema s|themes",
}
"""Names of columns, as `spelling.plain` has them."""


def guess(columns: Sequence[str], first: Sequence[Sequence[str]] = ()) -> tuple[Field, ...]:
    """What each column holds, by its name; where no name is that of an address, the first column that has only addresses.

    `first` are some lines, to look at.
    """
    found = [_named(column) for column in columns]
    for index in [index for index, field in enumerate(found) if field is Field.ADDRESS][1:]:
        found[index] = Field.NOTHING
    if Field.ADDRESS not in found:
        for index in range(len(columns)):
            cells = [line[index] for line in first if line[index]]
            if cells and all("@" in cell for cell in cells):
                found[index] = Field.ADDRESS
                break
    return tuple(found)


def read_mapping(chosen: Sequence[str], columns: Sequence[str]) -> tuple[Field, ...]:
    """A mapping as a person chose it, checked.

    Raises:
        MappingRefused: a field that we do not know, not one for each column, or not exactly one column of addresses.
    """
    try:
        mapping = tuple(Field(one) for one in chosen)
    except ValueError as error:
        raise MappingRefused(f"There is no such field: {error}.") from error
    if len(mapping) != len(columns) or mapping.count(Field.ADDRESS) != 1:
        raise MappingRefused("Exactly one column must hold the e-mail addresses.")
    return mapping


def taken(mapping: Sequence[str], cells: Sequence[str], field: Field) -> list[str]:
    """What a line has for a field, in the order of the columns; empty cells are left out."""
    return [cells[place] for place in _places(tuple(mapping), field) if cells[place]]


@lru_cache(maxsize=256)  # a file has one mapping and a hundred thousand lines
def _places(mapping: tuple[str, ...], field: Field) -> tuple[int, ...]:
    return tuple(place for place, one in enumerate(mapping) if one == field)


def _named(column: str) -> Field:
    name = plain(column)
    return next((field for field, names in NAMES.items() if name in names.split("|")), Field.NOTHING)
