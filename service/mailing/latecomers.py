"""Late-comers: readers whom an issue is for, and who came after its mailing was planned, get the same approved issue."""

from datetime import datetime

from sqlalchemy import Select, exists, false, func, update
from sqlalchemy import select as rows
from sqlmodel import Session, col

from content.approval import content_hash
from content.issues import Issue, issue_by_id, lock_issue
from service.audit import Act
from service.errors import ContentChanged, NoLateComers, UnknownMailing
from service.mailing.moves import note, reopen, run_anew
from service.mailing.outbox import Delivery, Mailing
from service.mailing.queueing import queue_readers, skip_queued, suppress_queued
from service.mailing.targeting import readers_for
from service.mailing.variants import choose_variants
from service.runtime import Runtime
from subscribers.people import Stream, Subscriber


def count_late_comers(session: Session, runtime: Runtime, *, mailing: Mailing, now: datetime) -> int:
    """How many of the readers whom it is for have no delivery in a mailing.

    Raises:
        SegmentBroken: its segment cannot be asked any more.
    """
    if mailing.issue_id is None:
        return 0
    issue = issue_by_id(session, mailing.issue_id)
    late = _late_readers(session, runtime, mailing, issue, now).subquery()
    return session.connection().execute(rows(func.count()).select_from(late)).scalar_one()


def add_late_comers(session: Session, runtime: Runtime, *, mailing: Mailing, by: str, now: datetime) -> int:
    """Queue the issue for the readers of its stream who have no delivery in it; how many. A finished mailing goes on.

    Raises:
        MailingEnded: it was cancelled.
        UnknownMailing: it is not of an issue.
        ContentChanged: the issue is not what was approved for this mailing.
        NoLateComers: there are none (any more).
        SegmentBroken: its segment cannot be asked any more.
        MailRefused: a variant that nobody had before is larger than mail programs show.
    """
    if mailing.issue_id is None:
        raise UnknownMailing(f"Mailing {mailing.id} is not of an issue.")
    issue = issue_by_id(session, mailing.issue_id)
    lock_issue(session, issue)
    reopen(session, mailing=mailing)
    if content_hash(session, issue) != mailing.content_hash:
        raise ContentChanged(f"Issue {issue.title!r} is not what was approved for mailing {mailing.id}.")
    number = queue_readers(session, mailing, _late_readers(session, runtime, mailing, issue, now), now=now)
    if not number:
        raise NoLateComers(f"Every reader of {mailing.stream!r} has a delivery in mailing {mailing.id}.")
    suppress_queued(session, runtime.settings, mailing, now=now)
    choose_variants(session, runtime.settings, mailing, issue)
    skip_queued(session, mailing, now=now)
    grown = update(Mailing).where(col(Mailing.id) == mailing.id)
    session.connection().execute(grown.values(planned=col(Mailing.planned) + number))
    run_anew(session, mailing=mailing, now=now)
    note(session, mailing=mailing, act=Act.LATE_COMERS_ADDED, by=by, now=now, detail=str(number))
    return number


def _late_readers(
    session: Session, runtime: Runtime, mailing: Mailing, issue: Issue, now: datetime
) -> Select[int | None, str, str]:
    known = exists().where(
        col(Delivery.mailing_id) == mailing.id, col(Delivery.subscriber_id) == col(Subscriber.id)
    )
    readers = readers_for(session, runtime.vocabulary, issue, now=now).where(~known)
    # Nobody is late for the welcome series: each reader's mail has a day of its own.
    return readers.where(false()) if mailing.stream == Stream.WELCOME else readers
