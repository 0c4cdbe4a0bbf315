"""Structured data: a webinar as search engines and agendas read it off its page (schema.org Event, JSON-LD). Pure."""

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from content.webinars.tables import Speaker, Webinar, WebinarStatus
from service.clock import AMSTERDAM
from service.webinars.facts import WebinarFacts

SCHEMA = "https://schema.org"

LONGEST_DESCRIPTION = 300


def event_of(facts: WebinarFacts, webinar: Webinar, speakers: Sequence[Speaker]) -> dict[str, Any]:
    """The event. Moments have Amsterdam's offset; after a move the start that people knew is in it."""
    event: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "Event",
        "name": facts.title,
        "description": described(facts),
        "startDate": facts.starts_at.astimezone(AMSTERDAM).isoformat(),
        "endDate": facts.ends_at.astimezone(AMSTERDAM).isoformat(),
        "eventAttendanceMode": f"{SCHEMA}/OnlineEventAttendanceMode",
        "eventStatus": f"{SCHEMA}/EventScheduled",
        "location": {"@type": "VirtualLocation", "url": facts.page},
        "organizer": {"@type": "Organization", "name": facts.organiser_name},
        "performer": [{"@type": "Person", "name": one.name} for one in speakers],
        "inLanguage": webinar.language,
        "isAccessibleForFree": True,
        "url": facts.page,
    }
    if webinar.capacity is not None:
        event["maximumVirtualAttendeeCapacity"] = webinar.capacity
    if webinar.previous_starts_at is not None:
        event["eventStatus"] = f"{SCHEMA}/EventRescheduled"
        event["previousStartDate"] = webinar.previous_starts_at.astimezone(AMSTERDAM).isoformat()
    if webinar.status == WebinarStatus.CANCELLED:
        event["eventStatus"] = f"{SCHEMA}/EventCancelled"
    return event


def described(facts: WebinarFacts) -> str:
    """What it is about, in a line for previews."""
    line = " ".join(facts.text.split())
    if len(line) <= LONGEST_DESCRIPTION:
        return line
    return line[:LONGEST_DESCRIPTION].rsplit(" ", 1)[0] + " …"


def as_script(event: dict[str, Any]) -> Markup:
    """The element for a page's head. No text in it can end it: `<`, `>` and `&` are written as escapes of JSON."""
    text = json.dumps(event, ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704  escaped just before
