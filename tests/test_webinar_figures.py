"""What is counted of a webinar, what of it is shown, and that the counts stay when the people go."""

import io
from datetime import timedelta
from itertools import product

import pytest
from builders import a_municipality, a_reader
from colleague import ANNA, Colleague, a_colleague
from conftest import SetClock
from hypothesis import given, settings
from hypothesis import strategies as some
from openpyxl import load_workbook
from sqlmodel import Session, select
from webinars import a_webinar, of_reader

from content.webinars.tables import OwnQuestion, Webinar
from service.audit import Act, AuditEvent
from service.database import reading, writing
from service.retention import enforce
from service.runtime import Runtime
from subscribers.organisations import Organisation
from subscribers.people import Subscriber
from subscribers.registrations.answers import bring_question
from subscribers.registrations.counting import places_of, totals_of
from subscribers.registrations.hiding import FIGURES, Place, disclosed
from subscribers.registrations.tables import (
    Attendance,
    BroughtQuestion,
    Registration,
    RegistrationAnswer,
    WebinarTotal,
)

counts = some.integers(0, 12) | some.integers(0, 400)


@some.composite
def a_place(draw: some.DrawFn) -> Place:
    region = draw(some.sampled_from(["GGD A", "GGD B", "GGD C", ""]))
    figures = {key: draw(counts) for key in FIGURES}
    figures["registered"] = figures["attended"] + figures["absent"]
    return Place(f"m{draw(some.integers(0, 10**6))}", region, figures)


@settings(max_examples=300, deadline=None)
@given(some.lists(a_place(), max_size=9))
def test_no_subtraction_tells_of_fewer_than_five(places: list[Place]) -> None:
    table = disclosed(places)
    rows = [(place.counts, shown) for place, shown in table.places]
    for _counts, shown in [
        *rows,
        *((None, shown) for _name, shown in table.regions),
        (None, table.everything),
    ]:
        assert (shown["attended"] is None) == (shown["absent"] is None)
        assert shown["attended"] is None or shown["registered"] is not None, "they add up to what is hidden"
        assert all(count is None or count == 0 or count >= 5 for count in shown.values())
    for key in FIGURES:
        for name, shown in table.regions:
            if shown[key] is not None:
                rest = shown[key] - sum(one[key] or 0 for place, one in table.places if place.region == name)
                assert rest == 0 or rest >= 5
        if table.everything[key] is not None:
            told = {name for name, shown in table.regions if shown[key] is not None}
            rest = table.everything[key] - sum(shown[key] or 0 for _name, shown in table.regions)
            rest -= sum(one[key] or 0 for place, one in table.places if place.region not in told)
            assert rest == 0 or rest >= 5


@some.composite
def few_seats(draw: some.DrawFn) -> Place:
    """A place with few seats, or with many of which few were not there: where something is hidden."""
    there, not_there = (
        draw(some.integers(0, 5)) + draw(some.sampled_from([0, 0, 12])),
        draw(some.integers(0, 5)),
    )
    figures = dict.fromkeys(FIGURES, 0) | {
        "attended": there,
        "absent": not_there,
        "registered": there + not_there,
    }
    return Place(f"m{draw(some.integers(0, 10**6))}", draw(some.sampled_from(["GGD A", "GGD B"])), figures)


def worlds_of(cell: tuple[Place, dict]) -> list[dict[str, int]]:
    """All that the seats of a place can be, and who of them was there, as far as its own line tells."""
    place, shown = cell
    seats = range(1, 5) if shown["registered"] is None else [shown["registered"]]
    possible = []
    for number in seats:
        for there in range(number + 1):
            counts = {"registered": number, "attended": there, "absent": number - there}
            (line,) = disclosed([Place(place.name, place.region, {**place.counts, **counts})]).places
            if all(line[1][key] == shown[key] for key in counts):
                possible.append(counts)
    return possible


