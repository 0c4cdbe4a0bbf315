"""Softness: when an address that keeps failing for now is given up. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MAILINGS = 3
"""Mailings in a row that came back."""

PERIOD = timedelta(days=14)
"""Time that must lie between the first and the last of them: a mailbox that is full in a holiday is not given up."""


@dataclass(frozen=True)
class Sending:
    """One mail to one address: when it left, in which mailing, and whether it came back through the recipient's fault."""

    at: datetime
    mailing_id: int
    failed: bool


def is_given_up(sendings: Sequence[Sending]) -> bool:
    """Whether the last failures, with no success between them, are of enough mailings over enough time.

    What left after the last failure does not count: it may yet come back.
    """
    latest_first = sorted(sendings, key=lambda one: one.at, reverse=True)
    while latest_first and not latest_first[0].failed:
        latest_first.pop(0)
    row: list[Sending] = []
    for one in latest_first:
        if not one.failed:
            break
        row.append(one)
    return len({one.mailing_id for one in row}) >= MAILINGS and row[0].at - row[-1].at >= PERIOD
