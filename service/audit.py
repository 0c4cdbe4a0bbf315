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
    ALERT_MADE = "alert-made"
    WELCOME_USED = "welcome-used"
    WELCOME_ON = "welcome-on"
    WELCOME_OFF = "welcome-off"
    WELCOME_DELAY = "welcome-delay"
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
    IMPORT_RUN = "import-run"
    IMPORT_UNDONE = "import-undone"
    EXPORTED = "exported"
    REGISTER_UPDATED = "register-updated"
    READERS_MOVED = "readers-moved"
    PARTNER_CHANGED = "partner-changed"
    PARTNER_CONFIRMED = "partner-confirmed"
    PARTNER_ADDED = "partner-added"
    SEGMENT_MADE = "segment-made"
    SEGMENT_CHANGED = "segment-changed"
    SEGMENT_REMOVED = "segment-removed"
    SEGMENT_RESTORED = "segment-restored"
    ISSUE_AIMED = "issue-aimed"
    WEBINAR_MADE = "webinar-made"
    WEBINAR_CHANGED = "webinar-changed"
    WEBINAR_MOVED = "webinar-moved"
    WEBINAR_PUBLISHED = "webinar-published"
    WEBINAR_CANCELLED = "webinar-cancelled"
    WEBINAR_DISCARDED = "webinar-discarded"
    SPEAKER_CHANGED = "speaker-changed"
    SPEAKER_REMOVED = "speaker-removed"
    MATERIAL_CHANGED = "material-changed"
    MATERIAL_REMOVED = "material-removed"
    QUESTION_CHANGED = "question-changed"
    QUESTION_REMOVED = "question-removed"
    WEBINAR_ANNOUNCED = "webinar-announced"
    WEBINAR_FOLLOWED_UP = "webinar-followed-up"
    WEBINAR_HOSTED = "webinar-hosted"
    WEBINAR_FEATURED = "webinar-featured"
    SERIES_CHANGED = "series-changed"
    DOMAIN_LISTED = "domain-listed"
    DOMAIN_UNLISTED = "domain-unlisted"
    ANSWER_CHANGED = "answer-changed"
    ANSWERS_SHARED = "answers-shared"
    ANSWER_WITHDRAWN = "answer-withdrawn"
    ANSWER_DISCARDED = "answer-discarded"
    DAYS_CHANGED = "days-changed"
    DAYS_CONFIRMED = "days-confirmed"


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
