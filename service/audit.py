"""The audit: who did what at the desk, when. Rows are only ever added."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Session, col, select

from content.columns import Instant, Record

COMMAND_LINE = "command line"
"""The actor of what an operator did there."""


class Act(StrEnum):
    """What is recorded."""

    SIGNED_IN = "signed-in"
    SIGNED_OUT = "signed-out"
    ISSUE_OPENED = "issue-opened"
    BLOCK_REMOVED = "block-removed"
    BLOCK_RESTORED = "block-restored"
    APPROVED = "approved"
    PLANNED = "planned"
    SENT = "sent"
    CANCELLED = "cancelled"
    MAILING_PAUSED = "mailing-paused"
    MAILING_RESUMED = "mailing-resumed"
    MAILING_CANCELLED = "mailing-cancelled"
    FAILURES_RETRIED = "failures-retried"
    UNCERTAIN_RESENT = "uncertain-resent"
    UNCERTAIN_RESTED = "uncertain-rested"
    LATE_COMERS_ADDED = "late-comers-added"
    USER_ADDED = "user-added"
    USER_CHANGED = "user-changed"
    USER_DEACTIVATED = "user-deactivated"
    USER_REACTIVATED = "user-reactivated"
    SOURCE_ADDED = "source-added"
    SOURCE_CHANGED = "source-changed"
    SOURCE_ENABLED = "source-enabled"
    SOURCE_DISABLED = "source-disabled"
    FACT_CONFIRMED = "fact-confirmed"
    FACTS_CONFIRMED = "facts-confirmed"
    FACT_CORRECTED = "fact-corrected"
    FACT_REFUSED = "fact-refused"
    FACT_REOPENED = "fact-reopened"
    INTERVENTION_TAGGED = "intervention-tagged"
    INTERVENTIONS_MERGED = "interventions-merged"
    INTERVENTIONS_KEPT_APART = "interventions-kept-apart"
    RECORD_SPLIT_OFF = "record-split-off"
    PLACING_UNDONE = "placing-undone"
    CRAWL_ACCEPTED = "crawl-accepted"


class AuditEvent(Record, table=True):
    """Who did what at the desk, when. `actor` is an address; `subject` names the thing ("issue 12")."""

    __tablename__ = "audit_event"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant, index=True)
    actor: str
    action: str
    subject: str = Field(default="", index=True)
    detail: str = ""


def note_act(
    session: Session, *, actor: str, action: Act, now: datetime, subject: str = "", detail: str = ""
) -> AuditEvent:
    """Record an act, in the transaction of the act itself; `detail` is what a person may want to know of it."""
    event = AuditEvent(at=now, actor=actor, action=action, subject=subject, detail=detail)
    session.add(event)
    session.flush()
    return event


def acts(session: Session, *, subject: str | None = None, limit: int = 50) -> list[AuditEvent]:
    """The latest acts first; with a subject only those on it."""
    wanted = select(AuditEvent).order_by(col(AuditEvent.at).desc(), col(AuditEvent.id).desc()).limit(limit)
    return list(session.exec(wanted if subject is None else wanted.where(AuditEvent.subject == subject)))
