"""Late-comers: readers of the stream who came after a mailing was planned get the same approved issue."""

from datetime import datetime

from sqlalchemy import Select, exists, func, update
from sqlalchemy import select as rows
from sqlmodel import Session, col

from content.approval import content_hash
from content.issues import issue_by_id, lock_issue
from service.audit import Act
from service.errors import ContentChanged, NoLateComers, UnknownMailing
from service.mailing.moves import note, reopen, run_anew
from service.mailing.outbox import Delivery, Mailing
from service.mailing.queueing import queue_readers, skip_queued, suppress_queued
from service.mailing.variants import choose_variants
from service.runtime import Runtime
from subscribers.audience import audience
from subscribers.people import Subscriber


def count_late_comers(session: Session, *, mailing: Mailing, now: datetime) -> int:
    """How many readers of its stream have no delivery in a mailing."""
    late = _late_readers(mailing, now).subquery()
    return session.connection().execute(rows(func.count()).select_from(late)).scalar_one()


def add_late_comers(session: Session, runtime: Runtime, *, mailing: Mailing, by: str, now: datetime) -> int:
    """Queue the issue for the readers of its stream who have no delivery in it; how many. A finished mailing goes on.

    Raises:
        MailingEnded: it was cancelled.
        UnknownMailing: it is not of an issue.
        ContentChanged: the issue is not what was approved for this mailing.
        NoLateComers: there are none (any more).
        MailRefused: a variant that nobody had before is larger than mail programs show.
    """
    if mailing.issue_id is None:
        raise UnknownMailing(f"Mailing {mailing.id} is not of an issue.")
    issue = issue_by_id(session, mailing.issue_id)
    lock_issue(session, issue)
    reopen(session, mailing=mailing)
    if content_hash(session, issue) != mailing.content_hash:
        raise ContentChanged(f"Issue {issue.title!r} is not what was approved for mailing {mailing.id}.")
    number = queue_readers(session, mailing, _late_readers(mailing, now), now=now)
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


def _late_readers(mailing: Mailing, now: datetime) -> Select[int | None, str, str]:
    known = exists().where(
        col(Delivery.mailing_id) == mailing.id, col(Delivery.subscriber_id) == col(Subscriber.id)
    )
    return audience(mailing.stream, now=now).where(~known)
