"""The form of a webinar: what it shows, and what was typed as a plan, or what is wrong with it, by field. Pure."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from content.errors import WebinarRefused
from content.webinars.making import Plan
from content.webinars.tables import ForWhom, RoomKind, Webinar
from service.clock import AMSTERDAM
from service.desk.moments import wall_moment
from service.errors import MomentRefused, MomentSkipped
from service.i18n import _

LONGEST_TITLE = 160
LONGEST_SUMMARY = 8_000
MOST_SEATS = 100_000

NOT_A_MOMENT = _("Vul een dag en een tijd in, bijvoorbeeld 8 december 2026 om 10.00 uur.")
SKIPPED = _("Dit tijdstip bestaat niet: die nacht gaat de klok een uur vooruit. Kies een andere tijd.")
WRONG = {
    "title": _("Vul een titel in."),
    "language": _("Kies Nederlands of Engels."),
    "starts_at": _("Een webinar kan niet in het verleden beginnen. Kies een moment dat nog komt."),
    "ends_at": _("Het einde komt na het begin, en hoogstens twaalf uur later."),
    "capacity": _("Vul een aantal plaatsen in vanaf 1, of laat het leeg: dan is er geen grens."),
    "closes_at": _(
        "De aanmelding sluit voor het webinar begint. Kies een eerder moment, of laat beide leeg."
    ),
    "for_whom": _("Kies voor wie het webinar is."),
    "room_kind": _("Kies waar het webinar is."),
    "room_address": _("Het adres van de ruimte begint met https://."),
    "tags": _("Een van de onderwerpen kennen we niet. Kies uit de lijst."),
    "series_id": _("Deze reeks bestaat niet (meer). Kies een andere."),
}
"""What the form says of a field, in the reader's language."""


class WebinarForm(BaseModel):
    """What the form sends, as it was typed."""

    title: str = ""
    summary: str = ""
    language: str = "nl"
    tags: list[str] = []
    day: str = ""
    starts: str = ""
    ends: str = ""
    capacity: str = ""
    closes_day: str = ""
    closes_time: str = ""
    for_whom: str = ForWhom.EVERYONE
    room_kind: str = RoomKind.LINK
    room_address: str = ""
    series_id: str = ""
    notice: str = ""


@dataclass(frozen=True)
class Read:
    """What was typed: a plan, or, where something is wrong, no plan and what it is, by field."""

    plan: Plan | None
    problems: dict[str, str]


def filled(webinar: Webinar) -> WebinarForm:
    """The form of a webinar that is there."""
    start, end = (moment.astimezone(AMSTERDAM) for moment in (webinar.starts_at, webinar.ends_at))
    closes = webinar.closes_at.astimezone(AMSTERDAM) if webinar.closes_at else None
    return WebinarForm(
        title=webinar.title,
        summary=webinar.summary,
        language=webinar.language,
        tags=list(webinar.tags),
        day=f"{start:%Y-%m-%d}",
        starts=f"{start:%H:%M}",
        ends=f"{end:%H:%M}",
        capacity="" if webinar.capacity is None else str(webinar.capacity),
        closes_day=f"{closes:%Y-%m-%d}" if closes else "",
        closes_time=f"{closes:%H:%M}" if closes else "",
        for_whom=webinar.for_whom,
        room_kind=webinar.room_kind,
        room_address=webinar.room_address,
        series_id=str(webinar.series_id or ""),
    )


def read(form: WebinarForm, before: Webinar | None = None) -> Read:
    """What was typed. `before` is what a webinar was: times that nobody touched are the instants that they were."""
    problems: dict[str, str] = {}
    if not form.title.strip():
        problems["title"] = WRONG["title"]
    if form.language not in ("nl", "en"):
        problems["language"] = WRONG["language"]
    starts_at = _moment(form.day, form.starts, "starts_at", problems)
    ends_at = _moment(form.day, form.ends, "ends_at", problems)
    closes_at = None
    if form.closes_day.strip() or form.closes_time.strip():
        closes_at = _moment(form.closes_day, form.closes_time, "closes_at", problems)
    capacity = _number(form.capacity, "capacity", problems)
    series_id = _number(form.series_id, "series_id", problems)
    if problems.get("ends_at") == problems.get("starts_at"):
        problems.pop("ends_at", None)  # one sentence about the day is enough
    if problems or starts_at is None or ends_at is None:
        return Read(None, problems)
    if before is not None and (form.day, form.starts, form.ends) == _as_typed(before):
        # The second 2.30 of the night in October stays the second.
        starts_at, ends_at = before.starts_at, before.ends_at
    plan = _plan(
        form,
        starts_at=starts_at,
        ends_at=ends_at,
        closes_at=closes_at,
        capacity=capacity,
        series_id=series_id,
    )
    return Read(plan, {})


def problem_of(error: WebinarRefused) -> dict[str, str]:
    """What a form says of a refusal, by field."""
    field = str(error.args[1]) if len(error.args) > 1 else "title"
    return {field: WRONG.get(field, WRONG["title"])}


def _plan(
    form: WebinarForm,
    *,
    starts_at: datetime,
    ends_at: datetime,
    closes_at: datetime | None,
    capacity: int | None,
    series_id: int | None,
) -> Plan:
    return Plan(
        title=form.title.replace("\0", "").strip()[:LONGEST_TITLE],
        starts_at=starts_at,
        ends_at=ends_at,
        summary=form.summary.replace("\0", "").strip()[:LONGEST_SUMMARY],
        language=form.language,
        tags=tuple(form.tags),
        capacity=capacity,
        closes_at=closes_at,
        for_whom=form.for_whom,
        room_kind=form.room_kind,
        room_address=form.room_address.replace("\0", "").strip(),
        series_id=series_id,
    )


def _as_typed(webinar: Webinar) -> tuple[str, str, str]:
    shown = filled(webinar)
    return shown.day, shown.starts, shown.ends


def _moment(day: str, time: str, field: str, problems: dict[str, str]) -> datetime | None:
    try:
        return wall_moment(day, time)
    except MomentSkipped:
        problems[field] = SKIPPED
    except MomentRefused:
        problems[field] = NOT_A_MOMENT
    return None


def _number(typed: str, field: str, problems: dict[str, str]) -> int | None:
    text = typed.strip().replace(".", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:12]) <= MOST_SEATS:
        problems[field] = WRONG[field]
        return None
    return int(text)
