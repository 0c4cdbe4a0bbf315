"""The one clock. Everything that needs to know the time is handed a `Clock`; tests hand in one that they set."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(tz=UTC)
