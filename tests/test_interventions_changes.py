"""What a change between two readings of a record is called, and what is no change at all."""

import pytest
from crawls import a_crawl, a_page, day, pages, run

from content.interventions.changes import Change


def one_change(before: dict[str, str], after: dict[str, str]) -> tuple[Change, ...]:
    """What is said of a record among ten of which one changed."""
    others = pages(10, without=["0"])
    _memory, decisions = run(
        a_crawl(day(0), [a_page("0", **before), *others]), a_crawl(day(1), [a_page("0", **after), *others])
    )
    assert decisions[0].changes == ()
    return decisions[1].changes


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            {"level": "Goed beschreven"},
            {"level": "Goed onderbouwd (niveau I)"},
            [("level_raised", "level", "goed-beschreven", "goed-onderbouwd")],
        ),
        (
            {"level": "Sterke aanwijzingen voor effectiviteit"},
            {"level": "Eerste aanwijzingen"},
            [("level_lowered", "level", "sterke-aanwijzingen", "eerste-aanwijzingen")],
        ),
        (
            {"level": "Goed onderbouwd"},
            {"level": "Niet meer erkend"},
            [("level_lowered", "level", "goed-onderbouwd", "niet-erkend")],
        ),
        (
            {},
            {"level": "Goed onderbouwd", "level_date": "2026-01-01"},
            [("level_raised", "level", "", "goed-onderbouwd")],
        ),
        (
            {"level": "Goed onderbouwd"},
            {"level": "Likely beneficial"},
            [("content_changed", "level", "goed-onderbouwd", "likely-beneficial")],
        ),
        (
            {"level": "Goed onderbouwd", "level_date": "2021-06-28"},
            {"level": "goed onderbouwd", "level_date": "2026-06-07"},
            [("re_recognised", "level_date", "2021-06-28", "2026-06-07")],
        ),
        (
            {"level": "Goed onderbouwd", "level_date": "2026-06-07"},
            {"level": "Goed onderbouwd", "level_date": "2025-06-07"},
            [("content_changed", "level_date", "2026-06-07", "2025-06-07")],
        ),
        (
            {"level": "Goed beschreven", "level_date": "2022-01-01"},
            {"level": "Goed onderbouwd", "level_date": "2026-01-01"},
            [("level_raised", "level", "goed-beschreven", "goed-onderbouwd")],
        ),
        (
            {},
            {"in_reassessment": "Momenteel in herbeoordeling"},
            [("in_reassessment", "in_reassessment", "", "ja")],
        ),
        ({"in_reassessment": "ja"}, {}, []),
        (
            {"owner": "Trimbos", "age": "12-18"},
            {"owner": "Jellinek", "age": "12 t/m 16 jaar"},
            [
                ("content_changed", "owner", "Trimbos", "Jellinek"),
                ("content_changed", "age", "12-18", "12-16"),
            ],
        ),
        ({"published": "2017-03-28"}, {"published": "2018-07-03"}, []),
        ({"summary": "Voor  jongeren\u00a0in cafe\u0301s"}, {"summary": "Voor jongeren in cafés"}, []),
        ({"age": "18 – 35 jaar"}, {"age": "18-35"}, []),
    ],
)
def test_each_change_is_called_what_it_is(
    before: dict[str, str], after: dict[str, str], expected: list[tuple[str, ...]]
) -> None:
    said = [(one.kind.value, one.field, one.old, one.new) for one in one_change(before, after)]
    assert said == expected