@settings(max_examples=60, deadline=None)
@given(some.lists(few_seats(), min_size=1, max_size=4))
def test_whoever_tries_all_that_can_be_finds_two_ways_for_each_hidden_count(places: list[Place]) -> None:
    """An adversary who knows the rule, and that seats are who was there and who was not."""
    table = disclosed(places)
    totals = [
        ([place.region == name for place, _shown in table.places], shown) for name, shown in table.regions
    ]
    totals.append(([True] * len(table.places), table.everything))
    consistent = [
        world
        for world in product(*(worlds_of(cell) for cell in table.places))
        if all(
            shown[key] is None
            or shown[key] == sum(one[key] for one, inside in zip(world, here, strict=True) if inside)
            for here, shown in totals
            for key in ("registered", "attended", "absent")
        )
    ]
    for at, (place, shown) in enumerate(table.places):
        for key in ("registered", "attended", "absent"):
            if shown[key] is None and 0 < place.counts[key] < 5:
                assert len({world[at][key] for world in consistent}) > 1


def test_the_total_in_all_is_shown_and_the_smallest_other_region_hides_its_own_for_it() -> None:
    def places(region: str, *counts: int) -> list[Place]:
        return [
            Place(f"{region}{at}", region, dict.fromkeys(FIGURES, count)) for at, count in enumerate(counts)
        ]

    table = disclosed([*places("A", 50, 3), *places("B", 60, 4, 3), *places("C", 40, 4, 2), *places("D", 9)])
    assert table.everything["invited"] == 175
    shown = {name: figures["invited"] for name, figures in table.regions}
    assert shown == {"A": None, "B": 67, "C": None, "D": 9}


def test_two_hidden_counts_that_can_only_be_four_each_hide_their_total() -> None:
    four = dict.fromkeys(FIGURES, 4) | {"registered": 8}
    table = disclosed([Place("Emmen", "GGD Drenthe", four), Place("Assen", "GGD Drenthe", four)])
    assert table.regions[0][1]["invited"] is None
    assert table.everything["invited"] is None


def test_what_was_there_and_what_was_not_do_not_tell_hidden_seats() -> None:
    many = dict.fromkeys(FIGURES, 20) | {"attended": 16, "absent": 4}
    three = dict.fromkeys(FIGURES, 3) | {"absent": 0}
    table = disclosed([Place(name, "GGD A", many) for name in "bc"] + [Place("a", "GGD A", three)])
    assert table.regions[0][1]["registered"] is None
    assert (table.regions[0][1]["attended"], table.regions[0][1]["absent"]) == (None, None)


def test_what_is_large_enough_is_shown_as_it_is() -> None:
    figures = dict.fromkeys(FIGURES, 10)
    table = disclosed([Place("Emmen", "GGD Drenthe", figures), Place("Assen", "GGD Drenthe", figures)])
    assert [shown["invited"] for _place, shown in table.places] == [10, 10]
    assert table.regions == [("GGD Drenthe", dict.fromkeys(FIGURES, 20))]
    assert table.everything == dict.fromkeys(FIGURES, 20)


@pytest.fixture
def held(runtime: Runtime, clock: SetClock) -> int:
    """Emmen had six seats, of whom five were there; Veere one, who was not; and one of nowhere only wants the recording."""
    with writing(runtime.engine) as session:
        now = clock()
        webinar = a_webinar(session, now)
        session.add(
            OwnQuestion(
                webinar_id=webinar.id, position=0, wording="Hoe groot?", reason="Daarom.", keep_days=14
            )
        )
        session.flush()
        emmen, veere = a_municipality(session, "Emmen"), a_municipality(session, "Veere", "GGD Zeeland")
        for number in range(6):
            _takes_part(session, now, webinar, f"e{number}@emmen.example", emmen, there=number < 5)
        _takes_part(session, now, webinar, "v@veere.example", veere, there=False)
        _takes_part(session, now, webinar, "x@elders.example", None, there=False, answer="recording")
        return webinar.id or 0


def _takes_part(
    session: Session, now, webinar: Webinar, address: str, works: Organisation | None, *, there: bool, answer: str = "seat"
) -> None:  # fmt: skip
    reader = a_reader(session, now, address, organisation=works)
    mine = of_reader(session, now, webinar, reader, answer=answer).registration
    mine.organisation_id = works.id if works else None
    session.add(mine)
    question = session.exec(select(OwnQuestion)).one()
    session.add(RegistrationAnswer(registration_id=mine.id, question_id=question.id, text="klein"))
    bring_question(session, mine, text=f"Wat weet {address}?", now=now)
    if there:
        session.add(Attendance(registration_id=mine.id, joined_at=webinar.starts_at, left_at=webinar.ends_at))
    session.flush()


