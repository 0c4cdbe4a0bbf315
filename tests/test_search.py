"""The search forgives spelling, knows other names, and never guesses where two are meant."""

import pytest

from service.database import writing
from service.runtime import Runtime
from subscribers.aliases import load_aliases
from subscribers.register import load_register, read_register
from subscribers.search import Named, certain, find_organisations, rank, resolve_organisation
from subscribers.spelling import likeness, plain

NAMED = [
    Named(one.name, (one.name, *load_aliases().get(one.name, ())), one.population) for one in read_register()
]


def meant(text: str) -> str | None:
    return certain(rank(text, NAMED, limit=len(NAMED)))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Den Haag", "Den Haag"),
        ("'s-Gravenhage", "Den Haag"),
        ("’s Gravenhage", "Den Haag"),
        ("s gravenhage", "Den Haag"),
        ("Gemeente Den Haag", "Den Haag"),
        ("den hag", "Den Haag"),
        ("Den Bosch", "'s-Hertogenbosch"),
        ("s-hertogenbosh", "'s-Hertogenbosch"),
        ("sudwest fryslan", "Súdwest-Fryslân"),
        ("Zuidwest-Friesland", "Súdwest-Fryslân"),
        ("Noardeast Fryslan", "Noardeast-Fryslân"),
        ("De Friese Meren", "De Fryske Marren"),
        ("Tietjerksteradeel", "Tytsjerksteradiel"),
        ("tytsjerksteradeel", "Tytsjerksteradiel"),
        ("gem. amersfort", "Amersfoort"),
        ("ROTERDAM", "Rotterdam"),
        ("ettenleur", "Etten-Leur"),
        ("Leur Etten", "Etten-Leur"),
        ("St. Michielsgestel", "Sint-Michielsgestel"),
        ("Zaandam", "Zaanstad"),
        ("Hoofddorp", "Haarlemmermeer"),
        ("Utrecht", "Utrecht"),
        ("Ede", "Ede"),
        ("Oss", "Oss"),
        ("Hengelo", "Hengelo"),
    ],
)
def test_a_name_is_known_however_it_is_spelled(typed: str, name: str) -> None:
    assert meant(typed) == name


@pytest.mark.parametrize(
    "typed", ["Bergen", "Alphen", "Bergn", "a", "gemeente", "", "   ", "--", "xyzzy", "<script>"]
)
def test_what_is_not_clear_is_not_guessed(typed: str) -> None:
    assert meant(typed) is None


def test_municipalities_are_known_by_their_own_name_and_by_each_alias() -> None:
    for named in NAMED[::3]:
        for name in named.names:
            assert meant(name) == named.key, name


def test_municipalities_are_found_with_one_letter_missing() -> None:
    for named in NAMED[::3]:
        name = named.names[0]
        if len(plain(name)) < 7:
            continue
        slip = name[: len(name) // 2] + name[len(name) // 2 + 1 :]
        assert named.key in [found.key for found in rank(slip, NAMED)], slip


def test_candidates_come_with_the_likeliest_first() -> None:
    found = [match.key for match in rank("bergen", NAMED, limit=4)]
    assert found[:2] == ["Bergen (L)", "Bergen (NH)"]
    assert "Bergen op Zoom" in found


def test_an_unfinished_name_is_found_while_typing() -> None:
    assert rank("amersf", NAMED)[0].key == "Amersfoort"
    assert rank("wijk bij d", NAMED)[0].key == "Wijk bij Duurstede"


def test_likeness_is_one_for_equal_names_and_never_more() -> None:
    for first in NAMED[::7]:
        assert likeness(first.names[0], first.names[0]) == 1
        assert all(0 <= likeness(first.names[0], other.names[0]) <= 1 for other in NAMED[::11])


def test_a_text_without_end_costs_no_time() -> None:
    assert rank("a b " * 100_000, NAMED) == ()


def test_partners_are_found_beside_municipalities(runtime: Runtime) -> None:
    with writing(runtime.engine) as session:
        load_register(session)
        assert next(found.name for found in find_organisations(session, text="ggd twente")) == "GGD Twente"
        found = resolve_organisation(session, text="trimbos")
        assert found is not None
        assert found.key == "partner:trimbos-instituut"
        utrecht = [one.name for one in find_organisations(session, text="utrecht", limit=3)]
        assert utrecht == ["Utrecht", "Utrechtse Heuvelrug", "GGD regio Utrecht"]
