"""Values: labels, days, ages and levels, as databases write them and as we compare them."""

import pytest

from content.connectors.declaration import FieldRule
from content.connectors.labels import Found, is_label, label_key
from content.connectors.scales import SCALES, read_level
from content.connectors.values import age, day, read_value


@pytest.mark.parametrize(
    "label", ["Datum erkenning", "DATUM ERKENNING:", " datum \n erkenning : ", "Datum\u00a0erkenning*"]
)
def test_a_label_is_the_same_however_it_is_written(label: str) -> None:
    assert label_key(label) == "datum erkenning"


def test_a_sentence_is_no_label() -> None:
    assert is_label("Doel")
    assert not is_label("")
    assert not is_label(" : ")
    assert not is_label("Dit is een hele zin in vette letters, " * 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("28-06-2011", "2011-06-28"),
        ("7 juni 2018", "2018-06-07"),
        ("07-06-2018", "2018-06-07"),
        ("2018-06-07", "2018-06-07"),
        ("2018-06-07T00:00:00Z", "2018-06-07"),
        ("1 maart 2020", "2020-03-01"),
        ("juni 2018", ""),
        ("31-02-2018", ""),
        ("2018-13-01", ""),
        ("binnenkort", ""),
        ("", ""),
    ],
)
def test_a_day_is_iso_8601_or_no_day(text: str, expected: str) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("19-35 jaar", "19-35"),
        ("18 t/m 35 jaar", "18-35"),
        ("18 tot en met 36 jaar", "18-36"),
        ("tussen 12 en 18 jaar", "12-18"),
        ("12 jaar tot 18 jaar", "12-18"),
        ("12 – 14", "12-14"),
        ("Vanaf 12 jaar", "12+"),
        ("55+", "55+"),
        ("12-14 years", "12-14"),
        ("Alle leeftijden", "Alle leeftijden"),
        ("0-18 maanden", "0-18 maanden"),
    ],
)
def test_ages_are_years(text: str, expected: str) -> None:
    assert age(text) == expected


@pytest.mark.parametrize(
    ("text", "expected", "rest"),
    [
        ("Goed onderbouwd", "goed-onderbouwd", ""),
        ("Goed Onderbouwd (I)", "goed-onderbouwd", "I"),
        ("Effectief volgens eerste aanwijzingen", "eerste-aanwijzingen", ""),
        ("Sterke aanwijzingen voor effectiviteit", "sterke-aanwijzingen", ""),
        ("Niet erkend: te weinig onderbouwd", "niet-erkend", "te weinig onderbouwd"),
        ("Niet meer erkend", "niet-erkend", ""),
        ("Niet erkend, voorheen goed onderbouwd", "niet-erkend", "voorheen goed onderbouwd"),
        ("Niet goed onderbouwd", "", "Niet goed onderbouwd"),
        ("Was goed beschreven, nu goed onderbouwd", "", "Was goed beschreven, nu goed onderbouwd"),
        ("Erkend", "", "Erkend"),
    ],
)
def test_a_dutch_level_is_one_of_the_scale_or_none(text: str, expected: str, rest: str) -> None:
    assert read_level(text, scale="dutch") == (expected, rest)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Beneficial", "beneficial"),
        ("Likely to be beneficial", "likely-beneficial"),
        ("Possibly beneficial", "possibly-beneficial"),
        ("Unlikely to be beneficial", "unlikely-to-be-beneficial"),
        ("Additional studies recommended", "additional-studies-recommended"),
        ("Possibly harmful", "possibly-harmful"),
        ("Trade-off between benefits and harms", ""),  # the scale for treatment
    ],
)
def test_a_level_of_euda_is_one_of_the_prevention_scale(text: str, expected: str) -> None:
    assert read_level(text, scale="euda")[0] == expected


def test_each_name_of_a_level_gives_that_level() -> None:
    for scale, levels in SCALES.items():
        for slug, names in levels.items():
            assert all(read_level(name, scale=scale)[0] == slug for name in names)


@pytest.mark.parametrize(("text", "expected"), [("", "ja"), ("Ja", "ja"), ("Nee", "nee"), ("niet", "nee")])
def test_a_label_alone_says_that_a_record_is_in_reassessment(text: str, expected: str) -> None:
    found = Found("Momenteel in herbeoordeling", text)
    assert read_value("in_reassessment", FieldRule(), found, scale="dutch") == expected


def test_several_values_come_from_a_list_or_are_cut_apart() -> None:
    rule = FieldRule(split=",")
    assert read_value("setting", rule, Found("", "School,  Thuis, School"), scale="") == ("School", "Thuis")
    assert read_value("setting", rule, Found("", "a b", ("a, met komma", "b")), scale="") == (
        "a, met komma",
        "b",
    )
    assert read_value("setting", rule, Found("", " , "), scale="") is None
    assert (
        read_value("goal", FieldRule(), Found("", "Eén doel, niet twee"), scale="") == "Eén doel, niet twee"
    )


def test_a_pattern_keeps_a_part() -> None:
    rule = FieldRule(pattern=r"(\d+) t/m (\d+) jaar")
    assert read_value("age", rule, Found("", "Bezoekers van 18 t/m 35 jaar."), scale="") == "18-35"
    assert read_value("age", rule, Found("", "Bezoekers."), scale="") is None