def figures(runtime: Runtime, webinar_id: int) -> dict[str, tuple[int, ...]]:
    """Registered, attended, absent and recording only, by place."""
    with reading(runtime.engine) as session:
        totals = totals_of(session, session.get_one(Webinar, webinar_id), invited={}, now=runtime.clock())
        return {
            place.name: tuple(
                place.counts[key] for key in ("registered", "attended", "absent", "recording_only")
            )
            for place in places_of(session, totals)
        }


def test_nobody_is_absent_where_the_room_does_not_know(runtime: Runtime, held: int) -> None:
    assert figures(runtime, held) == {"Emmen": (6, 5, 0, 0), "Veere": (1, 0, 0, 0), "": (0, 0, 0, 1)}
    with writing(runtime.engine) as session:
        session.get_one(Webinar, held).attendance_known_at = runtime.clock()
    assert figures(runtime, held) == {"Emmen": (6, 5, 1, 0), "Veere": (1, 0, 1, 0), "": (0, 0, 0, 1)}


def test_the_people_go_and_the_totals_stay(runtime: Runtime, held: int, clock: SetClock) -> None:
    with writing(runtime.engine) as session:
        webinar = session.get_one(Webinar, held)
        webinar.attendance_known_at = webinar.ends_at
        ended = webinar.ends_at
    before = figures(runtime, held)

    def left() -> tuple[int, ...]:
        with writing(runtime.engine) as session:
            enforce(session, now=clock())
        with reading(runtime.engine) as session:
            tables = (RegistrationAnswer, Registration, Attendance, BroughtQuestion, WebinarTotal)
            return tuple(len(session.exec(select(table)).all()) for table in tables)

    clock.moment = ended + timedelta(days=14, seconds=-1)
    assert left() == (8, 8, 5, 8, 0)
    clock.moment = ended + timedelta(days=14)
    assert left() == (0, 8, 5, 8, 0)
    clock.moment = ended + timedelta(days=90, seconds=-1)
    assert left() == (0, 8, 5, 8, 0)
    clock.moment = ended + timedelta(days=90)
    assert left() == (0, 0, 0, 8, 3)
    assert left() == (0, 0, 0, 8, 3)
    assert figures(runtime, held) == before
    with reading(runtime.engine) as session:
        assert {one.registration_id for one in session.exec(select(BroughtQuestion))} == {None}
        assert len(session.exec(select(Subscriber)).all()) == 8  # readers go on reading


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_and_the_files(runtime: Runtime, held: int) -> None:
    anna: Colleague = a_colleague(runtime, ANNA, "Anna", "editor")
    with writing(runtime.engine) as session:
        session.exec(select(Organisation).where(Organisation.name == "Emmen")).one().name = "=Emmen"
    page = f"/redactie/webinars/{held}/cijfers"
    html = anna.get(page).text
    assert "=Emmen" in html
    assert "onbekend" in html
    csv = anna.get(f"{page}/cijfers.csv")
    assert csv.headers["content-disposition"].startswith("attachment")
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert (
        lines[0]
        == '"Gemeente";"GGD-regio";"Uitgenodigd";"Aangemeld";"Aanwezig";"Afwezig";"Alleen opname";"Opname bekeken"'
    )
    assert '"\'=Emmen";"GGD Drenthe";"0";"6";"onbekend";"onbekend";"0";"0"' in lines
    assert '"Veere";"GGD Zeeland";"0";"verborgen";"onbekend";"onbekend";"0";"0"' in lines
    assert lines[-1].startswith('"Samen";"";"0";"verborgen"')  # seven in all would tell that Veere has one
    book = load_workbook(io.BytesIO(anna.get(f"{page}/cijfers.xlsx").content))
    assert book.worksheets[0]["A1"].value == "Gemeente"
    with reading(runtime.engine) as session:
        acts = session.exec(select(AuditEvent).where(AuditEvent.action == Act.EXPORTED)).all()
    assert [act.subject for act in acts] == [f"webinar {held}"] * 2
    assert (
        a_colleague(runtime, "bert@kennispost.example", "Bert", "administrator").get(page).status_code == 403
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_register_of_processing_names_the_days(runtime: Runtime, held: int) -> None:
    anna = a_colleague(runtime, ANNA, "Anna", "editor")
    html = anna.get(f"/redactie/webinars/{held}/verwerking").text
    assert "tot en met 8 maart 2027" in html  # 90 days after 8 December
    assert "22 december 2026" in html  # the question's 14
    assert "Hoe groot?" in html
