"""Calendars: a webinar as a calendar object (RFC 5545): an invitation to one person (iTIP, RFC 5546), a download, a feed. Pure.

The library writes and folds the lines; what Outlook, Gmail and Apple each ask for was measured, and is said where it stands.
"""

from collections.abc import Iterable
from datetime import UTC, timedelta
from functools import lru_cache
from urllib.parse import quote

from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vDuration, vText

from service.clock import AMSTERDAM
from service.webinars.facts import Attendee, Method, WebinarFacts

PRODUCT = "-//Kennispost//Webinars//NL"

WARNED_BEFORE = timedelta(minutes=15)
"""The calendar's own reminder; the room opens at that moment."""

ASKED_AGAIN = timedelta(hours=6)
"""How often a calendar that follows a feed is asked to look."""

ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Amsterdam
BEGIN:DAYLIGHT
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""
"""The time of the Netherlands as rules. What the library makes is lists of dates, which Outlook does not read: an hour off."""

MAILTO_SAFE = "@!$'*+-._~"
"""What stands in a mailto: address as it is (RFC 6068)."""

_SOMEBODY = vCalAddress("mailto:somebody@attendee.invalid")
"""Stands for the attendee until it is known who it is. It is short enough for a line of its own, never folded."""

_EMPTY = Event()


def invitation(*, webinar: WebinarFacts, attendee: Attendee, method: Method, person_only: bool) -> bytes:
    """What a mail carries for one person: REQUEST when they are in, or something changed; CANCEL when it or they do not go.

    One attendee, the recipient; nobody else's address and no personal link is in it, since calendars are shared.
    `person_only` is a CANCEL for somebody who leaves a webinar that goes on: without STATUS (RFC 5546, 3.2.5).
    """
    before, after = _around(webinar, method, person_only)
    own: bytes = _EMPTY.content_line("ATTENDEE", _attendee(attendee)).to_ical()
    return before + own + after


@lru_cache(maxsize=64)
def _around(webinar: WebinarFacts, method: Method, person_only: bool) -> tuple[bytes, bytes]:
    """The object before and after its ATTENDEE: the rest is the same for all who are mailed at one moment, and takes long."""
    event = _event(webinar, cancelled=method == "CANCEL" and not person_only)
    if person_only:
        del event["STATUS"]
    event.add("ORGANIZER", _person(webinar.organiser_name, webinar.organiser_address), encode=False)
    event.add("ATTENDEE", _SOMEBODY, encode=False)
    if method == "REQUEST":
        event.add_component(_alarm(webinar))
    mark = f"\r\nATTENDEE:{_SOMEBODY}".encode()  # a text cannot hold it: its line ends are written as "\n"
    before, _mark, after = bytes(_object(method, [event]).to_ical()).partition(mark)
    return before + b"\r\n", after


def published(webinars: Iterable[WebinarFacts], *, name: str = "") -> bytes:
    """What is downloaded, and what a calendar that has a `name` follows. Cancelled webinars stay in it, as cancelled.

    Nobody is invited (RFC 5546, 3.2.1: a PUBLISH has no ATTENDEE). The same webinars give the same bytes.
    """
    events = []
    for webinar in webinars:
        event = _event(webinar, cancelled=webinar.cancelled)
        event.add("ORGANIZER", _person(webinar.organiser_name, webinar.organiser_address), encode=False)
        if not webinar.cancelled:
            event.add_component(_alarm(webinar))
        events.append(event)
    calendar = _object("PUBLISH", events)
    if name:
        calendar.add("NAME", vText(name))  # RFC 7986; the X- names are what Outlook, Google and Apple read
        calendar.add("X-WR-CALNAME", vText(name))
        calendar.add("X-WR-TIMEZONE", AMSTERDAM.key)
        calendar.add("REFRESH-INTERVAL", vDuration(ASKED_AGAIN, params={"VALUE": "DURATION"}))
        calendar.add("X-PUBLISHED-TTL", vDuration(ASKED_AGAIN))
    return bytes(calendar.to_ical())


def _object(method: str, events: Iterable[Event]) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    calendar.add_component(Timezone.from_ical(ZONE))
    for event in events:
        calendar.add_component(event)
    return calendar


def _event(webinar: WebinarFacts, *, cancelled: bool) -> Event:
    event = Event()
    event.add("UID", webinar.uid)
    event.add("SEQUENCE", webinar.sequence)
    event.add("DTSTAMP", webinar.made_at.astimezone(UTC).replace(microsecond=0))
    # With the zone's name, never an offset: the library would call that zone "UTC+01:00", which no calendar knows.
    event.add("DTSTART", webinar.starts_at.astimezone(AMSTERDAM))
    event.add("DTEND", webinar.ends_at.astimezone(AMSTERDAM))
    event.add("SUMMARY", _printable(webinar.title))
    event.add("DESCRIPTION", _printable("\n\n".join(part for part in (webinar.text, webinar.page) if part)))
    event.add("LOCATION", webinar.page)
    event.add("URL", webinar.page)
    event.add("STATUS", "CANCELLED" if cancelled else "CONFIRMED")
    return event


def _alarm(webinar: WebinarFacts) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", _printable(webinar.title))
    alarm.add("TRIGGER", -WARNED_BEFORE)
    return alarm


def _attendee(attendee: Attendee) -> vCalAddress:
    person = _person(attendee.name, attendee.address)
    person.params["ROLE"] = vText("REQ-PARTICIPANT")
    person.params["PARTSTAT"] = vText("ACCEPTED")  # they said so on our page: no calendar asks them once more
    person.params["RSVP"] = vText("FALSE")
    return person


def _person(name: str, address: str) -> vCalAddress:
    """A CAL-ADDRESS. A double quote in a name would become "^'" (RFC 6868), which calendars show as it is."""
    person = vCalAddress(f"mailto:{quote(address, safe=MAILTO_SAFE)}")
    shown = " ".join(_printable(name).replace('"', "").replace("^", "").split())
    if shown:
        person.params["CN"] = vText(shown)
    return person


def _printable(text: str) -> str:
    """Without control characters, which no text value may hold (RFC 5545, 3.3.11)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or (ord(sign) >= 32 and ord(sign) != 127))
