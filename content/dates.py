"""Dates of entries: the Dutch notations first, as feedparser misreads them ("03-03-2025" is no 20 March 2003)."""

import calendar
import re
from datetime import UTC, datetime
from time import struct_time
from zoneinfo import ZoneInfo

_HERE = ZoneInfo("Europe/Amsterdam")
_MONTHS = ["jan", "feb", "maa", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
_DIGITS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:,?\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?")
_WORDS = re.compile(
    r"(?:[a-z]+,?\s+)?(\d{1,2})\s+([a-z]{3})[a-z]*\.?,?\s+(\d{4})(?:,?\s+(?:om\s+)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?(?:\s+uur)?"
)


def entry_date(text: str, parsed: struct_time | None) -> datetime | None:
    """When an entry says it was published, in UTC; None where nobody can tell.

    Args:
        text: the date as the feed has it; without a zone it is taken as Dutch time.
        parsed: what feedparser made of it, in UTC.
    """
    words = text.strip().casefold()
    if found := _DIGITS.fullmatch(words):
        day, month, year, *clock = found.groups()
        return _moment(year, int(month), day, clock)
    if (found := _WORDS.fullmatch(words)) and (number := _month(found.group(2))):
        return _moment(found.group(3), number, found.group(1), list(found.groups()[3:]))
    if parsed is None or not 1990 <= parsed.tm_year <= 9998:
        return None
    return datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC)


def _month(name: str) -> int:
    short = "maa" if name == "mrt" else name
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _moment(year: str, month: int, day: str, clock: list[str | None]) -> datetime | None:
    hour, minute, second = (int(part or 0) for part in clock)
    try:
        return datetime(int(year), month, int(day), hour, minute, second, tzinfo=_HERE).astimezone(UTC)
    except ValueError:
        return None
