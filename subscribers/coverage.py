"""Coverage: in which municipalities somebody reads, by municipality and by GGD region; and what of that may be public.

Public are bands alone, never a count of people, and where fewer than five read the map shows the same whatever topic
one asks for: else somebody who knows that one person reads there learns, topic by topic, what that person follows. All
figures of regions and of the country are made from the bands that are shown, so no difference of two says more than they do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from subscribers.organisations import Organisation, OrganisationKind
from subscribers.people import Interest, Membership, Subscriber, SubscriberState

FEW = 5
"""Fewer people than this are not counted in public."""


class Band(StrEnum):
    """How many read, as roughly as it is public."""

    NONE = "none"
    FEW = "few"
    SOME = "some"
    MORE = "more"
    MANY = "many"


FLOORS = ((25, Band.MANY), (10, Band.MORE), (FEW, Band.SOME), (1, Band.FEW))


@dataclass(frozen=True)
class Place:
    """A municipality, and how many active readers work for it: `followers` are those of the topic that was asked for.

    Somebody who serves three municipalities counts in each. Without a topic all readers are followers.
    """

    key: str
    cbs_code: str
    name: str
    province: str
    ggd_region: str
    population: int
    column: int
    row: int
    readers: int
    followers: int


@dataclass(frozen=True)
class Region:
    """A GGD region: its municipalities, how many of them are reached, and its readers in all of them together."""

    name: str
    municipalities: int
    reached: int
    followers: int


def coverage(session: Session, *, interest: str = "") -> tuple[Place, ...]:
    """All municipalities of the map, by name; `interest` is the slug of a topic, or empty."""
    readers = _readers(session)
    followers = _readers(session, interest) if interest else readers
    places = select(Organisation).where(
        Organisation.kind == OrganisationKind.MUNICIPALITY,
        col(Organisation.tile_column).is_not(None),
        col(Organisation.merged_into_id).is_(None),
    )
    return tuple(
        Place(
            key=place.key,
            cbs_code=place.cbs_code or "",
            name=place.name,
            province=place.province,
            ggd_region=place.ggd_region,
            population=place.population or 0,
            column=place.tile_column or 0,
            row=place.tile_row or 0,
            readers=readers.get(place.id or 0, 0),
            followers=followers.get(place.id or 0, 0),
        )
        for place in session.exec(places.order_by(Organisation.name))
    )


def regions(places: Iterable[Place]) -> tuple[Region, ...]:
    """The GGD regions, by name. Exact, so for the desk; who serves two municipalities of a region counts twice."""
    by_name: dict[str, list[Place]] = {}
    for place in places:
        by_name.setdefault(place.ggd_region, []).append(place)
    return tuple(
        Region(
            name=name,
            municipalities=len(inside),
            reached=sum(place.followers > 0 for place in inside),
            followers=sum(place.followers for place in inside),
        )
        for name, inside in sorted(by_name.items())
    )


def not_reached(places: Iterable[Place]) -> tuple[Place, ...]:
    """The municipalities where nobody reads, or follows the topic; the largest first."""
    return tuple(
        sorted((place for place in places if not place.followers), key=lambda place: -place.population)
    )


def public_band(place: Place, *, filtered: bool) -> Band:
    """What is public of a municipality.

    Without a topic: none, fewer than five, and three bands above. With a topic "fewer than five" includes none, and where fewer
    than five read it says that whatever they follow.
    """
    if filtered and place.followers < FEW:
        return Band.NONE if not place.readers else Band.FEW
    return next((band for floor, band in FLOORS if place.followers >= floor), Band.NONE)


def _readers(session: Session, interest: str = "") -> dict[int, int]:
    """Active readers by the number of the organisation they work for."""
    counted = (
        select(Membership.organisation_id, func.count())
        .join(Subscriber, col(Subscriber.id) == Membership.subscriber_id)
        .where(Subscriber.state == SubscriberState.ACTIVE)
        .group_by(col(Membership.organisation_id))
    )
    if interest:
        follows = select(Interest.subscriber_id).where(Interest.slug == interest)
        counted = counted.where(col(Membership.subscriber_id).in_(follows))
    return dict(session.exec(counted).all())
