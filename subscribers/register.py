"""The register: the 342 municipalities of the Netherlands, and the partners beside them, into the database."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session, col, select

from content.columns import Instant, Record
from subscribers.directory import PartnerEntry, load_directory
from subscribers.errors import RegisterFault
from subscribers.organisations import Organisation, OrganisationKind
from subscribers.partners import PARTNERS, Partner, load_partners, slug_of

MUNICIPALITIES = Path(__file__).parent / "municipalities.csv"
COLUMNS = ("cbs_code", "name", "province", "ggd_region", "population", "tile_column", "tile_row")
CBS_CODE = re.compile(r"GM\d{4}")


@dataclass(frozen=True)
class Municipality:
    """A line of the register. `population` counts inhabitants; the tile is its place on the tile map."""

    cbs_code: str
    name: str
    province: str
    ggd_region: str
    population: int
    tile_column: int
    tile_row: int


class RegisterUpdate(Record, table=True):
    """That an operator brought the register up to date from a file: then the one that Kennispost came with holds no more."""

    __tablename__ = "register_update"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    name: str
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)


def load_register(session: Session, path: Path = MUNICIPALITIES, partners: Path = PARTNERS) -> int:
    """Put municipalities and partners into the database, or bring them up to date; gives the number of municipalities.

    Loading twice is loading once. A municipality that left the register stays: readers may still work there. Once an operator
    brought the register up to date (`subscribers.merging`), theirs holds, and municipalities are left as they are.

    Raises:
        RegisterFault: names file, line and fault. Nothing is written then.
    """
    register = read_register(path)
    others = load_partners(partners)
    known = {organisation.key: organisation for organisation in session.exec(select(Organisation))}
    for municipality in () if _was_updated(session) else register:
        _put(
            session,
            known,
            municipality.cbs_code,
            {"kind": OrganisationKind.MUNICIPALITY, **asdict(municipality)},
        )
    put_ggd_regions(session, register)
    known = {organisation.key: organisation for organisation in session.exec(select(Organisation))}
    kept = set(session.exec(select(PartnerEntry.organisation_id).where(col(PartnerEntry.edited))))
    for partner in others:
        there = known.get(f"partner:{partner.slug}")
        if there is None or there.id not in kept:  # what the desk changed stays
            _put(session, known, f"partner:{partner.slug}", _partner_values(partner))
    session.flush()
    load_directory(session, others)
    return len(register)


def put_ggd_regions(session: Session, register: Iterable[Municipality]) -> None:
    """Make a partner of each GGD that the register names; those that are there stay as they are."""
    known = set(session.exec(select(Organisation.key)))
    for partner in _ggd_regions(register):
        if f"partner:{partner.slug}" not in known:
            session.add(Organisation(key=f"partner:{partner.slug}", **_partner_values(partner)))
    session.flush()


def read_register(path: Path = MUNICIPALITIES) -> tuple[Municipality, ...]:
    """Read and check the register.

    Raises:
        RegisterFault: names file, line and fault.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        if tuple(next(lines, ())) != COLUMNS:
            raise RegisterFault(f"{path}, line 1: the columns must be {', '.join(COLUMNS)}.")
        found = tuple(_municipality(path, lines.line_num, fields) for fields in lines)
    if not found:
        raise RegisterFault(f"{path}, line 2: the register has no municipalities.")
    for field in ("cbs_code", "name"):
        _refuse_doubles(path, [str(getattr(municipality, field)) for municipality in found])
    return found


def _municipality(path: Path, line: int, fields: list[str]) -> Municipality:
    if len(fields) != len(COLUMNS):
        raise RegisterFault(f"{path}, line {line}: {len(fields)} fields instead of {len(COLUMNS)}.")
    return municipality_of(
        path, line, {column: field.strip() for column, field in zip(COLUMNS, fields, strict=True)}
    )


def municipality_of(path: Path, line: int, values: Mapping[str, str]) -> Municipality:
    """A line of a register, by column, checked.

    Raises:
        RegisterFault: names file, line and fault.
    """
    if not CBS_CODE.fullmatch(values["cbs_code"]):
        raise RegisterFault(f"{path}, line {line}: {values['cbs_code']!r} is no CBS code such as GM0363.")
    for column in ("name", "province", "ggd_region"):
        if not values[column]:
            raise RegisterFault(f"{path}, line {line}: {column} is empty.")
    for column in ("population", "tile_column", "tile_row"):
        if not (values[column].isascii() and values[column].isdigit()):
            raise RegisterFault(f"{path}, line {line}: {column} {values[column]!r} is no whole number.")
    return Municipality(
        cbs_code=values["cbs_code"],
        name=values["name"],
        province=values["province"],
        ggd_region=values["ggd_region"],
        population=int(values["population"]),
        tile_column=int(values["tile_column"]),
        tile_row=int(values["tile_row"]),
    )


def _refuse_doubles(path: Path, values: list[str]) -> None:
    seen: dict[str, int] = {}
    for line, value in enumerate(values, start=2):
        if value in seen:
            raise RegisterFault(f"{path}, line {line}: {value!r} stands on line {seen[value]} already.")
        seen[value] = line


def _was_updated(session: Session) -> bool:
    return session.exec(select(RegisterUpdate.id).limit(1)).first() is not None


def _ggd_regions(register: Iterable[Municipality]) -> Iterator[Partner]:
    for name in sorted({municipality.ggd_region for municipality in register}):
        yield Partner(slug=slug_of(name), name=name, kind="ggd")


def _partner_values(partner: Partner) -> dict[str, Any]:
    return {
        "kind": OrganisationKind.PARTNER,
        "name": partner.name,
        "partner_kind": partner.kind,
    }


def _put(session: Session, known: dict[str, Organisation], key: str, values: Mapping[str, object]) -> None:
    organisation = known.get(key) or Organisation(key=key, kind="", name="")
    for field, value in values.items():
        if getattr(organisation, field) != value:
            setattr(organisation, field, value)
    session.add(organisation)
