"""The whole schedule, in one table. Pure: it says which moment of each line came last; rows decide what was done.

    name             when                                                    gives up
    harvest          every hour, at 7 past                                   after 1 hour (the next one takes over)
    crawl            every night at 01:40                                    after 5 hours (the next night takes over)
    bounces          every 5 minutes, where a mailbox for them is set        after 5 minutes (the next one takes over)
    open-draft       `draft_days_before` days before the monthly moment      at the monthly moment
    remind-editors   `remind_days_before` days before the monthly moment     at the monthly moment
    open-digest      `digest_draft_days_before` days before the weekly one   at the weekly moment
    remind-digest    a day before the weekly moment                          at the weekly moment
    draft-alerts     every hour, at 22 past                                  after 1 hour (the next one takes over)
    welcome          every day at 09:40                                      after 10 hours (the next day takes over)
    still-you        every workday at 10:20                                  after 6 hours (the next one takes over)
    send             at each issue's own `send_at`                           after `send_expires_hours`; then a person is asked
    tidy             every night at 03:20                                    after 1 day

The monthly moment is `monthly_day` at `monthly_time` in Europe/Amsterdam, the weekly one `digest_day` at `digest_time`. Days
before them are days of the calendar, at the same time of the clock, so a change to summer time in between moves nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.cron import CronTrigger

from service.clock import AMSTERDAM
from service.settings import Settings


@dataclass(frozen=True)
class Due:
    """A moment that has come. `expires_at` is when it no longer happens by itself; `issue_id` is set where it sends one."""

    schedule: str
    due_at: datetime
    expires_at: datetime
    issue_id: int | None = None


NEVER = "never"
"""The day of a digest that there is not."""

Moments = Callable[[Settings, datetime, datetime], list[datetime]]


@dataclass(frozen=True)
class Line:
    """One line of the schedule. `moments` lists those in a period; `lasts` is how long after its moment it may still happen.

    A `slow` line takes so long that the others must not wait for it.
    """

    name: str
    moments: Moments
    lasts: Callable[[Settings], timedelta]
    looks_back: timedelta
    slow: bool = False


def monthly_moments(settings: Settings, after: datetime, until: datetime) -> list[datetime]:
    """The moments of the monthly issue in a period, in UTC."""
    hour, minute = settings.monthly_time.split(":")
    return _fires(
        CronTrigger(day=settings.monthly_day, hour=hour, minute=minute, timezone=AMSTERDAM), after, until
    )


def weekly_moments(settings: Settings, after: datetime, until: datetime) -> list[datetime]:
    """The moments of the weekly digest in a period, in UTC; none where there is no digest."""
    if settings.digest_day == NEVER:
        return []
    hour, minute = settings.digest_time.split(":")
    trigger = CronTrigger(day_of_week=settings.digest_day, hour=hour, minute=minute, timezone=AMSTERDAM)
    return _fires(trigger, after, until)


def days_before(days: Callable[[Settings], int], of: Moments = monthly_moments) -> Moments:
    """Moments some calendar days before each moment of an issue, at the same time of the clock."""

    def moments(settings: Settings, after: datetime, until: datetime) -> list[datetime]:
        back = timedelta(days=days(settings))
        of_issues = of(settings, after, until + back + timedelta(days=1))
        earlier = [(moment.astimezone(AMSTERDAM) - back).astimezone(UTC) for moment in of_issues]
        return [moment for moment in earlier if after < moment <= until]

    return moments


def _hourly(_settings: Settings, after: datetime, until: datetime) -> list[datetime]:
    # In UTC: an hour is an hour, also in the night that the clock goes back.
    return _fires(CronTrigger(minute=7, timezone=UTC), after, until)


def _hourly_after(_settings: Settings, after: datetime, until: datetime) -> list[datetime]:
    return _fires(CronTrigger(minute=22, timezone=UTC), after, until)


def _nightly(_settings: Settings, after: datetime, until: datetime) -> list[datetime]:
    return _fires(CronTrigger(hour=3, minute=20, timezone=AMSTERDAM), after, until)


def _workday_mornings(_settings: Settings, after: datetime, until: datetime) -> list[datetime]:
    return _fires(CronTrigger(day_of_week="mon-fri", hour=10, minute=20, timezone=AMSTERDAM), after, until)


def _by_night(_settings: Settings, after: datetime, until: datetime) -> list[datetime]:
    # Before two o'clock: the hour from two to three comes twice or not at all when the clock changes.
    return _fires(CronTrigger(hour=1, minute=40, timezone=AMSTERDAM), after, until)


def _by_day(_settings: Settings, after: datetime, until: datetime) -> list[datetime]:
    return _fires(CronTrigger(hour=9, minute=40, timezone=AMSTERDAM), after, until)


def _every_five_minutes(settings: Settings, after: datetime, until: datetime) -> list[datetime]:
    if not settings.bounces:
        return []
    return _fires(CronTrigger(minute="*/5", timezone=UTC), after, until)


SCHEDULE = (
    Line(
        "open-draft",
        days_before(lambda settings: settings.draft_days_before),
        lambda settings: timedelta(days=settings.draft_days_before),
        looks_back=timedelta(days=62),
    ),
    Line(
        "remind-editors",
        days_before(lambda settings: settings.remind_days_before),
        lambda settings: timedelta(days=settings.remind_days_before),
        looks_back=timedelta(days=62),
    ),
    Line(
        "open-digest",
        days_before(lambda settings: settings.digest_draft_days_before, weekly_moments),
        lambda settings: timedelta(days=settings.digest_draft_days_before),
        looks_back=timedelta(days=14),
    ),
    Line(
        "remind-digest",
        days_before(lambda _settings: 1, weekly_moments),
        lambda _settings: timedelta(days=1),
        looks_back=timedelta(days=14),
    ),
    Line("draft-alerts", _hourly_after, lambda _settings: timedelta(hours=1), looks_back=timedelta(hours=2)),
    Line("welcome", _by_day, lambda _settings: timedelta(hours=10), looks_back=timedelta(days=2)),
    Line("still-you", _workday_mornings, lambda _settings: timedelta(hours=6), looks_back=timedelta(days=4)),
    Line("tidy", _nightly, lambda _settings: timedelta(days=1), looks_back=timedelta(days=2)),
    Line(
        "bounces",
        _every_five_minutes,
        lambda _settings: timedelta(minutes=5),
        looks_back=timedelta(minutes=10),
    ),
    Line("harvest", _hourly, lambda _settings: timedelta(hours=1), looks_back=timedelta(hours=2)),
    Line("crawl", _by_night, lambda _settings: timedelta(hours=5), looks_back=timedelta(hours=12), slow=True),
)
"""What repeats, the longest last. Sending is not in it: its moments are the rows of the issues themselves."""


def latest_due(line: Line, settings: Settings, now: datetime) -> Due | None:
    """The last moment of a line that has come; earlier ones that were missed are covered by it."""
    moments = line.moments(settings, now - line.looks_back, now)
    if not moments:
        return None
    return Due(schedule=line.name, due_at=moments[-1], expires_at=moments[-1] + line.lasts(settings))


def send_due(issue_id: int, send_at: datetime, settings: Settings) -> Due:
    """The moment at which an issue is to leave."""
    return Due(
        f"send-issue-{issue_id}", send_at, send_at + timedelta(hours=settings.send_expires_hours), issue_id
    )


def next_monthly(settings: Settings, now: datetime) -> datetime:
    """The next moment of the monthly issue."""
    return monthly_moments(settings, now, now + timedelta(days=62))[0]


def next_weekly(settings: Settings, now: datetime) -> datetime | None:
    """The next moment of the weekly digest; None where there is no digest."""
    return next(iter(weekly_moments(settings, now, now + timedelta(days=8))), None)


def upcoming(settings: Settings, now: datetime) -> list[tuple[str, datetime]]:
    """The next moment of each line, soonest first, with those of the monthly issue and the digest among them."""
    ahead = [(line.name, _first(line, settings, now)) for line in SCHEDULE]
    ahead.append(("digest", next_weekly(settings, now)))
    coming = [(name, moment) for name, moment in ahead if moment is not None]
    return sorted([*coming, ("monthly", next_monthly(settings, now))], key=lambda pair: pair[1])


def _first(line: Line, settings: Settings, now: datetime) -> datetime | None:
    """The next moment of a line: within the hour if there is one, since some have thousands in two months."""
    for ahead in (timedelta(hours=1), timedelta(days=62)):
        if moments := line.moments(settings, now, now + ahead):
            return moments[0]
    return None


def _fires(trigger: CronTrigger, after: datetime, until: datetime) -> list[datetime]:
    fires: list[datetime] = []
    previous: datetime | None = None
    start = after + timedelta(microseconds=1)
    while (fire := trigger.get_next_fire_time(previous, start)) is not None and fire <= until:
        # In the night that the clock goes back an hour comes twice: a wall-clock moment fires the first time only.
        if previous is None or fire.replace(tzinfo=None) != previous.replace(tzinfo=None):
            fires.append(fire.astimezone(UTC))
        previous, start = fire, fire.astimezone(UTC) + timedelta(seconds=1)
    return fires
