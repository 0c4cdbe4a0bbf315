"""Segments: an expression means exactly the readers that a person would count by hand, on both engines."""

from contextlib import suppress
from dataclasses import replace

import pytest
from builders import a_reader, an_approved_issue
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from population import Known, asks, expressions, means, people, readers, some
from sqlmodel import Session, select

from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.outbox import Delivery
from service.mailing.planning import plan_issue
from service.mailing.targeting import predicates_now
from service.runtime import Runtime
from subscribers.errors import SegmentBroken, SegmentExists, SegmentFault, UnknownSegment
from subscribers.people import Subscriber
from subscribers.segments.compiling import count_readers, readers_of, sample_readers
from subscribers.segments.describing import Words, describe
from subscribers.segments.expression import MOST_CONDITIONS, Group, Match, parse_expression
from subscribers.segments.keeping import (
    change_segment,
    free_name,
    make_segment,
    remove_segment,
    restore_segment,
    segment_by_id,
    segments,
)
from subscribers.segments.predicates import Choice, Predicate, Predicates, by_key

__all__ = ["people"]


def test_random_expressions_mean_whom_python_means(
    people: tuple[Session, dict[int, Known], Predicates],
) -> None:
    session, known, predicates = people
    seen: set[int] = set()

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(expressions(predicates))
    def agrees(expression: Group) -> None:
        wanted = {number for number, reader in known.items() if means(expression, reader)}
        assert readers(session, expression, predicates) == wanted
        assert count_readers(session, expression, predicates) == len(wanted)
        assert parse_expression(expression.stored()) == expression
        seen.add(len(wanted))

    agrees()
    assert len(seen) > 5, "the examples told apart more than everyone and no one"


def test_groups_obey_the_algebra_of_sets(people: tuple[Session, dict[int, Known], Predicates]) -> None:
    session, known, predicates = people
    whole = set(known)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(expressions(predicates), expressions(predicates))
    def obeys(one: Group, other: Group) -> None:
        a, b = readers(session, one, predicates), readers(session, other, predicates)
        joined = {
            match: readers(session, Group(match=match, parts=(one, other)), predicates) for match in Match
        }
        assert joined[Match.ALL] == a & b
        assert joined[Match.ANY] == a | b
        assert joined[Match.NONE] == whole - (a | b)
        assert readers(session, Group(match=Match.NONE, parts=(one,)), predicates) == whole - a

    obeys()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["match", "parts", "predicate", "values", "x"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_whatever_is_stored_is_an_expression_or_a_fault(stored: object) -> None:
    with suppress(SegmentFault):
        assert parse_expression(stored).parts


def test_a_value_is_bound_and_never_part_of_the_statement(
    people: tuple[Session, dict[int, Known], Predicates],
) -> None:
    session, _known, predicates = people
    evil = "x'); DROP TABLE subscriber; --"
    open_to_all = {key: replace(one, choices=(*one.choices, Choice(evil))) for key, one in predicates.items()}
    for key in ("province", "ggd-region", "interest", "stream", "language"):
        expression = some("any", asks(key, evil))
        statement = str(readers_of(expression, open_to_all).compile(session.get_bind()))
        assert "DROP" not in statement
        assert readers(session, expression, open_to_all) == set()
    assert session.exec(select(Subscriber)).first() is not None


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({"match": "all", "parts": []}, "parts"),
        ({"match": "xor", "parts": [asks("stream", "monthly")]}, "match"),
        ({"match": "all", "parts": [asks("stream")]}, "values"),
        ({"match": "all", "parts": [{"predicate": "a; DROP", "values": ["x"]}]}, "predicate"),
        ({"match": "all", "parts": [asks("stream", "monthly")], "sql": "1=1"}, "sql"),
        ({"match": "all", "parts": [asks("stream", "x" * 201)]}, "values"),
        ([], "top"),
    ],
)
def test_what_is_no_expression_is_refused_with_its_place(stored: object, said: str) -> None:
    with pytest.raises(SegmentFault, match=said):
        parse_expression(stored)


def test_an_expression_has_limits() -> None:
    deep: dict = {"match": "all", "parts": [asks("stream", "monthly")]}
    for _level in range(5000):
        deep = {"match": "all", "parts": [deep]}
    with pytest.raises(SegmentFault, match="within each other"):
        parse_expression(deep)
    wide = {"match": "any", "parts": [asks("stream", "monthly")] * 15}
    with pytest.raises(SegmentFault, match=f"at most {MOST_CONDITIONS}"):
        parse_expression({"match": "any", "parts": [wide] * 3})


