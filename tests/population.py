"""A small population of which Python knows the answer to each question, for tests of segments; and random expressions."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from builders import a_reader
from hypothesis import strategies as st
from sqlmodel import Session

from service.database import reading, writing
from service.mailing.targeting import predicates_now
from service.runtime import Runtime
from subscribers.consent import CURRENT, ConsentKind, record
from subscribers.organisations import Organisation
from subscribers.segments.compiling import readers_of
from subscribers.segments.expression import Condition, Group, Match, parse_expression
from subscribers.segments.predicates import Predicates
from subscribers.sizes import central_codes, size_class

PLACES = (
    ("Assen", "Drenthe", "GGD Drenthe", 69_000, "GM0106"),
    ("Emmen", "Drenthe", "GGD Drenthe", 107_000, "GM0114"),
    ("Texel", "Noord-Holland", "GGD Hollands Noorden", 14_000, "GM0448"),
    ("Haarlemmermeer", "Noord-Holland", "GGD Kennemerland", 160_000, "GM0394"),
    ("Onbekend", "", "", None, None),
)
TOPICS = ("lachgas", "ghb", "snus")
STREAMS = ("monthly", "digest", "alerts", "webinars")


@dataclass
class Known:
    """A reader as Python sees them: what they would answer to each question."""

    answers: dict[str, set[str]] = field(default_factory=dict)


def size_of(place: Organisation) -> set[str]:
    size = size_class(place)
    return {str(size)} if size else set()


def central(place: Organisation) -> set[str]:
    return {"yes" if place.cbs_code in central_codes() else "no"}


def populate(session: Session, runtime: Runtime) -> dict[int, Known]:
    """Forty readers who differ in all that can be asked, among them some without anything, and some who left."""
    now, made, places = runtime.clock(), {}, []
    step = runtime.vocabulary.facet("step")[0].slug
    for name, province, region, population, code in PLACES:
        place = Organisation(
            kind="municipality", key=f"GM:{name}", name=name, province=province, ggd_region=region, population=population,
            cbs_code=code,
        )  # fmt: skip
        places.append(place)
    session.add_all([*places, Organisation(kind="partner", key="partner:x", name="X", province="Drenthe")])
    session.flush()
    for number in range(40):
        place = places[number % 5] if number % 3 else None
        reader = a_reader(
            session, now, f"lezer{number}@gemeente.example", organisation=place, language="en" if number % 4 == 0 else "nl",
            interests=[slug for bit, slug in enumerate(TOPICS) if number >> bit & 1],
            streams=[stream for bit, stream in enumerate(STREAMS) if number >> bit & 1],
        )  # fmt: skip
        if number % 5 == 0:
            record(
                session,
                subscriber=reader,
                kind=ConsentKind.CONFIRMED,
                streams=["monthly"],
                topics=[],
                source="t",
                now=now,
            )
        reader.domain = "jeugd" if number % 3 == 0 else ""
        reader.policy_kind = "geen-beleid" if number % 4 == 1 else ""
        reader.strategy_step = step if number % 5 == 2 else ""
        session.add(reader)
        if number % 7 == 3:
            reader.state = "unsubscribed"
            session.add(reader)
            continue
        made[reader.id or 0] = Known(
            {
                "interest": {slug for bit, slug in enumerate(TOPICS) if number >> bit & 1},
                "stream": {stream for bit, stream in enumerate(STREAMS) if number >> bit & 1},
                "language": {reader.language},
                "province": {place.province} if place and place.province else set(),
                "ggd-region": {place.ggd_region} if place and place.ggd_region else set(),
                "size": size_of(place) if place else set(),
                "central-function": central(place) if place else set(),
                # Whoever receives a stream confirmed it, and so did every fifth.
                "consent": {CURRENT.version} if number % 16 or number % 5 == 0 else set(),
                "domain": {reader.domain} - {""},
                "policy-kind": {reader.policy_kind} - {""},
                "step": {reader.strategy_step} - {""},
            }
        )
    session.flush()
    return made


def means(expression: Group | Condition, known: Known) -> bool:
    """The same question, answered by Python."""
    if isinstance(expression, Condition):
        return bool(known.answers[expression.predicate] & set(expression.values))
    met = [means(part, known) for part in expression.parts]
    return {Match.ALL: all(met), Match.ANY: any(met), Match.NONE: not any(met)}[expression.match]


def expressions(predicates: Predicates) -> st.SearchStrategy[Group]:
    conditions = st.one_of(
        [
            st.lists(st.sampled_from(sorted(one.by_value)), min_size=1, max_size=4).map(
                lambda values, key=one.key: Condition(predicate=key, values=tuple(values))
            )
            for one in predicates.values()
            if one.key != "issue"
        ]
    )
    groups = conditions
    for _level in range(3):
        groups = st.one_of(conditions, groups_of(groups))
    return groups_of(groups)


def groups_of(parts: st.SearchStrategy) -> st.SearchStrategy[Group]:
    few = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.builds(Group, match=st.sampled_from(Match), parts=few)


@pytest.fixture
def people(runtime: Runtime) -> Iterator[tuple[Session, dict[int, Known], Predicates]]:
    with writing(runtime.engine) as session:
        made = populate(session, runtime)
    with reading(runtime.engine) as session:
        yield session, made, predicates_now(session, runtime.vocabulary)


def readers(session: Session, expression: Group, predicates: Predicates) -> set[int]:
    found = session.connection().execute(readers_of(expression, predicates)).scalars().all()
    assert len(found) == len(set(found)), "nobody is meant twice"
    return set(found)


def some(match: str, *parts: dict) -> Group:
    return parse_expression({"match": match, "parts": list(parts)})


def asks(predicate: str, *values: str) -> dict:
    return {"predicate": predicate, "values": list(values)}
