"""When two are one: what joins them at once, what is asked of an editor, and what is neither."""

import pytest

from content.interventions.matching import Evidence, Traits, best_match, compare_traits, owners_meet


def traits(key: int, name: str, owner: str = "", ids: str = "", link: str = "") -> Traits:
    filled = [frozenset({value} - {""}) for value in (name, owner, ids, link)]
    return Traits(key, *filled)


@pytest.mark.parametrize(
    ("one", "other", "certain"),
    [
        (traits(0, "Unity", "Jellinek", "nji:u"), traits(1, "UNITY", "Stichting Jellinek, Amsterdam", "loket:1"), True),
        (traits(0, "Unity", "", "nji:u"), traits(1, "Unity", "Jellinek", "loket:1"), True),
        (traits(0, "Open & Alert", "Trimbos-instituut"), traits(1, "Open en alert", "Trimbos-instituut"), True),
        (traits(0, "Helder op de School", "Trimbos"), traits(1, "Helder op School", "Trimbos"), False),
        (traits(0, "Iets anders", "A", "loket:1"), traits(1, "Unity", "Jellinek", "loket:1"), True),
        (traits(0, "A", link="https://x.example/1?utm_source=m"), traits(1, "B", link="https://X.example/1"), True),
        (traits(0, "Unity", "Jellinek"), traits(1, "Unity", "Tactus"), False),
        (traits(0, "Unity", "Jellinek", "nji:1"), traits(1, "Unity", "Jellinek", "nji:2"), False),
        (traits(0, "OKO", "Trimbos"), traits(1, "Opgroeien in een Kansrijke Omgeving (OKO)", "Trimbos"), False),
        (traits(0, "Moti-4: vier gesprekken", "Mondriaan"), traits(1, "MOTI 4", "Mondriaan"), False),
    ],
    ids=["name and owner", "name, owner unknown on one side", "an ampersand", "nearly the name", "a known id", "the same page",
         "another owner", "twice in one database", "an abbreviation", "a subtitle"],
)  # fmt: skip
def test_what_speaks_for_it(one: Traits, other: Traits, certain: bool) -> None:
    match = compare_traits(one, other)
    assert match is not None
    assert match.certain is certain
    assert match.evidence


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (traits(0, "Unity", "Jellinek"), traits(1, "In control", "Jellinek")),
        (traits(0, "Open en alert", "Trimbos"), traits(1, "Open en alerter", "Tactus")),
        (traits(0, ""), traits(1, "")),
    ],
    ids=["only the owner", "alike, of another owner", "nothing known"],
)
def test_what_is_too_little_to_ask(one: Traits, other: Traits) -> None:
    assert compare_traits(one, other) is None


def test_a_certain_match_goes_before_a_likely_one() -> None:
    record = traits(0, "Unity", "Jellinek", "nji:u")
    likely, certain = traits(1, "Unity", "Tactus", "loket:1"), traits(2, "Unity", "Jellinek", "loket:2")
    found = best_match(record, [likely, certain])
    assert found is not None
    assert (found.key, found.evidence) == (2, (Evidence.SAME_NAME, Evidence.SAME_OWNER))


def test_owners_meet_by_the_words_that_tell_them_apart() -> None:
    assert owners_meet(["Trimbos-instituut"], ["Trimbos"])
    assert owners_meet(["VNN", "Tactus Verslavingszorg"], ["Tactus"])
    assert not owners_meet(["Stichting Jellinek"], ["Stichting Mondriaan"])
    assert not owners_meet([], [])
