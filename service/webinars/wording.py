"""Wording: when a webinar is, as people read it."""

from datetime import datetime

from content.webinars.tables import Webinar
from service.clock import AMSTERDAM
from service.i18n import LANGUAGES, clock_time, full_moment


def in_both(webinar: Webinar) -> dict[str, str]:
    """When a webinar is, by language."""
    return {language: when(webinar.starts_at, webinar.ends_at, language) for language in LANGUAGES}


def when(starts_at: datetime, ends_at: datetime, language: str) -> str:
    """From when until when, in Europe/Amsterdam: "dinsdag 6 april 2027, 10.00 – 11.00 uur"."""
    start, end = (moment.astimezone(AMSTERDAM) for moment in (starts_at, ends_at))
    begins = full_moment(start, language)
    if start.date() == end.date():
        begins = begins.removesuffix(" uur")  # once is enough
    return f"{begins} – {clock_time(end, language, now=start)}"
