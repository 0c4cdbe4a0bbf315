"""A day and a time as a person types them, against the clock."""

from datetime import UTC, datetime

import pytest

from service.desk.moments import typed_moment
from service.errors import MomentPast, MomentRefused, MomentSkipped


def test_typed_moments_survive_both_changes_of_the_clock() -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    assert typed_moment("2027-03-28", "01:59", now=now) == datetime(2027, 3, 28, 0, 59, tzinfo=UTC)
    assert typed_moment("2027-03-28", "03:00", now=now) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert typed_moment("2027-10-31", "02:30", now=now) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    for skipped in ("02:00", "02:59"):
        with pytest.raises(MomentSkipped):
            typed_moment("2027-03-28", skipped, now=now)
    with pytest.raises(MomentPast):
        typed_moment("2026-12-01", "01:00", now=now)
    for odd in (("2027-01-01", "10:00+02:00"), ("morgen", "10:00"), ("2027-01-01", "25:00")):
        with pytest.raises(MomentRefused):
            typed_moment(*odd, now=now)
