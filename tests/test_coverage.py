"""Coverage: who reads where, exact for the desk and in bands for everyone else, on both engines."""

import csv
import io
import re
from dataclasses import replace
from itertools import product

import pytest
from builders import a_reader
from colleague import ANNA, Colleague, a_colleague
from sqlmodel import Session, select

from service.database import reading, writing
from service.desk.coverage import as_csv, harmless
from service.runtime import Runtime
from service.web.tilemap import short_label, tile_map
from subscribers.coverage import Band, Place, coverage, not_reached, public_band, regions
from subscribers.organisations import Organisation
from subscribers.register import load_register
from tests.visitor import Visitor

READERS = {"GM0114": 12, "GM0106": 5, "GM0893": 1}
"""Readers of each municipality of the few; the others have none."""


def a_place(readers: int = 0, followers: int | None = None, **more: object) -> Place:
    place = Place("GM1", "GM1", "Emmen", "Drenthe", "GGD Drenthe", 107_000, 3, 4, readers, readers)
    return replace(place, **({"followers": followers} if followers is not None else {}), **more)


def fill(session: Session, runtime: Runtime) -> None:
    """Readers for the map: in Emmen all but two follow lachgas, in Bergen (L) the only one does."""
    for key, count in READERS.items():
        place = session.exec(select(Organisation).where(Organisation.key == key)).one()
        for number in range(count):
            follows = ["lachgas"] if (key != "GM0106" and number < 10) else []
            a_reader(
                session, runtime.clock(), f"{key}-{number}@gemeente.example", organisation=place, interests=follows
            )  # fmt: skip
    gone = a_reader(session, runtime.clock(), "weg@gemeente.example", organisation=place)
    gone.state = "unsubscribed"
    session.add(gone)


@pytest.fixture
def mapped(house: Runtime) -> Runtime:
    with writing(house.engine) as session:
        fill(session, house)
    return house


def test_active_readers_are_counted_by_municipality_and_topic(mapped: Runtime) -> None:
    with reading(mapped.engine) as session:
        everyone = {place.key: place.followers for place in coverage(session)}
        lachgas = {
            place.key: (place.readers, place.followers) for place in coverage(session, interest="lachgas")
        }
    assert everyone == {"GM0106": 5, "GM0114": 12, "GM0373": 0, "GM0518": 0, "GM0893": 1}
    assert lachgas["GM0114"] == (12, 10)
    assert lachgas["GM0106"] == (5, 0)
    assert lachgas["GM0893"] == (1, 1)


def test_regions_add_up_and_the_largest_that_is_not_reached_comes_first(mapped: Runtime) -> None:
    with reading(mapped.engine) as session:
        places = coverage(session)
    drenthe = next(region for region in regions(places) if region.name == "GGD Drenthe")
    assert (drenthe.municipalities, drenthe.reached, drenthe.followers) == (2, 2, 17)
    assert [place.name for place in not_reached(places)] == ["Den Haag", "Bergen (NH)"]


@pytest.mark.parametrize(
    ("readers", "band"),
    [(0, Band.NONE), (1, Band.FEW), (4, Band.FEW), (5, Band.SOME), (9, Band.SOME), (10, Band.MORE), (25, Band.MANY)],
)  # fmt: skip
def test_in_public_a_count_is_a_band(readers: int, band: Band) -> None:
    assert public_band(a_place(readers), filtered=False) is band


def test_a_topic_says_nothing_about_few_people() -> None:
    for readers, followers in product(range(1, 40), repeat=2):
        if followers > readers:
            continue
        shown = public_band(a_place(readers, followers), filtered=True)
        if readers < 5:
            assert shown is public_band(a_place(readers, 0), filtered=True) is Band.FEW
        if followers < 5:
            assert shown is Band.FEW
    assert public_band(a_place(0, 0), filtered=True) is Band.NONE


def test_no_difference_of_what_is_public_names_fewer_than_five() -> None:
    """Whoever compares the map with and without a topic is left with more than one possible count below five, or none."""
    seen: dict[tuple[Band, Band], set[int]] = {}
    for readers in range(60):
        for followers in range(readers + 1):
            shown = (
                public_band(a_place(readers), filtered=False),
                public_band(a_place(readers, followers), filtered=True),
            )
            seen.setdefault(shown, set()).add(followers)
    for shown, followers in seen.items():
        few = {count for count in followers if count < 5}
        assert shown[0] is Band.NONE or not few or {0, 1} <= few, shown


