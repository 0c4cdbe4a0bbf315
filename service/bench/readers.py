"""Readers by the million, made in the database without a Python object for each; their profiles are as signing up makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, islice
from math import comb
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Subquery,
    Table,
    case,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlmodel import col

from content.choosing import Profile
from content.columns import Instant
from content.terms import Term
from content.vocabulary import Vocabulary
from subscribers.consent import CURRENT, ConsentEvent, ConsentKind
from subscribers.organisations import Organisation, OrganisationKind
from subscribers.people import Interest, Membership, Stream, Subscriber, SubscriberState, Subscription

FOLLOWED = 2
"""Interests of a reader, where that makes enough different choices."""

FIRST_NUMBER = 100_000_000
"""So that every address and reference is equally long."""

_TEMPORARY = MetaData()
_GROUPS = Table(
    "bench_group",
    _TEMPORARY,
    Column("number", Integer, primary_key=True),
    Column("profile_key", String),
    Column("language", String),
    prefixes=["TEMPORARY"],
)
_FOLLOWED = Table(
    "bench_followed",
    _TEMPORARY,
    Column("profile_key", String, index=True),
    Column("facet", String),
    Column("slug", String),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True)
class Group:
    """Readers who follow the same and read the same language: they get the same variant."""

    number: int
    terms: tuple[Term, ...]
    language: str

    @property
    def profile_key(self) -> str:
        """As `subscribers.profiles` keeps it."""
        interests = frozenset(term.slug for term in self.terms)
        return Profile(interests=interests, streams=frozenset({str(Stream.MONTHLY)})).key


def groups_of(vocabulary: Vocabulary, count: int) -> tuple[Group, ...]:
    """So many groups; each follows other terms, the same number of them. One in ten reads English."""
    size = FOLLOWED
    while comb(len(vocabulary.terms), size) < count:
        size += 1
    most = next(n for n in range(size, len(vocabulary.terms) + 1) if comb(n, size) >= count)
    chosen = islice(combinations(vocabulary.terms[:most], size), count)
    return tuple(
        Group(number, terms, "en" if number % 10 == 9 else "nl") for number, terms in enumerate(chosen)
    )


def add_readers(engine: Engine, groups: Sequence[Group], count: int, *, now: datetime) -> None:
    """Add confirmed readers of the monthly issue, in turn over the groups: two in three have a name, half a municipality."""
    with engine.connect() as connection:
        _relax(connection)
        with connection.begin():
            _insert_groups(connection, groups)
            _insert_subscribers(connection, len(groups), count, now)
            _insert_interests(connection)
            _insert_subscriptions(connection)
            _insert_memberships(connection)
        with connection.begin():
            connection.execute(text("ANALYZE"))
        connection.invalidate()  # what was relaxed must not come back from the pool


def _relax(connection: Connection) -> None:
    """No foreign keys checked on rows that come from the tables themselves, and no waiting for the disk: it is a throwaway."""
    if connection.dialect.name == "sqlite":
        raw = connection.connection.dbapi_connection
        if raw is not None:
            for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -262144"):  # 256 MB
                raw.cursor().execute(f"PRAGMA {pragma}")
        return
    with connection.begin():
        if connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
            connection.execute(text("SET session_replication_role = replica"))


def _numbers(count: int) -> Subquery:
    first = select(literal(0, Integer).label("n")).cte("numbers", recursive=True)
    every = first.union_all(select(first.c.n + 1).where(first.c.n < count - 1))
    return select(every.c.n).subquery("every_number")


def _insert_groups(connection: Connection, groups: Sequence[Group]) -> None:
    _TEMPORARY.create_all(connection)
    rows = [
        {"number": one.number, "profile_key": one.profile_key, "language": one.language} for one in groups
    ]
    connection.execute(insert(_GROUPS), rows)
    followed = [
        {"profile_key": one.profile_key, "facet": term.facet, "slug": term.slug}
        for one in groups
        for term in one.terms
    ]
    connection.execute(insert(_FOLLOWED), followed)


def _insert_subscribers(connection: Connection, groups: int, count: int, now: datetime) -> None:
    number, group = _numbers(count), _GROUPS.c
    label = (number.c.n + FIRST_NUMBER).cast(String)
    row: dict[str, ColumnElement[Any]] = {
        "reference": literal("bench-reader-") + label,
        "address": literal("lezer.") + label + literal("@gemeente.example"),
        "address_key": literal("lezer.") + label + literal("@gemeente.example"),
        "name": case((number.c.n % 3 == 0, literal("")), else_=literal("Robin de Lezer ") + label),
        "language": group.language,
        "state": literal(SubscriberState.ACTIVE.value),
        "profile_key": group.profile_key,
        "created_at": literal(now, Instant),
        "confirmed_at": literal(now, Instant),
    }
    rows = select(*row.values()).select_from(number.join(_GROUPS, group.number == number.c.n % groups))
    connection.execute(insert(Subscriber).from_select(list(row), rows.order_by(number.c.n)))


def _insert_interests(connection: Connection) -> None:
    followed = _FOLLOWED.c
    rows = select(col(Subscriber.id), followed.facet, followed.slug).join(
        _FOLLOWED, followed.profile_key == col(Subscriber.profile_key)
    )
    connection.execute(insert(Interest).from_select(["subscriber_id", "facet", "slug"], rows))


def _insert_subscriptions(connection: Connection) -> None:
    stream = Stream.MONTHLY.value
    event: dict[str, Any] = {
        "subscriber_id": col(Subscriber.id),
        "kind": literal(ConsentKind.CONFIRMED.value),
        "at": col(Subscriber.confirmed_at),
        "wording_version": literal(CURRENT.shown_as("nl")),
        "streams": literal([stream], JSON),
        "topics": literal([], JSON),
        "source": literal("measuring"),
    }
    connection.execute(insert(ConsentEvent).from_select(list(event), select(*event.values())))
    rows = select(col(ConsentEvent.subscriber_id), literal(stream), col(ConsentEvent.id))
    connection.execute(insert(Subscription).from_select(["subscriber_id", "stream", "consent_id"], rows))


def _insert_memberships(connection: Connection) -> None:
    place = (
        select(
            col(Organisation.id), (func.row_number().over(order_by=col(Organisation.id)) - 1).label("place")
        )
        .where(col(Organisation.kind) == OrganisationKind.MUNICIPALITY)
        .subquery("place")
    )
    total = connection.scalar(select(func.count()).select_from(place)) or 1
    rows = (
        select(col(Subscriber.id), place.c.id)
        .join(place, place.c.place == (col(Subscriber.id) / 2).cast(Integer) % total)
        .where(col(Subscriber.id) % 2 == 0)
    )
    connection.execute(insert(Membership).from_select(["subscriber_id", "organisation_id"], rows))
