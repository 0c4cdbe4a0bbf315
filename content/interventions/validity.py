"""Validity: until when a recognition holds. Committees judge anew every 5 years; no page says when, so this is derived."""

from datetime import date, datetime, timedelta

from content.interventions.changes import Change, Kind

YEARS = 5
"""How long a recognition holds (RIVM, erkenningstraject)."""

WARNING = timedelta(days=182)
"""How long before its end a recognition is said to expire soon."""


def expiry(level_date: str) -> date | None:
    """The day on which a recognition of this day (ISO 8601) runs out; None where there is no such day."""
    try:
        judged = date.fromisoformat(level_date)
    except ValueError:
        return None
    if judged.year + YEARS > date.max.year:
        return None
    try:
        return judged.replace(year=judged.year + YEARS)
    except ValueError:  # 29 February
        return date(judged.year + YEARS, 3, 1)


def crossings(key: str, level_date: str, *, since: datetime | None, now: datetime) -> tuple[Change, ...]:
    """What ran out, or began to, after `since` and not after `now`: each moment is passed once.

    Without `since` nothing did: what lies before the first look is no news.
    """
    ends = expiry(level_date)
    if ends is None or since is None:
        return ()
    moments = ((Kind.EXPIRING_SOON, ends - WARNING), (Kind.EXPIRED, ends))
    return tuple(
        Change(kind, key, "level_date", level_date, ends.isoformat(), derived=True)
        for kind, moment in moments
        if since.date() < moment <= now.date()
    )
