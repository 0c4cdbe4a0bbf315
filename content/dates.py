"""Dates of entries: a ladder of notations, the sure ones first. What only might be meant is flagged as an estimate.

The Dutch notations are ours: feedparser reads "03-03-2025" as 20 March 2003, and no Dutch month at all.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from time import struct_time
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Europe/Amsterdam")
_FIRST, _LAST = datetime(1971, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
_LIMIT = 100  # characters; no date is longer
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)} | {
    "maa": 3,
    "mrt": 3,
    "mei": 5,
    "okt": 10,
}
_ENGLISH_MONTH = re.compile(r"mar(?:ch)?|may|oct(?:ober)?|january|february|june|july|august")
_ENGLISH_DAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)(?:sday|nesday|rsday|urday|day)?")
_HOURS = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "ast": -4, "adt": -3,
    "cet": 1, "cest": 2, "met": 1, "mest": 2, "bst": 1, "ist": 1, "wet": 0, "west": 1, "eet": 2, "eest": 3, "msk": 3,
    "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "et": -5, "ct": -6, "mt": -7, "pt": -8,
}  # fmt: skip
_ZONE = r"(?:\s*(?P<zone>z|(?:gmt|utc?)?\s*[+-]\d{1,2}:?(?:\d{2})?|[a-z]{1,5}|[a-z]+/[a-z_]+)\b)?"
_CLOCK = r"(?:(?P<hour>\d{1,2})[:.](?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2}))?(?:[.,]\d+)?\s*(?P<half>[ap]\.?m\b\.?)?)"
_TIME = rf"(?:,?\s+(?:om\s+|at\s+)?{_CLOCK})?(?:\s+(?P<uur>uur)\b)?{_ZONE}"
_ISO = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?|[/.](?P<month2>\d{1,2})[/.](?P<day2>\d{1,2})\.?)?"
    r"(?:(?:t|\s)\s*(?P<hour>\d{1,2})(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d*)?)?)?)?"
    rf"{_ZONE}"
)
_DAY_OF_YEAR = re.compile(
    r"(?P<year>\d{4})-?(?P<number>\d{3})(?:t(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?)?"
    + _ZONE
)
_DAY_OF_WEEK = re.compile(
    r"(?P<year>\d{4})-?w(?P<week>\d{2})(?:-?(?P<number>[1-7]))?(?:t(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?)?"
    + _ZONE
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:t?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?)?"
    + _ZONE
)
_WORDS = re.compile(
    r"(?:(?P<weekday>[a-z]{2,10})\.?(?:,\s*|\s+))?(?P<day>\d{1,2})(?:(?P<english>st|nd|rd|th)|e)?[\s-]+(?P<word>[a-z]{3,10})\.?,?[\s-]+"
    rf"(?P<year>\d{{4}}|\d{{2}})(?:\s*-)?{_TIME}"
)
_AMERICAN = re.compile(
    r"(?:(?P<weekday>[a-z]{2,10})\.?,?\s+)?(?P<word>[a-z]{3,10})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+"
    rf"(?P<year>\d{{4}}){_TIME}"
)
_UNIX_DATE = re.compile(
    rf"(?P<weekday>[a-z]{{2,10}}),?\s+(?P<word>[a-z]{{3,10}})\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})"
)
_DIGITS = re.compile(
    rf"(?:[a-z]+,?\s+)?(?P<day>\d{{1,2}})[-/.](?P<month>\d{{1,2}})[-/.](?P<year>\d{{4}})(?:\s*-)?{_TIME}"
)
_EPOCH = re.compile(r"\d{10}|\d{13}")
_OURS = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d")
_WHOLE = re.compile(r"^(?:\d{4}-\d\d-\d\d|\d{6}$|-\d{4}$)|^\D.*\b\d{4}\b")
"""What feedparser must have to go by: what it misses it takes from the day of today, without saying so."""


@dataclass(frozen=True)
class Dated:
    """A moment in UTC. `estimated` where the text lacks a time or a zone, or was not in a notation that we know."""

    moment: datetime
    estimated: bool = False


def read_date(text: str, parsed: struct_time | None = None) -> Dated | None:
    """When a text says that it was; None where nobody can tell.

    Args:
        text: the date as the feed has it. Without a zone, ISO 8601 and English notations are taken as UTC, Dutch ones as
            Dutch time.
        parsed: what feedparser made of it, in UTC: the last rung, for the notations of other countries.
    """
    words = re.sub(r"\([^)]*\)", " ", text[: _LIMIT + 1].replace("\u00a0", " ")).casefold()
    words = " ".join(words.split()).strip(" ,;")
    if not words or len(text) > _LIMIT:
        return None
    for expression, read in _LADDER:
        if found := expression.fullmatch(words):
            try:
                return _sane(read(found))
            except (ValueError, OverflowError, KeyError):
                return None
    if parsed is None or _OURS.match(words) or not _WHOLE.search(words):
        return None
    try:
        return _sane(Dated(datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC), estimated=True))
    except (ValueError, OverflowError):
        return None


def _sane(dated: Dated) -> Dated | None:
    """None for the zero of some system's calendar: a date that nobody meant."""
    return dated if _FIRST <= dated.moment <= _LAST else None


