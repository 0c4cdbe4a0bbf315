"""Planning: an approved issue becomes a mailing with a delivery per reader. One transaction, which the caller commits."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from content.approval import current_approval
from content.errors import IssueClosed, NotApproved
from content.issues import Issue, IssueKind, blocks_of, lock_issue
from service.errors import LeavesByItself, NothingToSend
from service.mailing.outbox import Mailing
from service.mailing.queueing import queue_readers, skip_queued, suppress_queued
from service.mailing.repeats import freeze_brought
from service.mailing.targeting import STREAMS, readers_for
from service.mailing.variants import choose_variants
from service.runtime import Runtime


def plan_issue(session: Session, runtime: Runtime, *, issue: Issue, now: datetime) -> Mailing:
    """Freeze the issue and queue it for its readers; it leaves with the caller's commit.

    `planned` counts every reader whom the issue is for; those who get nothing (skipped) or must not be mailed (suppressed) are
    in an end state from the start.

    Raises:
        LeavesByItself: it is a mail of the welcome series.
        IssueClosed: it has been planned before, also when another process did so just now.
        NotApproved: nobody approved the content it has now.
        NothingToSend: it has no blocks, or there are no readers.
        SegmentFault, SegmentBroken: its segment cannot be asked (any more).
        MailRefused: a variant is larger than mail programs show.
    """
    if issue.kind == IssueKind.WELCOME:
        raise LeavesByItself(f"Issue {issue.title!r} is put into use in the welcome series.")
    mailing = open_mailing(session, issue, now)
    if not blocks_of(session, issue):
        raise NothingToSend(f"Issue {issue.title!r} has no blocks.")
    # Checked anew: what was approved may not compile any more.
    readers = readers_for(session, runtime.vocabulary, issue, now=now)
    mailing.planned = queue_readers(session, mailing, readers, now=now)
    if not mailing.planned:
        raise NothingToSend(f"The stream {mailing.stream!r} has no readers, or none of this issue's segment.")
    suppress_queued(session, runtime.settings, mailing, now=now)
    freeze_brought(session, issue)
    choose_variants(session, runtime.settings, mailing, issue)
    skip_queued(session, mailing, now=now)
    issue.closed_at = now
    session.add_all([mailing, issue])
    session.flush()
    return mailing


def open_mailing(session: Session, issue: Issue, now: datetime) -> Mailing:
    """The mailing of an approved issue, without readers yet. The issue stays locked until the transaction ends.

    Raises:
        IssueClosed: it has a mailing.
        NotApproved: nobody approved the content it has now.
    """
    lock_issue(session, issue)
    if issue.closed_at is not None:
        raise IssueClosed(f"Issue {issue.title!r} has been sent.")
    approval = current_approval(session, issue)
    if approval is None:
        raise NotApproved(f"Issue {issue.title!r} is not approved as it is now.")
    mailing = Mailing(
        kind="issue",
        issue_id=issue.id,
        stream=STREAMS[IssueKind(issue.kind)],
        title=issue.title,
        content_hash=approval.content_hash,
        created_at=now,
    )
    try:
        with session.begin_nested():  # the unique issue_id decides between two processes
            session.add(mailing)
    except IntegrityError as error:
        raise IssueClosed(f"Issue {issue.title!r} is being sent already.") from error
    return mailing
