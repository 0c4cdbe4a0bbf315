"""Repeats: the blocks of an issue as `choose` takes them now, knowing what digests and alerts brought."""

from sqlmodel import Session, col, select

from content.choosing import Candidate
from content.issues import Issue, candidates_of
from content.repeating import brought, note_brought
from service.mailing.outbox import Mailing, MailingState


def candidates_now(session: Session, issue: Issue) -> tuple[Candidate, ...]:
    """As they would be chosen from if the issue left at this moment; of one that left, as they were."""
    if issue.closed_at is not None:
        return candidates_of(session, issue)
    return candidates_of(session, issue, brought=brought_now(session, issue))


def brought_now(session: Session, issue: Issue) -> dict[int, frozenset[str]]:
    """Which streams have brought the blocks of an open issue by now, by block."""
    return brought(session, issue, stopped=_stopped(session))


def freeze_brought(session: Session, issue: Issue) -> None:
    """Hold on to what streams had brought when the issue leaves."""
    note_brought(session, issue, stopped=_stopped(session))


def _stopped(session: Session) -> list[int]:
    """Issues whose mailing was cancelled. Few had them, so they brought nothing: to read it twice is less than never."""
    cancelled = select(Mailing.issue_id).where(
        Mailing.state == MailingState.CANCELLED, col(Mailing.issue_id).is_not(None)
    )
    return [issue for issue in session.exec(cancelled) if issue is not None]