def _read_iso(found: re.Match[str]) -> Dated:
    month = found["month"] or (found["month2"] if "month2" in found.re.groupindex else None)
    day = found["day"] or (found["day2"] if "day2" in found.re.groupindex else None)
    return _moment(found, month=int(month or 1), day=int(day or 1), otherwise=UTC)


def _read_words(found: re.Match[str]) -> Dated:
    word = found["word"]
    month = _MONTHS[word[:3]]
    day = found["weekday"] or ""
    english = (
        _ENGLISH_DAY.fullmatch(day)
        or (not day and _ENGLISH_MONTH.fullmatch(word))
        or found.groupdict().get("english")
    )
    return _moment(found, month=month, day=int(found["day"]), otherwise=UTC if english else HERE)


def _read_american(found: re.Match[str]) -> Dated:
    """The month first: no Dutch writer does so."""
    return _moment(found, month=_MONTHS[found["word"][:3]], day=int(found["day"]), otherwise=UTC)


def _read_day_of_year(found: re.Match[str]) -> Dated:
    """ISO 8601, 5.2.2: "2004-335"."""
    day = date(int(found["year"]), 1, 1) + timedelta(days=int(found["number"]) - 1)
    if day.year != int(found["year"]):
        raise ValueError(f"no day {found['number']} in {found['year']}")
    return _moment(found, month=day.month, day=day.day, otherwise=UTC)


def _read_day_of_week(found: re.Match[str]) -> Dated:
    """ISO 8601, 5.2.3: "2004-W01-4"."""
    day = date.fromisocalendar(int(found["year"]), int(found["week"]), int(found["number"] or 1))
    dated = _moment(
        found, month=1, day=1, otherwise=UTC
    )  # the year of the week may be another than the day's
    return replace(dated, moment=dated.moment + (day - date(int(found["year"]), 1, 1)))


def _read_digits(found: re.Match[str]) -> Dated:
    """Day before month, as the Dutch write; the other way round only where nothing else can be meant."""
    day, month = int(found["day"]), int(found["month"])
    if month > 12 and day <= 12 and "/" in found[0]:
        return Dated(_moment(found, month=day, day=month, otherwise=HERE).moment, estimated=True)
    return _moment(found, month=month, day=day, otherwise=HERE)


def _read_epoch(found: re.Match[str]) -> Dated:
    return Dated(datetime.fromtimestamp(int(found[0][:10]), tz=UTC))


def _moment(found: re.Match[str], *, month: int, day: int, otherwise: tzinfo) -> Dated:
    parts = found.groupdict()
    zone, sure = _zone(parts["zone"], otherwise)
    hour = _hour(int(parts["hour"] or 0), parts.get("half") or "")
    second = int(parts["second"] or 0)
    leap = timedelta(seconds=int(second == 60))  # is not worth a date
    extra = leap + (timedelta(days=1) if hour == 24 else timedelta())
    local = datetime(
        _year(parts["year"]),
        month,
        day,
        hour % 24,
        int(parts["minute"] or 0),
        second - leap.seconds,
        tzinfo=zone,
    )
    return Dated((local + extra).astimezone(UTC), estimated=parts["hour"] is None or not sure)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) < 70 else 1900)


def _hour(hour: int, half: str) -> int:
    if hour > 24 or (half and not 1 <= hour <= 12):
        raise ValueError(f"no hour: {hour}{half}")
    return hour if not half else hour % 12 + (12 if half.startswith("p") else 0)


def _zone(name: str | None, otherwise: tzinfo) -> tuple[tzinfo, bool]:
    """The zone, and whether the text is sure about it."""
    text = (name or "").strip()
    if not text or text == "uur":
        return otherwise, otherwise is HERE
    bare = re.sub(r"^(?:gmt|utc?)\s*(?=[+-])", "", text)
    if bare[0] in "+-":
        digits = bare[1:].replace(":", "")
        hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if bare[0] == "-" else 1)
        return (timezone(offset), True) if abs(offset) < timedelta(hours=24) else (UTC, False)
    if text in {"z", "ut", "utc", "gmt"}:
        return UTC, True
    if text in _HOURS:
        return timezone(timedelta(hours=_HOURS[text])), True
    return (HERE, True) if text == "europe/amsterdam" else (UTC, False)


_LADDER: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Dated]], ...] = (
    (_DAY_OF_YEAR, _read_day_of_year),
    (_DAY_OF_WEEK, _read_day_of_week),
    (_COMPACT, _read_iso),
    (_EPOCH, _read_epoch),
    (_ISO, _read_iso),
    (_WORDS, _read_words),
    (_AMERICAN, _read_american),
    (_UNIX_DATE, _read_words),
    (_DIGITS, _read_digits),
)
