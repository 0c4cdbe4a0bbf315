"""Languages: Dutch first, English complete. Message ids are the Dutch texts; catalogues are read from .po as they are.

Dates are written in full, as officials write them: "dinsdag 6 april 2027, 10.00 uur".
"""

from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from service.clock import AMSTERDAM

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


def full_moment(moment: datetime, language: str) -> str:
    """A moment in Europe/Amsterdam, in full."""
    pattern = "EEEE d MMMM y, HH.mm 'uur'" if language == "nl" else "EEEE d MMMM y, HH:mm"
    return format_datetime(moment.astimezone(AMSTERDAM), pattern, locale=language)


def full_date(day: date | datetime, language: str) -> str:
    """A day in full; a datetime is the day it is in Europe/Amsterdam."""
    if isinstance(day, datetime):
        day = day.astimezone(AMSTERDAM).date()
    return format_date(day, "d MMMM y", locale=language)
