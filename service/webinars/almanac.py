"""The almanac: the days of `days.yaml` with what editors changed in them, and the years that they confirmed.

The file comes with each release; what editors know stays with them. A year is confirmed as it was seen: where a release or a
colleague changes one of its days, nobody has checked the year as it is now.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import cast

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, select

from content.columns import Instant, Record
from service.errors import DaysRefused
from service.webinars.days import (
    PARLIAMENT,
    SCOPES,
    Days,
    Holiday,
    Recess,
    Region,
    SchoolHoliday,
    Year,
    by_scope,
    load_days,
)

LONGEST = 75
"""Days that a holiday or recess lasts at most; more is a slip of the pen."""


class ChangedHoliday(Record, table=True):
    """What an editor put in the place of the file: other days, or none (`first` is null). `scope` is one of `SCOPES`."""

    __tablename__ = "changed_holiday"
    __table_args__ = (UniqueConstraint("year", "holiday", "scope"),)

    id: int | None = Field(default=None, primary_key=True)
    year: int
    holiday: str
    scope: str
    first: date | None = None
    last: date | None = None
    changed_at: datetime = Field(sa_type=Instant)
    changed_by: str = ""


class ConfirmedYear(Record, table=True):
    """That an editor held a year against its sources. `days_hash` is that of the days as they saw them."""

    __tablename__ = "confirmed_year"

    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    days_hash: str
    confirmed_at: datetime = Field(sa_type=Instant)
    confirmed_by: str = ""


def almanac(session: Session) -> Days:
    """All days as editors have them.

    Raises:
        DaysFault: the file cannot be read.
    """
    known = load_days()
    changes = session.exec(select(ChangedHoliday)).all()
    confirmed = {one.year: one for one in session.exec(select(ConfirmedYear))}
    numbers = sorted({*known.years, *(one.year for one in changes)})
    years = {
        number: _confirmed(
            _changed(known.years.get(number), [one for one in changes if one.year == number]),
            confirmed.get(number),
        )
        for number in numbers
    }
    return known.model_copy(update={"years": years})


def put_holiday(
    session: Session,
    *,
    year: int,
    holiday: Holiday,
    scope: str,
    first: date,
    last: date,
    by: str,
    now: datetime,
) -> None:
    """These are the days, whatever the file says.

    Raises:
        DaysRefused: they cannot be; `args[1]` names the field.
    """
    if scope not in SCOPES:
        raise DaysRefused(f"A holiday is one of {', '.join(SCOPES)}.", "scope")
    if first.year != year:
        raise DaysRefused("A holiday stands in the year in which it begins.", "first")
    if not 0 <= (last - first).days <= LONGEST:
        raise DaysRefused(f"A holiday ends after it begins, and lasts {LONGEST} days at most.", "last")
    _put(session, year, holiday, scope, (first, last), by=by, now=now)


def drop_holiday(
    session: Session, *, year: int, holiday: Holiday, scope: str, by: str, now: datetime
) -> None:
    """The days that are known are wrong, and the right ones are not known: from now on they are missing."""
    _put(session, year, holiday, scope, (None, None), by=by, now=now)


def confirm_year(session: Session, *, year: int, seen_hash: str, by: str, now: datetime) -> None:
    """An editor held the year, as they saw it, against its sources. Twice is once.

    Raises:
        DaysRefused: nothing is known of the year, or it is not as they saw it any more; `args[1]` is `year`.
    """
    found = almanac(session).years.get(year)
    if found is None or not (found.school or found.parliament):
        raise DaysRefused(f"Nothing is known of {year}.", "year")
    if days_hash(found) != seen_hash:
        raise DaysRefused(f"The days of {year} changed meanwhile.", "year")
    if found.checked:
        return
    session.merge(ConfirmedYear(year=year, days_hash=seen_hash, confirmed_at=now, confirmed_by=by))
    session.flush()


def days_hash(year: Year) -> str:
    """A hash of the days of a year, in no order of the file. Pure."""
    lines = sorted(f"{scope} {one.holiday} {one.first} {one.last}" for scope, one in by_scope(year))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _changed(year: Year | None, changes: Iterable[ChangedHoliday]) -> Year:
    """The year of the file with these changes in it. Pure."""
    days: dict[tuple[str, str], Recess] = {
        (scope, one.holiday): one for scope, one in (by_scope(year) if year is not None else ())
    }
    for change in changes:
        key = (change.scope, change.holiday)
        if change.first is None or change.last is None:
            days.pop(key, None)
        else:
            days[key] = Recess(holiday=Holiday(change.holiday), first=change.first, last=change.last)
    return _year(days)


def _year(days: Mapping[tuple[str, str], Recess]) -> Year:
    school = [
        SchoolHoliday(
            region=cast(Region, scope), **one.model_dump(include={"holiday", "first", "last", "sure"})
        )
        for (scope, _holiday), one in days.items()
        if scope != PARLIAMENT
    ]
    parliament = [one for (scope, _holiday), one in days.items() if scope == PARLIAMENT]
    return Year(checked=False, school=tuple(school), parliament=tuple(parliament))


def _confirmed(year: Year, confirmed: ConfirmedYear | None) -> Year:
    """The year, checked where it is as it was seen; an editor who confirmed it was sure of each line. Pure."""
    if confirmed is None or confirmed.days_hash != days_hash(year):
        return year
    return Year(
        checked=True,
        by=confirmed.confirmed_by,
        on=confirmed.confirmed_at.date(),
        school=tuple(one.model_copy(update={"sure": True}) for one in year.school),
        parliament=tuple(one.model_copy(update={"sure": True}) for one in year.parliament),
    )


def _put(
    session: Session,
    year: int,
    holiday: Holiday,
    scope: str,
    days: tuple[date | None, date | None],
    *,
    by: str,
    now: datetime,
) -> None:
    mine = select(ChangedHoliday).where(
        ChangedHoliday.year == year, ChangedHoliday.holiday == holiday, ChangedHoliday.scope == scope
    )
    kept = session.exec(mine).first() or ChangedHoliday(
        year=year, holiday=holiday, scope=scope, changed_at=now
    )
    kept.first, kept.last = days
    kept.changed_at, kept.changed_by = now, by
    session.add(kept)
    session.flush()
