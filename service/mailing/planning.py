"""Planning: an approved issue becomes a mailing with a delivery per reader. One transaction, which the caller commits."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from content.approval import current_approval
from content.errors import IssueClosed, NotApproved
from content.issues import Issue, IssueKind, blocks_of, lock_issue
from service.errors import NothingToSend
from service.mailing.outbox import Mailing
from service.mailing.queueing import queue_readers, skip_queued, suppress_queued
from service.mailing.variants import choose_variants
from service.runtime import Runtime
from subscribers.audience import audience
from subscribers.people import Stream

STREAMS = {IssueKind.MONTHLY: Stream.MONTHLY, IssueKind.DIGEST: Stream.DIGEST, IssueKind.ALERT: Stream.ALERTS}
"""Which readers an issue is for."""


def plan_issue(session: Session, runtime: Runtime, *, issue: Issue, now: datetime) -> Mailing:
    """Freeze the issue and queue it for its readers; it leaves with the caller's commit.

    `planned` counts every reader of the stream; those who get nothing (skipped) or must not be mailed (suppressed) are
    in an end state from the start.

    Raises:
        IssueClosed: it has been planned before, also when another process did so just now.
        NotApproved: nobody approved the content it has now.
        NothingToSend: it has no blocks, or its stream has no readers.
        MailRefused: a variant is larger than mail programs show.
    """
    mailing = _open_mailing(session, issue, now)
    if not blocks_of(session, issue):
        raise NothingToSend(f"Issue {issue.title!r} has no blocks.")
    mailing.planned = queue_readers(session, mailing, audience(mailing.stream, now=now), now=now)
    if not mailing.planned:
        raise NothingToSend(f"The stream {mailing.stream!r} has no readers.")
    suppress_queued(session, runtime.settings, mailing, now=now)
    choose_variants(session, runtime.settings, mailing, issue)
    skip_queued(session, mailing, now=now)
    issue.closed_at = now
    session.add_all([mailing, issue])
    session.flush()
    return mailing


def _open_mailing(session: Session, issue: Issue, now: datetime) -> Mailing:
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
