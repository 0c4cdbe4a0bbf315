"""Windows: the days and hours in which issues leave. Pure."""

from datetime import date, datetime
from functools import cache

from holidays import country_holidays

from service.clock import AMSTERDAM

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def is_open(window: str, now: datetime) -> bool:
    """Whether issues may leave at this moment, by the clock in Amsterdam. `window` is as the setting has it; empty is always.

    An end of 24:00 is midnight. A window that ends before it begins goes on after midnight, as part of the day it began on.
    """
    if not window:
        return True
    days, _, hours = window.partition(" ")
    begin, end = (_minutes(part) for part in hours.split("-"))
    local = now.astimezone(AMSTERDAM)
    minute = local.hour * 60 + local.minute
    if begin < end:
        return begin <= minute < end and _is_day(days, local.date())
    if minute >= begin:
        return _is_day(days, local.date())
    return minute < end and _is_day(days, date.fromordinal(local.toordinal() - 1))


def _is_day(days: str, day: date) -> bool:
    if days == "workdays":
        return day.weekday() < 5 and day not in _holidays(day.year)
    first, _, last = days.partition("-")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return (day.weekday() - start) % 7 <= (end - start) % 7


@cache
def _holidays(year: int) -> frozenset[date]:
    """Public holidays in the Netherlands, Liberation Day only where it is a day off (each fifth year)."""
    return frozenset(country_holidays("NL", years=year))


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