def test_the_public_page_shows_bands_and_no_count(mapped: Runtime) -> None:
    page = Visitor(mapped).get("/dekking").text
    assert "In 3 van de 5 gemeenten leest iemand mee." in page
    assert "Emmen: 10 tot 25 lezers" in page
    assert "Bergen (L): minder dan 5 lezers" in page
    assert "Den Haag: nog geen lezers" in page
    assert not re.search(r">1?[12]<", page.partition("<svg")[2].partition("</svg>")[0])
    with_topic = Visitor(mapped).get("/dekking?onderwerp=lachgas").text
    without = Visitor(mapped).get("/dekking?onderwerp=ghb").text
    for named in ("Bergen (L): minder dan 5 lezers", "Assen: minder dan 5 lezers"):
        assert named in with_topic
        assert named in without
    assert "Emmen: 10 tot 25 lezers" in with_topic
    assert "Emmen: minder dan 5 lezers" in without


def test_a_topic_that_is_none_is_no_topic(mapped: Runtime) -> None:
    assert "In 3 van de 5 gemeenten" in Visitor(mapped).get("/dekking?onderwerp=%27%3B--").text


def test_the_desk_sees_counts_and_downloads_whom_to_invite(mapped: Runtime) -> None:
    anna = a_colleague(mapped, ANNA, "Anna", "editor")
    page = anna.get("/redactie/cijfers/dekking").text
    assert "Emmen: 12 lezers" in page
    assert "Bergen (L): 1 lezer<" in page
    file = anna.get("/redactie/cijfers/dekking/niet-bereikt.csv?onderwerp=lachgas")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="niet-bereikt-lachgas.csv"' in file.headers["content-disposition"]
    lines = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    assert [line[1] for line in lines] == ["gemeente", "Den Haag", "Assen", "Bergen (NH)"]
    assert lines[2] == ["GM0106", "Assen", "Drenthe", "GGD Drenthe", "69000", "5"]


def test_outside_the_desk_nobody_sees_counts_or_the_list(mapped: Runtime) -> None:
    stranger = Colleague(mapped)
    for path in ("/redactie/cijfers/dekking", "/redactie/cijfers/dekking/niet-bereikt.csv"):
        assert stranger.get(path).status_code == 303
        assert stranger.get(path).headers["location"].startswith("/redactie/inloggen")


@pytest.mark.parametrize("cell", ["=1+1", "+31", "-2", "@SUM(A1)", "\tx", "\r=1"])
def test_a_formula_in_a_file_is_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    lines = list(
        csv.reader(io.StringIO(as_csv([a_place(name=cell)]).lstrip("\ufeff"), newline=""), delimiter=";")
    )
    assert lines[1][1] == f"'{cell}"


def test_what_is_no_formula_stays_as_it_is() -> None:
    assert [harmless(name) for name in ("'s-Hertogenbosch", "Aa en Hunze", "5")] == [
        "'s-Hertogenbosch", "Aa en Hunze", "5",
    ]  # fmt: skip


def test_tiles_do_not_overlap_and_odd_rows_lie_half_a_tile_to_the_right(runtime: Runtime) -> None:
    with writing(runtime.engine) as session:
        load_register(session)
        places = coverage(session)
    assert len(places) == 342
    drawn = tile_map([(place, "1", "band-few", place.name) for place in places])
    spots = [(tile.x, tile.y) for tile in drawn.tiles]
    assert len(set(spots)) == 342
    even = {tile.x % 48 for place, tile in zip(places, drawn.tiles, strict=True) if place.row % 2 == 0}
    odd = {tile.x % 48 for place, tile in zip(places, drawn.tiles, strict=True) if place.row % 2}
    assert {round(abs(one - other)) for one in even for other in odd} == {24}
    assert all(0 < x < drawn.width and 0 < y < drawn.height for x, y in spots)
    assert all(2 <= len(tile.label) <= 4 for tile in drawn.tiles)


def test_a_short_label_leaves_out_what_many_names_begin_with() -> None:
    assert [short_label(name) for name in ("'s-Hertogenbosch", "Den Haag", "De Bilt", "Oss", "Bergen (NH)")] == [
        "Hert", "Haag", "Bilt", "Oss", "Berg",
    ]  # fmt: skip
