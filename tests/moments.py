"""Moments in tests: written in UTC, and read on the clock of Amsterdam."""

from datetime import UTC, datetime

from service.clock import AMSTERDAM


def local(moment: datetime) -> str:
    return moment.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
