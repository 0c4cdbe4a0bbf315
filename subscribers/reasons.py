"""Reasons for leaving: asked after somebody left, never required, and kept without a name."""

from datetime import datetime

from sqlmodel import Session

from subscribers.errors import UnknownReason
from subscribers.requests import LeavingReason

REASONS = ("other-work", "too-often", "too-seldom", "not-my-topics", "too-long", "other-source", "other")
"""What can be chosen, most frequent first; the pages have the words."""


def note_reason(session: Session, *, reason: str, now: datetime) -> None:
    """Count why somebody left.

    Raises:
        UnknownReason: it is none of `REASONS`.
    """
    if reason not in REASONS:
        raise UnknownReason(f"{reason!r} is none of {', '.join(REASONS)}.")
    session.add(LeavingReason(at=now, reason=reason))
    session.flush()
