"""Where an issue stands. Nothing of it is stored: it follows from the approval, the moment and the mailing."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from content.approval import current_approval, voided_approval
from content.issues import Approval, Issue, IssueKind
from service.i18n import _
from service.mailing.outbox import Mailing, MailingState
from service.schedule.occurrences import Occurrence, OccurrenceState


class Stage(StrEnum):
    """The way of an issue, in order."""

    DRAFT = "draft"
    APPROVED = "approved"
    PLANNED = "planned"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    STOPPED = "stopped"


STAGE_NAMES = {
    Stage.DRAFT: _("concept"),
    Stage.APPROVED: _("goedgekeurd"),
    Stage.PLANNED: _("gepland"),
    Stage.SENDING: _("wordt verstuurd"),
    Stage.PAUSED: _("gepauzeerd"),
    Stage.SENT: _("verstuurd"),
    Stage.STOPPED: _("afgebroken"),
}


@dataclass(frozen=True)
class Standing:
    """Where an issue stands, and why: the approval that holds, the one that was voided, the mailing."""

    stage: Stage
    approval: Approval | None
    voided: Approval | None
    mailing: Mailing | None

    @property
    def name(self) -> str:
        """The stage as people call it, to be translated."""
        return STAGE_NAMES[self.stage]

    @property
    def open(self) -> bool:
        """Whether editors can still change the issue."""
        return self.stage in (Stage.DRAFT, Stage.APPROVED, Stage.PLANNED)


def standing(session: Session, issue: Issue) -> Standing:
    """Where the issue stands now."""
    mailing = session.exec(select(Mailing).where(Mailing.issue_id == issue.id)).first()
    approval = current_approval(session, issue)
    stage = _stage(issue, approval, mailing, missed=_missed(session, issue))
    return Standing(stage, approval, voided_approval(session, issue), mailing)


def open_issues(session: Session) -> list[Issue]:
    """The issues that can still change, but for the welcome series: what leaves first comes first, then what has no moment."""
    wanted = select(Issue).where(col(Issue.closed_at).is_(None), Issue.kind != IssueKind.WELCOME)
    order = (col(Issue.send_at).is_(None), col(Issue.send_at), col(Issue.created_at).desc())
    return list(session.exec(wanted.order_by(*order)))


def open_welcome_mails(session: Session) -> list[Issue]:
    """The mails of the welcome series that can still change, by step."""
    wanted = select(Issue).where(col(Issue.closed_at).is_(None), Issue.kind == IssueKind.WELCOME)
    return list(session.exec(wanted.order_by(col(Issue.id))))


def closed_issues(session: Session, *, limit: int = 60) -> list[Issue]:
    """The issues that were sent, the newest first."""
    wanted = select(Issue).where(col(Issue.closed_at).is_not(None), Issue.kind != IssueKind.WELCOME)
    return list(session.exec(wanted.order_by(col(Issue.closed_at).desc()).limit(limit)))


def _missed(session: Session, issue: Issue) -> bool:
    """Whether the moment came and went without a sending: it does not come again by itself."""
    if issue.send_at is None:
        return False
    name = f"send-issue-{issue.id}"
    ended = select(Occurrence.id).where(
        Occurrence.schedule == name,
        Occurrence.due_at == issue.send_at,
        col(Occurrence.state).in_([OccurrenceState.DONE, OccurrenceState.EXPIRED]),
    )
    return session.exec(ended).first() is not None


def _stage(issue: Issue, approval: Approval | None, mailing: Mailing | None, *, missed: bool) -> Stage:
    if mailing is not None and mailing.state == MailingState.CANCELLED:
        return Stage.STOPPED
    if mailing is not None and mailing.state == MailingState.FINISHED:
        return Stage.SENT
    if mailing is not None and mailing.state == MailingState.PAUSED:
        return Stage.PAUSED
    if mailing is not None or issue.closed_at is not None:
        return Stage.SENDING
    if approval is None:
        return Stage.DRAFT
    return Stage.APPROVED if issue.send_at is None or missed else Stage.PLANNED
