"""Moments that a person types: a day and a time in Europe/Amsterdam, checked against both changes of the clock."""

from datetime import UTC, datetime

from service.clock import AMSTERDAM
from service.errors import MomentPast, MomentRefused, MomentSkipped


def typed_moment(day: str, time: str, *, now: datetime) -> datetime:
    """The instant of a day ("2027-03-28") and a time ("10:00") in Europe/Amsterdam, in UTC.

    In the hour that comes twice in October the first is meant.

    Raises:
        MomentRefused: not a day and a time.
        MomentSkipped: in the hour that the clock skips in March.
        MomentPast: not after `now`.
    """
    moment = wall_moment(day, time)
    if moment <= now:
        raise MomentPast(f"{day} {time} has been.")
    return moment


def wall_moment(day: str, time: str) -> datetime:
    """The same, of a moment that may have been.

    Raises:
        MomentRefused: not a day and a time.
        MomentSkipped: in the hour that the clock skips in March.
    """
    try:
        typed = datetime.fromisoformat(f"{day.strip()}T{time.strip()}")
    except ValueError as error:
        raise MomentRefused(f"{day!r} {time!r} is not a day and a time.") from error
    if typed.tzinfo is not None:
        raise MomentRefused("A time is typed without a zone.")
    moment = typed.replace(tzinfo=AMSTERDAM).astimezone(UTC)
    if moment.astimezone(AMSTERDAM).replace(tzinfo=None) != typed:
        raise MomentSkipped(f"The clock skips {typed:%H:%M} on {typed:%Y-%m-%d}.")
    return moment


def comes_twice(moment: datetime) -> bool:
    """Whether the clock in Amsterdam shows this time twice that night, and this instant is the first."""
    local = moment.astimezone(AMSTERDAM)
    return local.fold == 0 and local.replace(fold=1).utcoffset() != local.utcoffset()
