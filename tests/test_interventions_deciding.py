"""What a crawl means: the events, the guards, and what never happens whatever comes in which order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from crawls import WITHDRAWAL, a_crawl, a_page, day, pages, run

from content.crawled import CrawlResult
from content.interventions.changes import Kind
from content.interventions.deciding import Decision, accept, decide
from content.interventions.guards import Guard
from content.interventions.knowing import RecordState


def kinds(decision: Decision) -> list[tuple[str, str]]:
    return [(change.key, change.kind.value) for change in decision.changes]


def test_the_first_trusted_crawl_is_the_base_line_and_no_news() -> None:
    memory, decisions = run(
        a_crawl(day(0), pages(3), complete=False), a_crawl(day(1), pages(9)), a_crawl(day(2), pages(10))
    )
    assert [kinds(one) for one in decisions] == [[], [], [("9", "added")]]
    assert memory.good_count == 10


def test_the_same_crawl_again_and_the_same_pages_again_say_nothing() -> None:
    crawl = a_crawl(day(0), pages(5, level="Goed onderbouwd", owner="Trimbos"))
    memory, _decisions = run(crawl)
    again = decide(memory, crawl, now=crawl.finished)
    assert again.stale
    assert again.memory == memory
    later = a_crawl(day(1), pages(5, level="Goed onderbouwd", owner="Trimbos"))
    assert decide(memory, later, now=later.finished).changes == ()


def test_several_values_are_a_set() -> None:
    others = pages(10, without=["0"])
    first = [a_page("0", setting=("school", "sport", "school")), *others]
    second = [a_page("0", setting=("sport", "school")), *others]
    _memory, decisions = run(a_crawl(day(0), first), a_crawl(day(1), second))
    assert decisions[1].changes == ()


def test_a_new_parser_version_re_baselines_in_silence_and_the_next_change_is_told() -> None:
    old, new = pages(5, summary="kort"), pages(5, summary="lang en anders", level="Goed onderbouwd")
    newer = [a_page("0", summary="weer anders", level="Goed onderbouwd"), *new[1:]]
    _memory, decisions = run(
        a_crawl(day(0), old), a_crawl(day(1), new, version="2"), a_crawl(day(2), newer, version="2")
    )
    assert [kinds(one) for one in decisions] == [[], [], [("0", "content_changed")]]


def test_a_field_that_all_pages_lose_at_once_is_a_change_of_layout() -> None:
    before = pages(10, owner="Trimbos", costs="€ 10")
    memory, decisions = run(a_crawl(day(0), before), a_crawl(day(1), pages(10, owner="Trimbos")))
    assert decisions[1].changes == ()
    assert decisions[1].lost_fields == ("costs",)
    assert memory.records["3"].fields["costs"] == "€ 10"


def test_a_field_that_one_page_loses_is_a_change_of_that_record() -> None:
    before = pages(10, costs="€ 10")
    after = [a_page("0"), *before[1:]]
    _memory, decisions = run(a_crawl(day(0), before), a_crawl(day(1), after))
    assert kinds(decisions[1]) == [("0", "content_changed")]


def test_withdrawn_when_every_condition_holds_and_missing_until_then() -> None:
    memory, decisions = run(*WITHDRAWAL)
    assert [kinds(one) for one in decisions] == [[], [("9", "missing")], [], [("9", "withdrawn")]]
    assert memory.records["9"].state is RecordState.WITHDRAWN
    back = a_crawl(day(20), pages(10))
    assert kinds(decide(memory, back, now=back.finished)) == [("9", "restored")]


@pytest.mark.parametrize("answer", [404, 410, 0])
def test_its_page_may_say_it_in_three_ways(answer: int) -> None:
    last = replace(WITHDRAWAL[3], gone={"9": answer})
    assert kinds(run(*WITHDRAWAL[:3], last)[1][-1]) == [("9", "withdrawn")]


@pytest.mark.parametrize(
    "last",
    [
        replace(WITHDRAWAL[3], complete=False),
        replace(WITHDRAWAL[3], errors={"": "page 3 of the list timed out"}),
        replace(WITHDRAWAL[3], listed=WITHDRAWAL[3].listed[:8], parsed=WITHDRAWAL[3].parsed[:8]),
        replace(WITHDRAWAL[3], declared_total=11),
        replace(WITHDRAWAL[3], gone={}),
        replace(WITHDRAWAL[3], gone={"9": 500}),
        replace(WITHDRAWAL[3], gone={"9": 200}),
        replace(WITHDRAWAL[3], started=day(8) - timedelta(minutes=1) - timedelta(days=1)),
    ],
    ids=["incomplete", "an error in the list", "shrunken", "below what it says itself", "the page was not asked",
         "the page failed", "the page answers", "within seven days"],
)  # fmt: skip
def test_one_condition_less_and_nothing_is_withdrawn(last: CrawlResult) -> None:
    memory, decisions = run(*WITHDRAWAL[:3], last)
    assert Kind.WITHDRAWN not in {change.kind for one in decisions for change in one.changes}
    assert memory.records["9"].state is RecordState.MISSING


def test_two_crawls_however_far_apart_are_not_three() -> None:
    _memory, decisions = run(*WITHDRAWAL[:2], a_crawl(day(300), pages(9), gone={"9": 410}))
    assert kinds(decisions[-1]) == []


def test_a_tripped_guard_holds_all_that_is_gone_and_lets_additions_pass_flagged() -> None:
    some = [*pages(5), a_page("new")]
    memory, decisions = run(a_crawl(day(0), pages(10)), a_crawl(day(1), some))
    assert decisions[1].guard is Guard.SHRUNKEN
    assert decisions[1].held == ("5", "6", "7", "8", "9")
    assert [(one.key, one.kind, one.flagged) for one in decisions[1].changes] == [("new", Kind.ADDED, True)]
    assert memory.good_count == 10
    assert all(memory.records[key].missing_crawls == 0 for key in decisions[1].held)


def test_an_empty_list_and_other_keys_trip_a_guard() -> None:
    other = [a_page(f"nieuw-{number}") for number in range(10)]
    _memory, decisions = run(a_crawl(day(0), pages(10)), a_crawl(day(1)), a_crawl(day(2), other))
    assert [one.guard for one in decisions] == [None, Guard.EMPTY, Guard.OTHER_KEYS]
    assert all(one.flagged for one in decisions[2].changes)


def test_an_accepted_crawl_counts_as_one_of_the_three() -> None:
    shrunken = [
        a_crawl(day(number), pages(5), gone={str(key): 404 for key in range(5, 10)}) for number in (1, 4, 8)
    ]
    memory, _decisions = run(a_crawl(day(0), pages(10)))
    said = []
    for crawl in shrunken:
        decision = decide(memory, crawl, now=crawl.finished)
        memory, held = decision.memory, decision.held
        accepted = accept(
            memory, held=held, count=len(crawl.listed), started=crawl.started, gone=crawl.gone
        ) if held and decision.guard else decision  # fmt: skip
        memory = accepted.memory
        said.append({change.kind for change in accepted.changes})
    assert said == [{Kind.MISSING}, set(), {Kind.WITHDRAWN}]
    assert memory.good_count == 5


def test_a_record_that_is_listed_but_could_not_be_read_is_there() -> None:
    memory, decisions = run(
        a_crawl(day(0), pages(10)), a_crawl(day(1), pages(3), listed=[str(key) for key in range(10)])
    )
    assert decisions[1].changes == ()
    assert memory.records["9"].fields["name"] == "Interventie 9"


def test_an_expiry_is_derived_told_once_and_never_looked_back_for() -> None:
    page = [a_page("0", level="Goed onderbouwd", level_date="2021-10-20")]
    crawls = [a_crawl(day(number), page) for number in (-200, -190, -100, 10, 18, 20, 30)]
    _memory, decisions = run(*crawls)
    said = [(change.kind, change.new, change.derived) for one in decisions for change in one.changes]
    assert said == [(Kind.EXPIRING_SOON, "2026-10-20", True), (Kind.EXPIRED, "2026-10-20", True)]
    late = a_crawl(day(400), page)
    assert run(late, a_crawl(day(401), page))[1][1].changes == ()


def test_the_unity_case_in_loketgezondleven() -> None:
    """Published 2017 (judged 2011), then 2018 (re-recognised at the same level), then a relabelled layout."""
    known = {"name": "Unity", "level": "Goed onderbouwd", "age": "18-35"}
    first = a_page("1400610", **known, level_date="28-06-2011", published="28-03-2017")
    second = a_page("1400610", **known, level_date="07-06-2018", published="03-07-2018")
    relabelled = a_page(
        "1400610",
        name="Unity",
        level="Goed onderbouwd (niveau I)",
        age="18 t/m 35 jaar",
        published="2018-07-03",
    )
    read_again = a_page("1400610", **known, level_date="2018-06-07")
    _memory, decisions = run(
        a_crawl(day(0), [first]),
        a_crawl(day(1), [second]),
        a_crawl(day(2), [relabelled]),
        a_crawl(day(3), [read_again], version="2"),
    )
    said = [(change.kind, change.old, change.new) for one in decisions for change in one.changes]
    assert said == [(Kind.RE_RECOGNISED, "2011-06-28", "2018-06-07")]
    assert decisions[2].lost_fields == ("level_date",)
