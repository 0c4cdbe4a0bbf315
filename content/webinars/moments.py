"""Moments: wall-clock time in Europe/Amsterdam and instants, and when the reminders of a webinar are due. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

OPENS_BEFORE = timedelta(minutes=15)
"""The room can be joined from this long before the start."""

LATE_START = timedelta(minutes=15)
"""How long after the start "we start" may still leave."""


class Reminder(StrEnum):
    """The reminders, in order; each is also the last part of the name of its mail's folder."""

    DAY = "day"
    HOUR = "hour"
    START = "start"


def reminders(starts_at: datetime) -> Mapping[Reminder, datetime]:
    """When each reminder is due, in UTC.

    A day before is the same time of the clock on the day before, so that "tomorrow at ten" is read at ten also where the
    clock changes in between. An hour before is sixty minutes. "We start" is read five minutes before.
    """
    local = starts_at.astimezone(AMSTERDAM)
    return {
        Reminder.DAY: (local - timedelta(days=1)).astimezone(UTC),
        Reminder.HOUR: starts_at - timedelta(hours=1),
        Reminder.START: starts_at - timedelta(minutes=5),
    }


def missed_from(starts_at: datetime, reminder: Reminder) -> datetime:
    """From when a reminder that did not leave is missed: the next one is due, or the webinar has been going on for a while."""
    due = reminders(starts_at)
    return {
        Reminder.DAY: due[Reminder.HOUR],
        Reminder.HOUR: due[Reminder.START],
        Reminder.START: starts_at + LATE_START,
    }[reminder]
