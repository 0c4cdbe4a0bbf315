"""What never happens, whatever a database answers and in whichever order crawls arrive."""

from datetime import timedelta
from itertools import pairwise

from crawls import START, WITHDRAWAL, a_crawl, a_page, day, run
from hypothesis import given, settings
from hypothesis import strategies as st

from content.crawled import CrawlResult
from content.interventions.changes import Kind
from content.interventions.deciding import decide
from content.interventions.knowing import Memory

KEYS = [str(number) for number in range(12)]
VISITS = st.builds(
    lambda number, listed, complete, declared, answers, version: a_crawl(
        START + timedelta(hours=number), [a_page(key) for key in sorted(listed)], complete=complete, declared=declared,
        gone={key: answer for key, answer in answers.items() if key not in listed}, version=version,
    ),
    number=st.integers(0, 24 * 40),
    listed=st.one_of(st.sets(st.sampled_from(KEYS)), st.just(set(KEYS)), st.just(set(KEYS[:11]))),
    complete=st.booleans() | st.just(True),
    declared=st.none() | st.integers(0, 14),
    answers=st.dictionaries(st.sampled_from(KEYS), st.sampled_from([0, 200, 404, 410, 500, 503])),
    version=st.sampled_from(["1", "1", "1", "2"]),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(VISITS, max_size=12))
def test_no_order_and_no_truncation_withdraws_a_record_without_the_conditions(
    visits: list[CrawlResult],
) -> None:
    memory, trusted = Memory(), []
    for visit in visits:
        before, decision = memory, decide(memory, visit, now=visit.finished)
        memory = decision.memory
        if decision.trusted:
            trusted.append(visit)
        for change in decision.changes:
            if change.kind is not Kind.WITHDRAWN:
                continue
            absent = []
            for earlier in reversed(trusted):
                if change.key in {one.key for one in earlier.listed}:
                    break
                absent.append(earlier)
            assert visit.complete
            assert len(visit.listed) >= 0.9 * (before.good_count or 0)
            assert len(absent) >= 3
            assert visit.started - absent[-1].started >= timedelta(days=7)
            assert visit.gone[change.key] in (404, 410, 0)


@settings(max_examples=200, deadline=None)
@given(st.lists(VISITS, max_size=8))
def test_replaying_crawls_says_nothing_and_changes_nothing(visits: list[CrawlResult]) -> None:
    memory, _decisions = run(*visits)
    for visit in visits:
        again = decide(memory, visit, now=visit.finished)
        assert again.changes == ()
        assert again.memory == memory


@settings(max_examples=100, deadline=None)
@given(st.permutations(WITHDRAWAL[1:]), st.integers(0, 2))
def test_crawls_that_arrive_out_of_order_withdraw_nothing_too_early(
    order: list[CrawlResult], doubled: int
) -> None:
    _memory, decisions = run(WITHDRAWAL[0], *order, order[doubled])
    withdrawn = [one for one in decisions if Kind.WITHDRAWN in {change.kind for change in one.changes}]
    assert len(withdrawn) == (1 if list(order) == WITHDRAWAL[1:] else 0)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["Kort", "Lang", "A\u0301", "Á", "  Kort "]), min_size=2, max_size=6))
def test_there_is_a_change_exactly_where_the_canonical_value_differs(texts: list[str]) -> None:
    crawls = [a_crawl(day(number), [a_page("0", summary=text)]) for number, text in enumerate(texts)]
    _memory, decisions = run(*crawls)
    plain = [text.strip().replace("A\u0301", "Á") for text in texts]
    expected = [one != other for one, other in pairwise(plain)]
    assert [bool(one.changes) for one in decisions[1:]] == expected