def test_what_is_gone_is_a_broken_segment(people: tuple[Session, dict[int, Known], Predicates]) -> None:
    _session, _known, predicates = people
    for condition in (asks("province", "Limburg"), asks("shoe-size", "42"), asks("issue", "1")):
        with pytest.raises(SegmentBroken):
            readers_of(some("none", condition), predicates)


def test_who_got_an_issue_and_who_did_not(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        got = a_reader(session, clock(), "anna@gemeente.example")
        bounced = a_reader(session, clock(), "bert@gemeente.example")
        later = a_reader(session, clock(), "carla@gemeente.example", streams=["digest"])
        issue = an_approved_issue(session, clock(), ("Lachgas", ["lachgas"]))
        plan_issue(session, runtime, issue=issue, now=clock())
        ids = got.id, bounced.id, later.id
    deliver_due(runtime)
    with writing(runtime.engine) as session:
        returned = session.exec(select(Delivery).where(Delivery.subscriber_id == ids[1])).one()
        returned.bounced_at = clock()
        session.add(returned)
    with reading(runtime.engine) as session:
        predicates = predicates_now(session, runtime.vocabulary)
        assert [choice.nl for choice in predicates["issue"].choices] == ["Kennispost december 2026"]
        asked = asks("issue", str(issue.id))
        assert readers(session, some("all", asked), predicates) == {ids[0]}
        assert readers(session, some("none", asked), predicates) == {ids[1], ids[2]}


def test_the_sample_is_small_and_the_newest_come_first(
    people: tuple[Session, dict[int, Known], Predicates],
) -> None:
    session, known, predicates = people
    sample = sample_readers(session, some("any", asks("language", "nl", "en")), predicates)
    assert [reader.id for reader in sample] == sorted(known, reverse=True)[:5]


def test_a_predicate_without_choices_is_not_offered() -> None:
    nothing = Predicate("issue", (), lambda values: select(Subscriber.id))
    assert by_key([nothing]) == {}


def test_an_expression_reads_as_a_sentence() -> None:
    words = Words("en", "of", "niet", lambda asked: f"{asked.predicate} {'/'.join(asked.values)}")
    inner = {"match": "any", "parts": [asks("province", "Drenthe"), asks("size", "klein")]}
    never = {"match": "none", "parts": [asks("interest", "snus")]}
    neither = {"match": "none", "parts": [asks("interest", "snus"), asks("language", "en")]}
    assert describe(some("all", asks("stream", "monthly"), inner, never), words) == (
        "stream monthly en (province Drenthe of size klein) en niet interest snus"
    )
    assert describe(some("any", inner, neither), words) == (
        "(province Drenthe of size klein) of niet (interest snus of language en)"
    )


def test_segments_are_kept_under_a_name_that_is_theirs(runtime: Runtime, clock) -> None:
    monthly, digest = some("all", asks("stream", "monthly")), some("all", asks("stream", "digest"))
    with writing(runtime.engine) as session:
        made = make_segment(session, name="  Kleine   gemeenten ", expression=monthly, by="anna", now=clock())
        other = make_segment(session, name="Grote", expression=digest, by="anna", now=clock())
        assert made.name == "Kleine gemeenten"
        assert free_name(session, "Kleine gemeenten") == "Kleine gemeenten 2"
        with pytest.raises(SegmentExists):
            make_segment(session, name="Grote", expression=monthly, by="bert", now=clock())
        with pytest.raises(SegmentExists):
            change_segment(
                session, segment=other, name="Kleine gemeenten", expression=monthly, by="bert", now=clock()
            )
        with pytest.raises(SegmentFault):
            make_segment(session, name=" ", expression=monthly, by="bert", now=clock())
        remove_segment(session, segment=made, now=clock())
        assert [one.name for one in segments(session)] == ["Grote"]
        with pytest.raises(UnknownSegment):
            segment_by_id(session, made.id or 0)
        make_segment(session, name="Kleine gemeenten", expression=digest, by="bert", now=clock())
        restore_segment(session, segment=made)
        assert [one.name for one in segments(session)] == ["Grote", "Kleine gemeenten", "Kleine gemeenten 2"]
        assert parse_expression(segment_by_id(session, made.id or 0).expression) == monthly
