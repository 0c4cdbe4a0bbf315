"""The days of the file, what editors changed in them, and which years they confirmed as they saw them; on both databases."""

from datetime import date, datetime

import pytest
from conftest import SetClock
from sqlmodel import Session, select

from content.webinars.moments import AMSTERDAM
from service.database import reading, writing
from service.errors import DaysRefused
from service.runtime import Runtime
from service.webinars.almanac import (
    ChangedHoliday,
    almanac,
    confirm_year,
    days_hash,
    drop_holiday,
    put_holiday,
)
from service.webinars.days import SCOPES, Holiday, by_scope, load_days
from service.webinars.planning import Kind, holiday_around, missing_of, warnings_for

ANNA = "anna@example.org"


def put(session: Session, clock: SetClock, year: int, holiday: Holiday, scope: str, *days: str) -> None:
    first, last = (date.fromisoformat(day) for day in days)
    put_holiday(
        session, year=year, holiday=holiday, scope=scope, first=first, last=last, by=ANNA, now=clock()
    )


def confirm(session: Session, clock: SetClock, year: int) -> None:
    seen = days_hash(almanac(session).years[year])
    confirm_year(session, year=year, seen_hash=seen, by=ANNA, now=clock())


def said(session: Session, wall: str) -> dict[str, str]:
    start = datetime.fromisoformat(wall).replace(tzinfo=AMSTERDAM)
    return {one.kind: one.text for one in warnings_for(starts_at=start, ends_at=start, days=almanac(session))}


def test_without_an_editor_it_is_the_file(runtime: Runtime) -> None:
    with reading(runtime.engine) as session:
        known, file = almanac(session), load_days()
        assert known.councils == file.councils
        assert {number: set(by_scope(year)) for number, year in known.years.items()} == {
            number: set(by_scope(year)) for number, year in file.years.items()
        }
        assert not any(year.checked for year in known.years.values())


def test_a_correction_stands_in_the_place_of_the_file_once(runtime: Runtime, clock: SetClock) -> None:
    with writing(runtime.engine) as session:
        put(session, clock, 2027, Holiday.AUTUMN, "zuid", "2027-10-16", "2027-10-24")
        put(session, clock, 2027, Holiday.AUTUMN, "zuid", "2027-10-23", "2027-10-30")
        put(session, clock, 2029, Holiday.MAY, "parliament", "2029-04-28", "2029-05-06")
    with reading(runtime.engine) as session:
        assert len(session.exec(select(ChangedHoliday)).all()) == 2
        years = almanac(session).years
        (mine,) = [
            one for scope, one in by_scope(years[2027]) if (scope, one.holiday) == ("zuid", Holiday.AUTUMN)
        ]
        assert (mine.first, mine.last, mine.sure) == (date(2027, 10, 23), date(2027, 10, 30), True)
        assert [one.last for one in years[2029].parliament] == [date(2029, 5, 6)]
        assert len(set(by_scope(years[2027]))) == len(set(by_scope(load_days().years[2027])))


@pytest.mark.parametrize(
    ("days", "scope", "field"),
    [
        (("2026-12-24", "2027-01-03"), "zuid", "first"),  # it begins in another year
        (("2027-05-08", "2027-05-07"), "zuid", "last"),
        (("2027-05-01", "2027-08-01"), "zuid", "last"),
        (("2027-05-01", "2027-05-09"), "oost", "scope"),
    ],
)
def test_days_that_cannot_be_are_refused(
    runtime: Runtime, clock: SetClock, days: tuple[str, str], scope: str, field: str
) -> None:
    with writing(runtime.engine) as session, pytest.raises(DaysRefused) as refused:
        put(session, clock, 2027, Holiday.MAY, scope, *days)
    assert refused.value.args[1] == field


