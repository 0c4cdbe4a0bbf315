"""Calendar objects: other programs read what we write, at both switches of the clock; a change meets the same event."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from service.webinars.calendars import invitation, published
from service.webinars.facts import Attendee, WebinarFacts

NOW = datetime(2026, 10, 1, 9, 30, 15, 250, tzinfo=UTC)

JAN = Attendee('Jan "de" Vries, MSc', "jan+werk@emmen.nl")

MOMENTS = {
    "winter": datetime(2026, 12, 8, 9, tzinfo=UTC),
    "summer": datetime(2027, 6, 8, 8, tzinfo=UTC),
    "the day before the clock goes back": datetime(2026, 10, 24, 8, tzinfo=UTC),
    "the day that the clock goes back": datetime(2026, 10, 25, 9, tzinfo=UTC),
    "over the hour that comes twice": datetime(2026, 10, 24, 23, 30, tzinfo=UTC),
    "the day before the clock goes forward": datetime(2027, 3, 27, 9, tzinfo=UTC),
    "the day that the clock goes forward": datetime(2027, 3, 28, 8, tzinfo=UTC),
    "over the hour that there is not": datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
}


def facts(starts_at: datetime = MOMENTS["winter"], **more: object) -> WebinarFacts:
    known = WebinarFacts(
        uid="8f0e2f4e-5a0b-4a7e-9d0e-6f6f1f1b2c3d",
        sequence=3,
        title="Lachgas; wat, kan \\ uw gemeente doen? Één avond over cijfers, handhaving en wat er werkt",
        text="Eerste regel\nTweede, met komma; en puntkomma",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        cancelled=False,
        page="https://kennispost.example/webinars/lachgas",
        organiser_name="Kennispost",
        organiser_address="redactie@kennispost.example",
        made_at=NOW,
    )
    return replace(known, **more)


def read(data: bytes) -> Calendar:
    """What the library reads, after what the standard asks of lines."""
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    for line in data.split(b"\r\n"):
        line.decode()  # no sign is cut in two at the end of a line
    return Calendar.from_ical(data)


def event_of(data: bytes):
    (event,) = read(data).walk("VEVENT")
    return event


def invited(webinar: WebinarFacts, method: str = "REQUEST", *, person_only: bool = False) -> bytes:
    return invitation(webinar=webinar, attendee=JAN, method=method, person_only=person_only)


def test_an_invitation_says_what_each_calendar_asks_for() -> None:
    data = invited(facts())
    read_back, event = read(data), event_of(data)
    assert (read_back["METHOD"], read_back["VERSION"], read_back["CALSCALE"]) == (
        "REQUEST",
        "2.0",
        "GREGORIAN",
    )
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (facts().uid, 3, "CONFIRMED")
    assert event["SUMMARY"] == facts().title
    assert event["DESCRIPTION"] == f"{facts().text}\n\n{facts().page}"
    assert event["URL"] == event["LOCATION"] == facts().page
    assert event["DTSTAMP"].dt == NOW.replace(microsecond=0)
    assert b"DTSTAMP:20261001T093015Z\r\n" in data
    assert b"DTSTART;TZID=Europe/Amsterdam:20261208T100000\r\n" in data
    assert str(event["ORGANIZER"]) == "mailto:redactie@kennispost.example"
    attendee = event["ATTENDEE"]
    assert str(attendee) == "mailto:jan+werk@emmen.nl"
    assert dict(attendee.params) == {
        "CN": "Jan de Vries, MSc", "PARTSTAT": "ACCEPTED", "ROLE": "REQ-PARTICIPANT", "RSVP": "FALSE",
    }  # fmt: skip
    (alarm,) = event.walk("VALARM")
    assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", timedelta(minutes=-15))
    assert data.count(b"METHOD:") == data.count(b"BEGIN:VTIMEZONE") == 1


def test_the_time_zone_is_two_rules_and_no_list_of_dates() -> None:
    data = invited(facts())
    assert data.count(b"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n") == 1
    assert data.count(b"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n") == 1
    assert b"DTSTART:19700329T020000\r\n" in data
    assert b"DTSTART:19701025T030000\r\n" in data
    assert b"RDATE" not in data


def test_a_webinar_that_is_cancelled_says_so_and_warns_of_nothing() -> None:
    event = event_of(invited(facts(cancelled=True), "CANCEL"))
    assert (event["STATUS"], event.walk("VALARM")) == ("CANCELLED", [])


def test_who_leaves_a_webinar_that_goes_on_gets_a_cancel_without_status() -> None:
    data = invited(facts(), "CANCEL", person_only=True)
    assert b"STATUS" not in data
    assert str(event_of(data)["ATTENDEE"]) == "mailto:jan+werk@emmen.nl"
    assert read(data)["METHOD"] == "CANCEL"


def test_a_feed_invites_nobody_and_keeps_what_was_cancelled() -> None:
    gone = facts(uid="gone", cancelled=True)
    data = published([facts(), gone], name="Webinars; van, ons")
    read_back = read(data)
    first, second = read_back.walk("VEVENT")
    assert read_back["METHOD"] == "PUBLISH"
    assert b"\r\nNAME:Webinars\\; van\\, ons\r\n" in data  # RFC 7986: the library reads no escapes here
    assert (first["STATUS"], second["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert ("ATTENDEE" in first, "ATTENDEE" in second) == (False, False)
    assert (len(first.walk("VALARM")), len(second.walk("VALARM"))) == (1, 0)
    assert published([facts(), gone], name="Webinars; van, ons") == data
    assert len(read(published([])).walk("VEVENT")) == 0


def test_what_two_people_get_differs_in_the_attendee_alone() -> None:
    """The rest is written once for all; a text that looks like an attendee does not come in between."""
    webinar = facts(title="ATTENDEE:mailto:somebody@attendee.invalid", text="x\r\nATTENDEE:mailto:a@b.nl\r\n")
    ann = Attendee("Ann " + "van " * 30 + "Dam", "ann@emmen.nl")
    made = [
        invitation(webinar=webinar, attendee=one, method="REQUEST", person_only=False) for one in (JAN, ann)
    ]
    for data, address in zip(made, ("jan+werk@emmen.nl", "ann@emmen.nl"), strict=True):
        assert str(event_of(data)["ATTENDEE"]) == f"mailto:{address}"
        assert b"mailto:somebody@attendee.invalid" not in data.replace(b"\r\n ", b"").split(b"ALARM")[
            0
        ].replace(b"SUMMARY:ATTENDEE:mailto:somebody@attendee.invalid", b"")
    without = [_without_attendee(data) for data in made]
    assert without[0] == without[1]


def _without_attendee(data: bytes) -> list[bytes]:
    lines = data.replace(b"\r\n ", b"").split(b"\r\n")
    return [line for line in lines if not line.startswith(b"ATTENDEE")]


@pytest.mark.parametrize("name", MOMENTS)
def test_the_moment_is_the_same_instant_for_who_reads_it(name: str) -> None:
    event = event_of(invited(facts(MOMENTS[name])))
    assert event["DTSTART"].dt.astimezone(UTC) == MOMENTS[name]
    assert event["DTSTART"].params["TZID"] == "Europe/Amsterdam"


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=60))
def test_no_text_breaks_the_file(title: str, text: str, name: str) -> None:
    data = invitation(
        webinar=facts(title=title, text=text),
        attendee=Attendee(name, "jan@emmen.nl"),
        method="REQUEST",
        person_only=False,
    )
    event = event_of(data)
    assert str(event["ATTENDEE"]) == "mailto:jan@emmen.nl"
    assert data.count(b"\r\nBEGIN:VEVENT\r\n") == data.count(b"\r\nATTENDEE") == 1
