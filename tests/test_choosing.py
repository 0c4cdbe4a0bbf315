"""Which blocks a reader gets, and why: the rules one by one, then all small cases against the rules as sentences."""

from itertools import product

import pytest

from content.choosing import Because, Candidate, Limits, Profile, choose

LACHGAS = Profile(interests=frozenset({"lachgas"}))


def block(
    number: int, *tags: str, everyone: bool = False, weight: int = 0, section: int = 0, brought_by: str = ""
):
    return Candidate(
        block_id=number, section=section, position=number, weight=weight, everyone=everyone, tags=frozenset(tags),
        brought_by=frozenset(brought_by.split()),
    )  # fmt: skip


def ids(*arguments) -> list[int]:
    return [one.block_id for one in choose(*arguments)]


def test_blocks_for_everyone_reach_a_reader_without_interests() -> None:
    chosen = choose((block(1, everyone=True), block(2, "ghb")), Limits(minimum=0), Profile())
    assert [(one.block_id, one.because) for one in chosen] == [(1, Because.EVERYONE)]


def test_blocks_for_everyone_are_never_cut() -> None:
    blocks = tuple(block(number, everyone=True) for number in range(1, 6))
    assert ids(blocks, Limits(minimum=1, maximum=2), Profile()) == [1, 2, 3, 4, 5]


def test_a_block_that_meets_an_interest_is_chosen_and_says_which() -> None:
    profile = Profile(interests=frozenset({"horeca", "lachgas", "sport"}))
    (chosen,) = choose((block(1, "lachgas", "horeca", "ghb"),), Limits(), profile)
    assert chosen.because is Because.INTEREST
    assert chosen.reasons == ("horeca", "lachgas")


def test_a_block_for_everyone_gives_no_interest_as_its_reason() -> None:
    (chosen,) = choose((block(1, "lachgas", everyone=True),), Limits(), LACHGAS)
    assert (chosen.because, chosen.reasons) == (Because.EVERYONE, ())


def test_within_a_weight_the_order_is_the_editors() -> None:
    blocks = (block(3, "lachgas"), block(1, "lachgas"), block(2, "lachgas"))
    assert ids(blocks, Limits(minimum=0, maximum=2), LACHGAS) == [1, 2]


def test_weight_decides_who_gets_in_and_not_where_it_stands() -> None:
    blocks = (block(1, "lachgas"), block(2, "lachgas"), block(3, "lachgas", weight=5))
    assert ids(blocks, Limits(minimum=0, maximum=2), LACHGAS) == [1, 3]


def test_sections_come_before_positions() -> None:
    blocks = (block(1, "lachgas", section=2), block(9, "lachgas", section=1))
    assert ids(blocks, Limits(), LACHGAS) == [9, 1]


def test_below_the_minimum_the_most_important_of_the_rest_fills_up() -> None:
    blocks = (block(1, "lachgas"), block(2, "ghb"), block(3, "ghb", weight=2), block(4, "ghb", weight=1))
    chosen = choose(blocks, Limits(minimum=3), LACHGAS)
    assert [(one.block_id, one.because) for one in chosen] == [
        (1, Because.INTEREST),
        (3, Because.FALLBACK),
        (4, Because.FALLBACK),
    ]


def test_above_the_minimum_nothing_is_filled_up() -> None:
    blocks = (*(block(number, "lachgas") for number in (1, 2, 3)), block(4, "ghb", weight=9))
    assert ids(blocks, Limits(minimum=3), LACHGAS) == [1, 2, 3]


def test_a_minimum_above_the_maximum_does_not_break_the_maximum() -> None:
    blocks = tuple(block(number) for number in range(1, 9))
    assert len(ids(blocks, Limits(minimum=6, maximum=4), Profile())) == 4


def test_nothing_this_month_only_where_the_editors_allow_it() -> None:
    blocks = (block(1, "ghb"),)
    assert ids(blocks, Limits(allow_nothing=True), LACHGAS) == []
    assert ids(blocks, Limits(allow_nothing=False), LACHGAS) == [1]


def test_who_follows_nothing_still_gets_the_most_important() -> None:
    assert ids((block(1, "ghb"),), Limits(allow_nothing=True), Profile()) == [1]


