"""Issues leave in the window that was set, by the clock in Amsterdam, and never on a public holiday when it says workdays."""

from datetime import UTC, datetime

import pytest

from service.clock import AMSTERDAM
from service.mailing.windows import is_open
from service.settings import Settings


def at(text: str) -> datetime:
    """A moment by the clock in Amsterdam."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


@pytest.mark.parametrize(
    ("window", "moment", "expected"),
    [
        ("", "2027-01-01T03:00", True),
        ("workdays 08:00-18:00", "2027-04-06T08:00", True),
        ("workdays 08:00-18:00", "2027-04-06T07:59", False),
        ("workdays 08:00-18:00", "2027-04-06T18:00", False),
        ("workdays 08:00-18:00", "2027-04-10T10:00", False),  # a Saturday
        ("workdays 08:00-18:00", "2027-03-29T10:00", False),  # Easter Monday
        ("workdays 08:00-18:00", "2027-04-27T10:00", False),  # King's Day
        ("workdays 08:00-18:00", "2026-12-25T10:00", False),
        ("workdays 08:00-18:00", "2027-05-05T10:00", True),  # Liberation Day is a day off each fifth year
        ("mon-sat 09:00-17:00", "2027-04-10T10:00", True),
        ("mon-sat 09:00-17:00", "2027-04-11T10:00", False),
        ("sat-mon 09:00-17:00", "2027-04-11T10:00", True),
        ("sat-mon 09:00-17:00", "2027-04-13T10:00", False),
        ("tue 00:00-24:00", "2027-04-13T23:59", True),
        ("tue 00:00-24:00", "2027-04-14T00:00", False),
        ("fri 22:00-02:00", "2027-04-10T01:59", True),
        ("fri 22:00-02:00", "2027-04-10T02:00", False),
        ("fri 22:00-02:00", "2027-04-09T01:00", False),
    ],
)
def test_a_window_is_open_when_it_says_so(window: str, moment: str, expected: bool) -> None:
    assert Settings(send_window=window).send_window == window
    assert is_open(window, at(moment)) is expected


@pytest.mark.parametrize("month", [1, 7])
def test_a_window_follows_the_clock_in_summer_and_winter(month: int) -> None:
    noon = datetime(2027, month, 6, 12, 0, tzinfo=UTC)
    local = noon.astimezone(AMSTERDAM)
    assert is_open(f"wed-tue {local:%H:%M}-{local.hour + 1:02}:00", noon)
    assert not is_open(f"wed-tue {local.hour - 1:02}:00-{local:%H:%M}", noon)


@pytest.mark.parametrize(
    "window", ["always", "mon 8-18", "workdays 18:00", "mon-xyz 08:00-18:00", "mon 08:00-25:00"]
)
def test_a_window_that_cannot_be_is_refused_at_the_start(window: str) -> None:
    with pytest.raises(ValueError, match="send_window"):
        Settings(send_window=window)
