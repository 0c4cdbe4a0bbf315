"""Languages: Dutch first, English complete. Message ids are the Dutch texts; catalogues are read from .po as they are.

Dates are written in full, as officials write them: "dinsdag 6 april 2027, 10.00 uur".
"""

from datetime import date, datetime, timedelta
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from service.clock import AMSTERDAM

Unit = Literal["day", "hour", "minute", "second"]

LANGUAGES = ("nl", "en")
LOCALES = Path(__file__).parent / "locales"


def _(message: str) -> str:
    """Mark a text for the catalogues where no language is known yet; `translate` it later."""
    return message


@cache
def translations(language: str) -> GNUTranslations:
    """The catalogue of a language; a text that it lacks stays Dutch."""
    compiled = BytesIO()
    with (LOCALES / language / "LC_MESSAGES" / "kennispost.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def translate(language: str, message: str) -> str:
    """`message` in `language`."""
    return translations(language).gettext(message) if message else ""


def ngettext(language: str, one: str, many: str, count: int) -> str:
    """`one` or `many` in `language`, with the number in the place of %(num)s."""
    return translations(language).ngettext(one, many, count) % {"num": count}


def full_moment(moment: datetime, language: str) -> str:
    """A moment in Europe/Amsterdam, in full."""
    pattern = "EEEE d MMMM y, HH.mm 'uur'" if language == "nl" else "EEEE d MMMM y, HH:mm"
    return format_datetime(moment.astimezone(AMSTERDAM), pattern, locale=language)


def full_date(day: date | datetime, language: str) -> str:
    """A day in full; a datetime is the day it is in Europe/Amsterdam."""
    if isinstance(day, datetime):
        day = day.astimezone(AMSTERDAM).date()
    return format_date(day, "d MMMM y", locale=language)


def day_month(day: date, language: str) -> str:
    """A day without its year, short: "21 feb"."""
    return format_date(day, "d MMM", locale=language)


def clock_time(moment: datetime, language: str, *, now: datetime) -> str:
    """The time of day of a moment today in Europe/Amsterdam ("10.42 uur"); of another day the moment in full."""
    local = moment.astimezone(AMSTERDAM)
    if local.date() != now.astimezone(AMSTERDAM).date():
        return full_moment(moment, language)
    return format_datetime(local, "HH.mm 'uur'" if language == "nl" else "HH:mm", locale=language)


def span(time: timedelta, language: str) -> str:
    """How long, as one says it: "40 seconden", "12 minuten", "2 uur 5 minuten", "3 dagen"."""
    seconds = max(1, round(time.total_seconds()))
    if seconds < 60:
        return _unit(seconds, "second", language)
    minutes = round(seconds / 60)
    if minutes < 60:
        return _unit(minutes, "minute", language)
    if minutes < 48 * 60:
        hours, minutes = divmod(minutes, 60)
        rest = f" {_unit(minutes, 'minute', language)}" if minutes else ""
        return _unit(hours, "hour", language) + rest
    return _unit(round(minutes / 60 / 24), "day", language)


def number(value: float, language: str, *, decimals: int = 0) -> str:
    """A number as this language writes it: "12.345" or "12,345"."""
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return format_decimal(value, format=pattern, locale=language)


def in_words(speed: float, language: str) -> str:
    """Messages per second, in the unit in which that is a number one can grasp."""
    for seconds, words in ((1, _("%(number)s per seconde")), (60, _("%(number)s per minuut"))):
        if speed * seconds >= 1:
            value = number(speed * seconds, language, decimals=0 if speed * seconds >= 10 else 1)
            return translate(language, words) % {"number": value}
    if speed:
        return translate(language, _("%(number)s per uur")) % {"number": number(speed * 3600, language)}
    return "–"


def _unit(value: int, name: Unit, language: str) -> str:
    # A threshold that nothing meets keeps it in this unit. Not format_unit: it knows no Dutch hours and days.
    time = timedelta(**{f"{name}s": value})
    return format_timedelta(time, granularity=name, threshold=float("inf"), locale=language)