def test_what_a_stream_brought_is_left_out_for_those_who_receive_that_stream() -> None:
    blocks = (
        block(1, "lachgas", brought_by="alerts"),
        block(2, everyone=True, brought_by="alerts"),
        block(3, "ghb"),
    )
    follower = Profile(interests=LACHGAS.interests, streams=frozenset({"alerts"}))
    assert ids(blocks, Limits(minimum=0), LACHGAS) == [1, 2]
    assert ids(blocks, Limits(minimum=3), follower) == [3]


def test_an_issue_without_blocks_gives_nothing() -> None:
    assert choose((), Limits(), LACHGAS) == ()


def test_the_key_of_a_profile_is_equal_for_equal_profiles_and_keeps_interests_and_streams_apart() -> None:
    assert Profile(frozenset({"a", "b"})).key == Profile(frozenset({"b", "a"})).key
    assert Profile(interests=frozenset({"a"})).key != Profile(streams=frozenset({"a"})).key


KINDS = {
    "everyone": {"everyone": True},
    "meets": {"tags": ("lachgas",)},
    "meets, heavy": {"tags": ("lachgas",), "weight": 1},
    "other": {"tags": ("ghb",)},
    "other, heavy": {"tags": ("ghb",), "weight": 1},
    "brought": {"tags": ("lachgas",), "brought_by": "alerts"},
}
PROFILES = (
    Profile(),
    LACHGAS,
    Profile(interests=frozenset({"lachgas"}), streams=frozenset({"monthly", "alerts"})),
)
LIMITS = tuple(
    Limits(minimum=low, maximum=high, allow_nothing=nothing)
    for low, high, nothing in product((0, 1, 3), (1, 2, 4), (False, True))
)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4])
def test_every_small_issue_keeps_every_rule(size: int) -> None:
    for kinds in product(KINDS, repeat=size):
        blocks = tuple(
            block(number, *KINDS[kind].get("tags", ()), everyone=KINDS[kind].get("everyone", False),
                  weight=KINDS[kind].get("weight", 0), brought_by=KINDS[kind].get("brought_by", ""))
            for number, kind in enumerate(kinds, start=1)
        )  # fmt: skip
        for limits, profile in product(LIMITS, PROFILES):
            _keeps_the_rules(blocks, limits, profile)


def _keeps_the_rules(blocks: tuple[Candidate, ...], limits: Limits, profile: Profile) -> None:
    chosen = {one.block_id: one for one in choose(blocks, limits, profile)}
    fresh = [one for one in blocks if not one.brought_by & profile.streams]
    always = [one for one in fresh if one.everyone]
    meeting = [one for one in fresh if not one.everyone and one.tags & profile.interests]
    others = [one for one in fresh if not one.everyone and not one.tags & profile.interests]

    assert list(chosen) == sorted(chosen), "in the editors' order"
    assert set(chosen) <= {one.block_id for one in fresh}, "nothing that a stream brought before"
    assert {one.block_id for one in always} <= chosen.keys(), "always-blocks always"
    assert len(chosen) <= max(limits.maximum, len(always)), "the maximum, save for always-blocks"
    by_why = {why: [one for one in chosen.values() if one.because is why] for why in Because}
    assert len(by_why[Because.EVERYONE]) == len(always)
    assert len(by_why[Because.INTEREST]) == min(len(meeting), max(0, limits.maximum - len(always)))
    assert all(bool(one.reasons) == (one.because is Because.INTEREST) for one in chosen.values())
    if limits.allow_nothing and profile.interests and not always and not meeting:
        assert not chosen, "nothing this month, where it is allowed"
    else:
        wanted = min(limits.minimum, limits.maximum, len(fresh))
        assert len(chosen) >= wanted, "the minimum, as far as there are blocks"
    for group in (meeting, others):
        taken = [one for one in group if one.block_id in chosen]
        left = [one for one in group if one.block_id not in chosen]
        assert all(
            (-one.weight, one.position) < (-two.weight, two.position) for one in taken for two in left
        ), "the most important first, within a weight in the editors' order"
