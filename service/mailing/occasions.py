"""Occasions: the kinds of mails of a webinar, to whom each still applies, and what it does to a calendar. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from content.webinars.moments import Reminder, missed_from
from content.webinars.tables import Webinar
from service.webinars.facts import Method
from subscribers.registrations.tables import TAKING_PART, Standing

_NOT_SEATED = tuple(one for one in Standing if one != Standing.SEAT)


@dataclass(frozen=True)
class Occasion:
    """A kind of mail. It leaves only to who stands in one of `to` at that moment; `link` is where its button leads.

    `calendar` is what it does to the calendars of those who have, or had, a seat.
    """

    to: Collection[str]
    link: str = "place"
    calendar: Method | None = None


OCCASIONS: dict[str, Occasion] = {
    "webinar-confirm": Occasion((Standing.ASKED,)),
    "webinar-known": Occasion(TAKING_PART),
    "webinar-seat": Occasion((Standing.SEAT,), calendar="REQUEST"),
    "webinar-waiting": Occasion((Standing.WAITING,)),
    "webinar-recording": Occasion((Standing.RECORDING,), calendar="CANCEL"),
    "webinar-offer": Occasion((Standing.OFFERED,)),
    "webinar-lapsed": Occasion((Standing.LAPSED,), link="page"),
    "webinar-withdrawn": Occasion((Standing.WITHDRAWN,), link="page", calendar="CANCEL"),
    "webinar-take-over": Occasion(_NOT_SEATED),
    "webinar-handed-over": Occasion((Standing.HANDED_OVER,), link="page", calendar="CANCEL"),
    "webinar-changed": Occasion((Standing.SEAT, Standing.OFFERED, Standing.WAITING), calendar="REQUEST"),
    "webinar-other-end": Occasion((Standing.SEAT, Standing.OFFERED, Standing.WAITING), calendar="REQUEST"),
    "webinar-cancelled": Occasion(TAKING_PART, link="page", calendar="CANCEL"),
    "webinar-day": Occasion((Standing.SEAT,), link="join"),
    "webinar-hour": Occasion((Standing.SEAT,), link="join"),
    "webinar-start": Occasion((Standing.SEAT,), link="join"),
    "webinar-attended": Occasion((Standing.SEAT,), link="recording"),
    "webinar-absent": Occasion((Standing.SEAT,), link="recording"),
    "webinar-recorded": Occasion((Standing.SEAT, Standing.RECORDING, Standing.WAITING), link="recording"),
}
"""Every kind; each has a folder of this name under templates/emails."""

BY_STANDING = {
    Standing.SEAT: "webinar-seat",
    Standing.WAITING: "webinar-waiting",
    Standing.RECORDING: "webinar-recording",
    Standing.OFFERED: "webinar-offer",
    Standing.LAPSED: "webinar-lapsed",
    Standing.WITHDRAWN: "webinar-withdrawn",
    Standing.HANDED_OVER: "webinar-handed-over",
    Standing.ASKED: "webinar-confirm",
}
"""The mail that tells somebody where they stand now."""

REMINDERS = {reminder: f"webinar-{reminder}" for reminder in Reminder}
"""The mail of each reminder."""

OTHER_END = "webinar-other-end"
"""A mail that names no start, and is said once more where the end changes again."""

OF_THE_MOMENT = (*REMINDERS.values(), "webinar-changed", OTHER_END)
"""Mails of a start: a later move makes those that still wait untrue. Another end does not: each names the one there is then."""

PERSON_ONLY = frozenset({"webinar-recording", "webinar-withdrawn", "webinar-handed-over"})
"""Mails that take the webinar out of one calendar, and leave it in the others'."""

AFTERWARDS = frozenset(
    {
        "webinar-recording", "webinar-withdrawn", "webinar-handed-over", "webinar-cancelled",
        "webinar-attended", "webinar-absent", "webinar-recorded",
    }
)  # fmt: skip
"""Mails that are about nothing that is still to come."""

BEFOREHAND = frozenset(
    {"webinar-confirm", "webinar-waiting", "webinar-offer", "webinar-lapsed", "webinar-take-over"}
)
"""Mails about a seat that can still be had, which is so until the start."""


def comes_too_late(kind: str, webinar: Webinar, now: datetime) -> bool:
    """Whether a mail that waited, for a relay that was down or asked to come back, would say what is over."""
    for reminder, mail in REMINDERS.items():
        if kind == mail:
            return now >= missed_from(webinar.starts_at, reminder)
    last = webinar.starts_at if kind in BEFOREHAND else webinar.ends_at
    return kind not in AFTERWARDS and last <= now