def test_a_year_is_confirmed_as_it_was_seen_and_is_not_any_more_once_a_day_changes(
    runtime: Runtime, clock: SetClock
) -> None:
    with writing(runtime.engine) as session:
        seen = days_hash(almanac(session).years[2027])
        assert (
            "Nog niet nagekeken." in said(session, "2027-10-19 10:00")[Kind.SCHOOL]
        )  # the line was not sure
        confirm(session, clock, 2027)
        confirm(session, clock, 2027)
        year = almanac(session).years[2027]
        assert (year.checked, year.by, year.on) == (True, ANNA, date(2026, 12, 1))
        assert "Nog niet nagekeken." not in said(session, "2027-10-19 10:00")[Kind.SCHOOL]
        assert not almanac(session).years[2026].checked
        put(session, clock, 2027, Holiday.AUTUMN, "zuid", "2027-10-16", "2027-10-24")
        assert not almanac(session).years[2027].checked
        with pytest.raises(DaysRefused):  # a colleague changed it while the page was open
            confirm_year(session, year=2027, seen_hash=seen, by=ANNA, now=clock())
        put(session, clock, 2027, Holiday.AUTUMN, "zuid", "2027-10-23", "2027-10-31")
        assert almanac(session).years[2027].checked  # it is again as it was seen
        drop_holiday(session, year=2027, holiday=Holiday.AUTUMN, scope="zuid", by=ANNA, now=clock())
        assert not almanac(session).years[2027].checked


def test_of_a_year_of_which_nothing_is_known_nothing_is_confirmed(runtime: Runtime, clock: SetClock) -> None:
    with writing(runtime.engine) as session, pytest.raises(DaysRefused):
        confirm_year(session, year=2031, seen_hash="", by=ANNA, now=clock())


def test_the_check_says_what_is_missing_and_what_nobody_checked_where_a_holiday_can_be(
    runtime: Runtime, clock: SetClock
) -> None:
    with writing(runtime.engine) as session:
        assert said(session, "2026-11-17 10:00") == {}  # there is no holiday in November
        assert said(session, "2028-11-21 10:00") == {}
        unknown = said(session, "2028-02-08 10:00")
        assert unknown[Kind.UNKNOWN] == (
            "Nog geen gegevens over de voorjaarsvakantie van 2028 (Noord, Midden, Zuid, Tweede Kamer). "
            "Kijk dat zelf na."
        )
        assert unknown[Kind.UNCHECKED] == "De vakanties en recessen van 2028 zijn nog niet nagekeken."
        assert list(said(session, "2033-07-05 10:00")) == [Kind.UNKNOWN]
        assert "2026 (Tweede Kamer)" in said(session, "2026-10-28 10:00")[Kind.UNKNOWN]
        drop_holiday(session, year=2026, holiday=Holiday.AUTUMN, scope="noord", by=ANNA, now=clock())
        assert "2026 (Noord, Tweede Kamer)" in said(session, "2026-10-28 10:00")[Kind.UNKNOWN]
        confirm(session, clock, 2026)
        assert list(said(session, "2026-10-28 10:00")) == [Kind.UNKNOWN]
        for scope in ("noord", "parliament"):
            put(session, clock, 2026, Holiday.AUTUMN, scope, "2026-10-10", "2026-10-18")
        confirm(session, clock, 2026)
        assert said(session, "2026-10-28 10:00") == {}


def test_each_day_of_the_file_lies_where_its_holiday_can_be() -> None:
    for number, year in load_days().years.items():
        for _scope, one in by_scope(year):
            assert holiday_around(one.first) == (number, one.holiday)
            assert holiday_around(one.last) == (number, one.holiday)


def test_new_year_belongs_to_the_holiday_that_began_before_it() -> None:
    assert holiday_around(date(2027, 1, 15)) == (2026, Holiday.CHRISTMAS)
    assert holiday_around(date(2027, 1, 16)) is None
    assert holiday_around(date(2027, 12, 15)) == (2027, Holiday.CHRISTMAS)


def test_what_is_missing_is_by_holiday_and_whose() -> None:
    assert missing_of(None) == {holiday: list(SCOPES) for holiday in Holiday}
    assert missing_of(load_days().years[2028])[Holiday.MAY] == ["parliament"]
    assert missing_of(load_days().years[2026]) == {
        holiday: ["parliament"] for holiday in (Holiday.SPRING, Holiday.MAY, Holiday.AUTUMN)
    }
