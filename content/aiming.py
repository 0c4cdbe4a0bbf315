"""Aiming: an issue may go to part of its stream's readers. Which part is copied into it, and so is part of an approval."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from content.composing import touch
from content.issues import Issue


def aim_issue(
    session: Session,
    *,
    issue: Issue,
    segment_id: int | None,
    name: str,
    audience: Mapping[str, Any] | None,
    by: str,
    now: datetime,
) -> None:
    """Narrow whom the issue is for, by a copy of a segment; None is everyone of its stream again.

    Whoever changes who gets it is one of its makers.

    Raises:
        IssueClosed: it has been sent.
    """
    touch(session, issue=issue, by=by, now=now)
    issue.segment_id, issue.audience_name = segment_id, name
    issue.audience = None if audience is None else dict(audience)
    session.add(issue)
    session.flush()


def issues_aimed_at(session: Session, segment_id: int) -> list[Issue]:
    """The issues that were not sent yet and are for this segment."""
    wanted = select(Issue).where(Issue.segment_id == segment_id, col(Issue.closed_at).is_(None))
    return list(session.exec(wanted.order_by(col(Issue.id))))
