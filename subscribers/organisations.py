"""Organisations: the municipalities of the register, and their partners."""

from enum import StrEnum

from sqlmodel import Field

from content.columns import Record


class OrganisationKind(StrEnum):
    """A municipality stands in the register; a partner is any other organisation."""

    MUNICIPALITY = "municipality"
    PARTNER = "partner"


class Organisation(Record, table=True):
    """Where a reader works. `population` counts inhabitants; `tile_column` and `tile_row` are its place on the tile map.

    `merged_into_id` is set for a municipality that is no more: nobody works there, and its name leads to the other.
    """

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    key: str = Field(unique=True)  # "GM0363" for a municipality, "partner:<slug>" for a partner
    cbs_code: str | None = Field(default=None, unique=True)
    name: str
    province: str = ""
    ggd_region: str = ""
    population: int | None = None
    tile_column: int | None = None
    tile_row: int | None = None
    partner_kind: str = ""
    merged_into_id: int | None = Field(default=None, foreign_key="organisation.id")
