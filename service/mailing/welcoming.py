"""Welcoming: each day the mails of the welcome series are queued for whom their day has come, one INSERT … SELECT a step.

Each version of a step has one mailing, which goes on for as long as there are newcomers: it is finished whenever all its
deliveries have ended, and goes on when the next are queued. What was approved is what it sends: a version in use never changes.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, update
from sqlmodel import Session, col, select

from content.approval import content_hash
from content.issues import Issue
from content.welcome import Version, WelcomeStep, in_use, put_into_use, series
from service.errors import ContentChanged, MailingEnded
from service.mailing.moves import reopen
from service.mailing.outbox import Delivery, Mailing
from service.mailing.planning import open_mailing
from service.mailing.queueing import queue_readers, skip_queued, suppress_queued
from service.mailing.variants import choose_variants
from service.runtime import Runtime
from subscribers.newcomers import newcomers, see_off
from subscribers.people import Stream, Subscriber

LATE = timedelta(days=14)
"""A mail that is later than this for a reader is left out: they are no newcomer any more."""

REST = timedelta(hours=20)
"""Time between two mails of the series to one reader: who is behind catches up a mail a day, in order."""


def use_version(session: Session, *, version: WelcomeStep, issue: Issue, now: datetime) -> Mailing:
    """Put an approved draft into use: from now on it is what newcomers get, and it never changes again.

    Raises:
        NotApproved: no second person approved the content it has now.
        IssueClosed: it was put into use before.
        WelcomeRefused: it is no draft.
    """
    mailing = open_mailing(session, issue, now)
    put_into_use(session, version=version, now=now)
    issue.closed_at = now
    session.add_all([mailing, issue])
    session.flush()
    return mailing


def welcome_newcomers(session: Session, runtime: Runtime, *, now: datetime) -> str:
    """Queue what is due; a note of what was done.

    Nobody gets a step twice, in whatever version or language; nobody who left, or confirmed before the series first was put on.
    """
    known, steps = series(session, lock=True), in_use(session)
    longest = max((version.delay_days for version, _issue in steps), default=0)
    see_off(session, before=now - timedelta(days=longest) - LATE - REST)
    if not known.on or known.since is None:
        return "the welcome series is off"
    queued = {version.step: 0 for version, _issue in steps}
    for pair in steps:
        queued[pair[0].step] += _queue(session, runtime, pair, since=known.since, now=now)
    told = ", ".join(f"{number} of step {step}" for step, number in queued.items() if number)
    return f"{sum(queued.values())} welcome mails" + (f": {told}" if told else "")


def _queue(session: Session, runtime: Runtime, pair: Version, *, since: datetime, now: datetime) -> int:
    version, issue = pair
    mailing = session.exec(select(Mailing).where(Mailing.issue_id == issue.id).with_for_update()).one()
    readers = _due(version, issue, since=since, now=now)
    if session.connection().execute(readers.limit(1)).first() is None:
        return 0
    if content_hash(session, issue) != mailing.content_hash:
        raise ContentChanged(f"Issue {issue.title!r} is not what was approved for mailing {mailing.id}.")
    try:
        reopen(session, mailing=mailing)
    except MailingEnded:  # somebody cancelled it: nothing more of this version leaves
        return 0
    number = queue_readers(session, mailing, readers, now=now)
    suppress_queued(session, runtime.settings, mailing, now=now)
    choose_variants(session, runtime.settings, mailing, issue)
    skip_queued(session, mailing, now=now)
    grown = update(Mailing).where(col(Mailing.id) == mailing.id)
    session.connection().execute(grown.values(planned=col(Mailing.planned) + number))
    return number


def _due(
    version: WelcomeStep, issue: Issue, *, since: datetime, now: datetime
) -> Select[int | None, str, str]:
    day = now - timedelta(days=version.delay_days)
    theirs = col(Delivery.subscriber_id) == col(Subscriber.id)
    of_step = (
        select(Mailing.id)
        .join(WelcomeStep, col(WelcomeStep.issue_id) == col(Mailing.issue_id))
        .where(WelcomeStep.step == version.step)
    )
    had = exists().where(theirs, col(Delivery.mailing_id).in_(of_step))
    of_series = select(Mailing.id).where(Mailing.stream == Stream.WELCOME)
    just_now = exists().where(
        theirs, col(Delivery.mailing_id).in_(of_series), col(Delivery.due_at) > now - REST
    )
    asked = newcomers(language=issue.language, after=max(since, day - LATE), until=day)
    return asked.where(~had, ~just_now)
