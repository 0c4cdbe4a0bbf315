"""Freshness: for how long an answer says that it stays as it is, and for how long a server asks us to stay away."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 24 * 3600
"""Seconds. A feed that says "a year" is looked at once a day all the same: people make mistakes in headers."""

_AGE = re.compile(r"(?:^|[\s,])(s-maxage|max-age)\s*=\s*\"?(\d{1,10})", re.IGNORECASE)


@dataclass(frozen=True)
class Freshness:
    """Seconds, each at most a day: `fresh_for` by Cache-Control or Expires, `retry_after` by Retry-After."""

    fresh_for: int = 0
    retry_after: int = 0


def freshness(headers: Mapping[str, str], *, now: datetime) -> Freshness:
    """What the headers of an answer say (RFC 9111, 5.2 and 5.3; RFC 9110, 10.2.3).

    Dates count from the answer's own Date, so that a clock that is wrong there does no harm; without one from `now`.
    """
    here = _moment(headers.get("date", "")) or now
    return Freshness(_fresh_for(headers, here), _retry_after(headers.get("retry-after", ""), here))


def _fresh_for(headers: Mapping[str, str], here: datetime) -> int:
    control = headers.get("cache-control", "")
    if "no-cache" in control.lower() or "no-store" in control.lower():
        return 0
    if ages := _AGE.findall(control):
        own = [
            seconds for name, seconds in ages if name.lower() == "max-age"
        ]  # s-maxage is for shared caches
        age = headers.get("age", "")
        gone = int(age) if re.fullmatch(r"\d{1,10}", age) else 0
        return _bounded(int(own[0]) - gone) if own else 0
    expires = _moment(headers.get("expires", ""))
    return _bounded((expires - here).total_seconds()) if expires else 0


def _retry_after(text: str, here: datetime) -> int:
    if re.fullmatch(r"\s*\d+\s*", text):
        return _bounded(int(text[:20]))
    moment = _moment(text)
    return _bounded((moment - here).total_seconds()) if moment else 0


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bounded(seconds: float) -> int:
    return max(0, min(int(seconds), LONGEST))
