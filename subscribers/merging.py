"""Register updates: a CSV of a later year against what is known; what is new, renamed, merged or changed, and doing it."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert
from sqlalchemy import select as rows
from sqlmodel import Field as Column
from sqlmodel import Session, col, select

from content.columns import Instant, Record
from subscribers.directory import follow_merger, load_directory
from subscribers.errors import RegisterFault
from subscribers.organisations import Organisation, OrganisationKind
from subscribers.people import Membership, Subscriber
from subscribers.register import COLUMNS, Municipality, RegisterUpdate, municipality_of, put_ggd_regions

MERGED_INTO = "merged_into"


class Move(Record, table=True):
    """A reader who moved along when a municipality became part of another; their preferences page says so."""

    __tablename__ = "reader_move"

    id: int | None = Column(default=None, primary_key=True)
    subscriber_id: int = Column(foreign_key="subscriber.id", ondelete="CASCADE", index=True)
    from_id: int = Column(foreign_key="organisation.id")
    to_id: int = Column(foreign_key="organisation.id")
    at: datetime = Column(sa_type=Instant)


@dataclass(frozen=True)
class Update:
    """A register of a later year. `mergers` are CBS codes: of a municipality that is no more, and of the one it is in now."""

    municipalities: tuple[Municipality, ...]
    mergers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One municipality and what happens to it; `was` and `becomes` are words of the register."""

    kind: str  # new, renamed, merged, population, other, left
    cbs_code: str
    name: str
    was: str = ""
    becomes: str = ""


def read_update(path: Path, mergers: Path | None = None) -> Update:
    """Read a register that may have a column `merged_into`; or the mergers from a file `cbs_code,merged_into` of their own.

    A line with `merged_into` needs no more than its CBS code.

    Raises:
        RegisterFault: names file, line and fault.
    """
    found: dict[str, Municipality] = {}
    merged: dict[str, str] = {}
    for line, values in _lines(path, COLUMNS):
        code = values["cbs_code"]
        if code in found or code in merged:
            raise RegisterFault(f"{path}, line {line}: {code!r} stands there twice.")
        if values.get(MERGED_INTO):
            merged[code] = values[MERGED_INTO]
        else:
            found[code] = municipality_of(path, line, values)
    for line, values in _lines(mergers, ("cbs_code", MERGED_INTO)) if mergers else ():
        if not values[MERGED_INTO]:
            raise RegisterFault(f"{mergers}, line {line}: merged_into is empty.")
        merged[values["cbs_code"]] = values[MERGED_INTO]
        found.pop(values["cbs_code"], None)
    for code, into in merged.items():
        if into not in found:
            raise RegisterFault(f"{path}: {code} is merged into {into}, which the register does not have.")
    return Update(tuple(found.values()), merged)


def compare(known: Iterable[Organisation], update: Update) -> tuple[Change, ...]:
    """What the update changes, in the order of kinds. `left` is a municipality of which the file says nothing."""
    before = {one.cbs_code: one for one in known if one.cbs_code and one.merged_into_id is None}
    after = {one.cbs_code: one for one in update.municipalities}
    changes = []
    for code, one in after.items():
        was = before.get(code)
        changes += [Change("new", code, one.name)] if was is None else _differences(was, one)
    for code, was in before.items():
        if code in update.mergers:
            into = after[update.mergers[code]].name
            changes.append(Change("merged", code, was.name, was.name, into))
        elif code not in after:
            changes.append(Change("left", code, was.name))
    order = ("new", "renamed", "merged", "left", "other", "population")
    return tuple(sorted(changes, key=lambda one: (order.index(one.kind), one.name)))


