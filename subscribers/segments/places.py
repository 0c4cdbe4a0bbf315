"""Places: where a reader works, by the size, the province and the GGD region of a municipality."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_
from sqlalchemy import select as rows
from sqlmodel import Session, col, or_, select

from subscribers.organisations import Organisation, OrganisationKind
from subscribers.people import Membership
from subscribers.segments.predicates import Choice, Ids, Predicate

SIZES: dict[str, tuple[int, int | None]] = {
    "klein": (0, 25_000),
    "middelklein": (25_000, 50_000),
    "middelgroot": (50_000, 80_000),
    "groot": (80_000, None),
}
"""Size classes of table 1 of the survey of 2022, from and below so many inhabitants.

The survey's "groot" asks for a central function as well; here it goes by inhabitants alone, and the desk says so.
"""


def place_predicates(session: Session) -> tuple[Predicate, ...]:
    """What can be asked of the municipality where someone works; the values are those of the register."""
    return (
        Predicate("size", tuple(Choice(size) for size in SIZES), _of_size),
        Predicate("province", _known(session, "province"), _in_province),
        Predicate("ggd-region", _known(session, "ggd_region"), _in_region),
    )


def _known(session: Session, column: str) -> tuple[Choice, ...]:
    place = getattr(Organisation, column)
    names = session.exec(select(place).where(_municipality(), place != "").distinct().order_by(place))
    return tuple(Choice(name, nl=name, en=name) for name in names)


def _of_size(values: Sequence[str]) -> Ids:
    size = col(Organisation.population)
    ranges = [
        and_(size >= low, size < high) if high is not None else size >= low
        for low, high in (SIZES[value] for value in values)
    ]
    return _works_where(or_(*ranges))


def _in_province(values: Sequence[str]) -> Ids:
    return _works_where(col(Organisation.province).in_(values))


def _in_region(values: Sequence[str]) -> Ids:
    return _works_where(col(Organisation.ggd_region).in_(values))


def _works_where(place: ColumnElement[bool]) -> Ids:
    there = rows(col(Organisation.id)).where(_municipality(), place)
    return rows(col(Membership.subscriber_id)).where(col(Membership.organisation_id).in_(there))


def _municipality() -> ColumnElement[bool]:
    return col(Organisation.kind) == OrganisationKind.MUNICIPALITY
