"""Places: where a reader works, by the size, the province and the GGD region of a municipality."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, not_
from sqlalchemy import select as rows
from sqlmodel import Session, col, or_, select

from subscribers.organisations import Organisation, OrganisationKind
from subscribers.people import Membership
from subscribers.segments.predicates import Choice, Ids, Predicate
from subscribers.sizes import LARGE_FROM, MEDIUM_FROM, MEDIUM_SMALL_FROM, SizeClass, central_codes

YES, NO = "yes", "no"


def place_predicates(session: Session) -> tuple[Predicate, ...]:
    """What can be asked of the municipality where someone works; the values are those of the register."""
    return (
        Predicate("size", tuple(Choice(size.value) for size in SizeClass), _of_size),
        Predicate("central-function", (Choice(YES), Choice(NO)), _with_central_function),
        Predicate("province", _known(session, "province"), _in_province),
        Predicate("ggd-region", _known(session, "ggd_region"), _in_region),
    )


def _known(session: Session, column: str) -> tuple[Choice, ...]:
    place = getattr(Organisation, column)
    names = session.exec(select(place).where(_municipality(), place != "").distinct().order_by(place))
    return tuple(Choice(name, nl=name, en=name) for name in names)


def _of_size(values: Sequence[str]) -> Ids:
    return _works_where(or_(*(_has_size(SizeClass(value)) for value in values)))


def _has_size(size: SizeClass) -> ColumnElement[bool]:
    """As `subscribers.sizes.size_of` has it, of an organisation in the database."""
    people = col(Organisation.population)
    large = and_(people >= LARGE_FROM, _is_central())
    match size:
        case SizeClass.SMALL:
            return people < MEDIUM_SMALL_FROM
        case SizeClass.MEDIUM_SMALL:
            return and_(people >= MEDIUM_SMALL_FROM, people < MEDIUM_FROM)
        case SizeClass.MEDIUM:
            return and_(people >= MEDIUM_FROM, not_(large))
        case SizeClass.LARGE:
            return large


def _with_central_function(values: Sequence[str]) -> Ids:
    asked = {YES: _is_central(), NO: not_(_is_central())}
    return _works_where(or_(*(asked[value] for value in values)))


def _is_central() -> ColumnElement[bool]:
    """Whether it stands in the list of municipalities with a central function; false for one without a CBS code."""
    return func.coalesce(col(Organisation.cbs_code), "").in_(central_codes())


def _in_province(values: Sequence[str]) -> Ids:
    return _works_where(col(Organisation.province).in_(values))


def _in_region(values: Sequence[str]) -> Ids:
    return _works_where(col(Organisation.ggd_region).in_(values))


def _works_where(place: ColumnElement[bool]) -> Ids:
    there = rows(col(Organisation.id)).where(_municipality(), place)
    return rows(col(Membership.subscriber_id)).where(col(Membership.organisation_id).in_(there))


def _municipality() -> ColumnElement[bool]:
    return col(Organisation.kind) == OrganisationKind.MUNICIPALITY
