"""The planning check: each warning has its reason and only its own days, and says where nobody checked."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session
from webinars import VOCABULARY, a_webinar

from content.webinars.tables import Webinar
from service.attending import call_off
from service.database import reading, writing
from service.desk.moments import wall_moment
from service.errors import DaysFault
from service.runtime import Runtime
from service.templating import render
from service.webinars.days import Days, Holiday, load_days
from service.webinars.nearby import warnings_at
from service.webinars.planning import Kind, Planned, Warned, warnings_for

HOUR = timedelta(hours=1)


def at(wall: str) -> datetime:
    """The instant of a time of the clock in Amsterdam."""
    return wall_moment(*wall.split())


def check(wall: str, *, hours: float = 1, **more: object) -> dict[str, str]:
    """The warnings about this time of the clock in Amsterdam, by kind."""
    start = at(wall)
    found = warnings_for(starts_at=start, ends_at=start + hours * HOUR, **more)
    assert len({one.kind for one in found}) == len(found)
    return {one.kind: one.text for one in found}


def test_an_ordinary_morning_has_nothing_against_it() -> None:
    assert check("2026-11-17 10:00") == {}


@pytest.mark.parametrize(
    ("day", "name", "english"),
    [
        (date(2026, 4, 3), "Goede Vrijdag", "Good Friday"),
        (date(2026, 4, 6), "Tweede paasdag", "Easter Monday"),
        (date(2026, 4, 27), "Koningsdag", "King's Day"),
        (date(2027, 5, 5), "Bevrijdingsdag", "Liberation Day"),
        (date(2027, 5, 6), "Hemelvaartsdag", "Ascension Day"),
        (date(2028, 12, 25), "Eerste kerstdag", "Christmas Day"),
    ],
)
def test_public_holidays_are_computed(day: date, name: str, english: str) -> None:
    morning = f"{day} 10:00"
    assert name.lower() in check(morning)[Kind.HOLIDAY].lower()
    assert english in check(morning, language="en")[Kind.HOLIDAY]


def test_school_holidays_count_from_the_first_day_up_to_the_last_in_their_region() -> None:
    def said(day: int) -> str:
        return check(f"2026-10-{day:02} 10:00").get(Kind.SCHOOL, "")

    assert said(9) == said(26) == ""
    assert "In de regio Noord is het dan de herfstvakantie (tot en met 18 oktober 2026)" in said(12)
    assert "In de regio Midden, Zuid is het dan de herfstvakantie" in said(25)
    assert said(18).startswith(
        "In het hele land is het dan de herfstvakantie (Noord tot en met 18 oktober 2026, "
        "Midden tot en met 25 oktober 2026, Zuid tot en met 25 oktober 2026)."
    )


def test_councils_follow_the_schools_in_the_summer_and_not_in_autumn() -> None:
    assert Kind.COUNCILS in check("2026-07-21 10:00")
    assert Kind.COUNCILS in check("2026-12-22 10:00")
    assert Kind.COUNCILS not in check("2026-10-20 10:00")
    assert Kind.EVENING not in check("2026-07-21 20:00")  # they do not meet then
    assert Kind.EVENING in check("2026-10-20 20:00")
    assert Kind.PARLIAMENT in check("2026-07-21 10:00")
    assert Kind.PARLIAMENT not in check("2026-09-08 10:00")


def test_over_new_year_the_old_years_holiday_counts() -> None:
    assert Kind.SCHOOL in check("2027-01-02 10:00")
    assert Kind.SCHOOL not in check("2027-01-04 10:00")


@pytest.mark.parametrize(
    ("wall", "hours", "warned"),
    [
        ("2026-11-16 20:00", 1, False),  # a Monday
        ("2026-11-17 20:00", 1, True),
        ("2026-11-18 19:00", 1, True),
        ("2026-11-19 18:00", 1, False),  # it ends as they begin
        ("2026-11-19 18:30", 1, True),
        ("2026-11-20 20:00", 1, False),  # a Friday
        ("2026-03-31 19:00", 1, True),  # in summer time as well
    ],
)
def test_evenings_of_councils(wall: str, hours: float, warned: bool) -> None:
    assert (Kind.EVENING in check(wall, hours=hours)) == warned


def test_weekends() -> None:
    assert Kind.WEEKEND in check("2026-11-21 10:00")


def test_another_webinar_about_the_same_is_named_and_one_about_something_else_is_not() -> None:
    moment = "2026-11-17 10:00"
    near = Planned("Lachgas op straat", at(moment) + timedelta(days=14), {"lachgas": "lachgas"})
    about = {"tags": ["lachgas", "jongeren"], "others": [near]}
    said = check(moment, **about)[Kind.OTHER]
    assert (
        said
        == "Op dinsdag 1 december 2026, 10.00 uur is er ook een webinar over lachgas: “Lachgas op straat”."
    )
    assert check(moment, tags=["alcohol"], others=[near]) == {}
    later = replace(near, starts_at=near.starts_at + timedelta(minutes=1))
    assert check(moment, **about | {"others": [later]}) == {}


def test_what_is_not_known_is_said_and_what_is_not_checked_as_well() -> None:
    assert "2031" in check("2031-03-04 10:00")[Kind.UNKNOWN]
    assert Kind.UNKNOWN in check("2028-03-07 10:00")
    assert check("2026-10-12 10:00")[Kind.SCHOOL].endswith("Nog niet nagekeken.")
    known = load_days()
    years = {2026: known.years[2026].model_copy(update={"checked": True})}
    said = check("2026-10-12 10:00", days=known.model_copy(update={"years": years}))
    assert said[Kind.SCHOOL].endswith("(tot en met 18 oktober 2026).")


def test_the_file_is_whole_and_no_year_is_called_checked_without_an_editor() -> None:
    days = load_days()
    assert sorted(days.years) == [2026, 2027, 2028]
    for number, year in days.years.items():
        assert not year.checked or (year.by and year.on)
        for one in (*year.school, *year.parliament):
            assert one.first.year == number
            assert timedelta(days=8) <= one.last - one.first <= timedelta(days=60)
        if number < 2028:
            assert {(one.holiday, one.region) for one in year.school} == {
                (holiday, region) for holiday in Holiday for region in ("noord", "midden", "zuid")
            }
        for one in year.school:  # schools begin on a Monday and stop on a Friday: a slip of a day shows
            assert (one.first.weekday(), one.last.weekday()) == (5, 6)


@pytest.mark.parametrize(
    "text",
    [
        "years: {2026: {checked: false, school: [{holiday: spring, region: oost, first: 2026-02-01, last: 2026-02-08}]}}",
        "years: {2026: {checked: false, parliament: [{holiday: spring, first: 2026-02-08, last: 2026-02-01}]}}",
        "years: {2026: {}}",
        "years: [",
    ],
)
def test_a_slip_in_the_file_is_named(text: str, tmp_path: Path) -> None:
    file = tmp_path / "days.yaml"
    file.write_text(text)
    with pytest.raises(DaysFault, match=r"days\.yaml cannot be read"):
        load_days(file)


def test_drafts_count_cancelled_ones_and_the_webinar_itself_do_not(runtime: Runtime, clock) -> None:
    now = clock()

    def said(session: Session, mine: Webinar) -> list[Warned]:
        return warnings_at(
            session, VOCABULARY, starts_at=mine.starts_at, ends_at=mine.ends_at, tags=mine.tags, language="nl",
            but=mine.id,
        )  # fmt: skip

    with writing(runtime.engine) as session:
        mine = a_webinar(session, now, title="De mijne")
        draft = a_webinar(session, now, title="Een ontwerp", published=False)
        a_webinar(session, now, title="Iets anders", tags=("alcohol",))
    with reading(runtime.engine) as session:
        (warning,) = said(session, mine)
    assert (warning.kind, warning.sure) == (Kind.OTHER, True)
    assert "over lachgas: “Een ontwerp”." in warning.text
    with writing(runtime.engine) as session:
        call_off(session, runtime.settings, webinar_id=draft.id, by="anna@example.org", now=now)
        assert said(session, mine) == []


def test_the_fragment_for_the_form_shows_each_and_says_when_there_is_none() -> None:
    start = at("2026-07-21 20:00")
    found = warnings_for(starts_at=start, ends_at=start + HOUR, days=Days())
    html = render("pages/desk/webinars/warnings.html", "nl", warnings=found)
    assert 'data-kind="evening"' in html
    assert "Let op: 2 punten bij dit moment" in html
    assert "geen bezwaar" in render("pages/desk/webinars/warnings.html", "nl", warnings=[])