def apply_update(session: Session, update: Update, *, name: str, now: datetime) -> dict[str, int]:
    """Bring the register up to date and move the readers of merged municipalities; gives figures, among them `readers`.

    From then on this register holds, and the one that Kennispost came with is not loaded any more.

    Raises:
        RegisterFault: a municipality left and nobody says where it went.
    """
    known = list(session.exec(select(Organisation).where(Organisation.kind == OrganisationKind.MUNICIPALITY)))
    changes = compare(known, update)
    if left := [one.cbs_code for one in changes if one.kind == "left"]:
        raise RegisterFault(f"Say in merged_into where these went: {', '.join(left)}. Nothing was changed.")
    by_code = {one.cbs_code: one for one in known}
    for municipality in update.municipalities:
        found = by_code.get(municipality.cbs_code) or Organisation(
            key=municipality.cbs_code, kind=OrganisationKind.MUNICIPALITY, name=""
        )
        found.merged_into_id = None
        for column, value in asdict(municipality).items():
            setattr(found, column, value)
        session.add(found)
        by_code[municipality.cbs_code] = found
    put_ggd_regions(session, update.municipalities)
    load_directory(session)
    counts = {kind: sum(one.kind == kind for one in changes) for kind in {one.kind for one in changes}}
    counts["readers"] = sum(
        _merge(session, by_code[code], by_code[into], now=now)
        for code, into in update.mergers.items()
        if code in by_code and by_code[code].merged_into_id is None
    )
    session.add(RegisterUpdate(at=now, name=name, counts=counts))
    session.flush()
    return counts


@dataclass(frozen=True)
class Moved:
    """From which municipality to which a reader moved along, by name. `id` is that of the `Move`."""

    id: int
    before: str
    after: str


def moves_of(session: Session, subscriber: Subscriber) -> list[Moved]:
    """Where this reader moved along, for as long as they work there."""
    moves = session.exec(select(Move).where(Move.subscriber_id == subscriber.id).order_by(col(Move.id))).all()
    here = set(
        session.exec(select(Membership.organisation_id).where(Membership.subscriber_id == subscriber.id))
    )
    wanted = {one for move in moves for one in (move.from_id, move.to_id)}
    named = select(Organisation.id, Organisation.name).where(col(Organisation.id).in_(wanted))
    names = {key or 0: name for key, name in session.exec(named)}
    return [
        Moved(move.id or 0, names[move.from_id], names[move.to_id]) for move in moves if move.to_id in here
    ]


def _merge(session: Session, old: Organisation, new: Organisation, *, now: datetime) -> int:
    """Readers of `old` work for `new` from now on; gives how many moved."""
    connection = session.connection()
    member = Membership.metadata.tables["membership"].c
    movers = list(
        connection.execute(rows(member.subscriber_id).where(member.organisation_id == old.id)).scalars()
    )
    there = set(
        connection.execute(rows(member.subscriber_id).where(member.organisation_id == new.id)).scalars()
    )
    _add(session, Membership, [
        {"subscriber_id": one, "organisation_id": new.id} for one in movers if one not in there
    ])  # fmt: skip
    connection.execute(delete(Membership).where(col(Membership.organisation_id) == old.id))
    _add(
        session,
        Move,
        [{"subscriber_id": one, "from_id": old.id, "to_id": new.id, "at": now} for one in movers],
    )
    follow_merger(session, old=old.cbs_code or "", new=new.cbs_code or "")
    old.merged_into_id = new.id
    session.add(old)
    session.flush()
    return len(movers)


def _add(session: Session, table: type[Record], values: Sequence[Mapping[str, object]]) -> None:
    if values:
        session.connection().execute(insert(table), list(values))


def _differences(was: Organisation, one: Municipality) -> list[Change]:
    found = []
    if was.name != one.name:
        found.append(Change("renamed", one.cbs_code, one.name, was.name, one.name))
    for column in ("province", "ggd_region"):
        if getattr(was, column) != getattr(one, column):
            found.append(Change("other", one.cbs_code, one.name, getattr(was, column), getattr(one, column)))
    if was.population != one.population:
        found.append(Change("population", one.cbs_code, one.name, str(was.population), str(one.population)))
    return found


def _lines(path: Path, columns: Sequence[str]) -> Iterable[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = reader.fieldnames or ()
            if not set(columns) <= set(names):
                raise RegisterFault(f"{path}, line 1: the columns must be {', '.join(columns)}.")
            for values in reader:
                if None in values or None in values.values():
                    raise RegisterFault(f"{path}, line {reader.line_num}: not as many fields as columns.")
                yield reader.line_num, {key: value.strip() for key, value in values.items()}
    except (OSError, UnicodeDecodeError) as error:
        raise RegisterFault(f"{path} cannot be read as UTF-8 text: {error}.") from error
