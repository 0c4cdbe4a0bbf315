"""Days: school holidays and recesses as they come with Kennispost, in `days.yaml`; editors change them at the desk."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from service.errors import DaysFault

FILE = Path(__file__).with_name("days.yaml")


class Holiday(StrEnum):
    """What schools and parliament call their holidays."""

    SPRING = "spring"
    MAY = "may"
    SUMMER = "summer"
    AUTUMN = "autumn"
    CHRISTMAS = "christmas"


Region = Literal["noord", "midden", "zuid"]
PARLIAMENT = "parliament"
SCOPES = ("noord", "midden", "zuid", PARLIAMENT)
"""Whose holidays are known: the schools of three regions, and the House of Representatives."""


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Recess(_Read):
    """Days that are free, the first and the last among them. `sure` is false where the writer was not certain."""

    holiday: Holiday
    first: date
    last: date
    sure: bool = True

    @model_validator(mode="after")
    def _in_order(self) -> "Recess":
        if self.last < self.first:
            raise ValueError(f"{self.last} is before {self.first}")
        return self


class SchoolHoliday(Recess):
    """The holiday of the schools in one region."""

    region: Region


class Year(_Read):
    """A year's days. `checked` is true once an editor (`by`, `on`) held them against their source; never so in the file."""

    checked: bool
    by: str = ""
    on: date | None = None
    school: tuple[SchoolHoliday, ...] = ()
    parliament: tuple[Recess, ...] = ()


class Days(_Read):
    """All that is known. `councils` are the holidays of schools in which most municipal councils do not meet."""

    councils: tuple[Holiday, ...] = ()
    years: Mapping[int, Year] = Field(default_factory=dict)


def by_scope(year: Year) -> Iterator[tuple[str, Recess]]:
    """The holidays of a year, each with whose it is, one of `SCOPES`. Pure."""
    yield from ((one.region, one) for one in year.school)
    yield from ((PARLIAMENT, one) for one in year.parliament)


@cache
def load_days(path: Path = FILE) -> Days:
    """Read the file.

    Raises:
        DaysFault: it is not what it should be; the text says where.
    """
    try:
        return Days.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise DaysFault(f"{path.name} cannot be read: {error}") from error
