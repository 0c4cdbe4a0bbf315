"""Opening: the drafts that the schedule opens, filled with the best of what there is to tell since the last of their kind."""

from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_date
from sqlmodel import Session, col, select

from content.alerting import alert_change, urgent_changes
from content.composing import open_issue, touch
from content.drafting import carry_changes, changes_to_tell, draftable, fill_draft
from content.issues import Issue, IssueKind
from service.audit import Act, AuditEvent, note_act
from service.clock import AMSTERDAM
from service.i18n import full_date
from service.mailing.letters import post_to_desk
from service.mailing.links import interventions_address
from service.runtime import Runtime
from service.schedule.table import Due, monthly_moments, weekly_moments
from subscribers.audience import audience
from subscribers.people import Stream

SCHEDULER = "schedule"
"""Who made an issue that the schedule opened."""

LOOKS_BACK = {IssueKind.MONTHLY: timedelta(days=62), IssueKind.DIGEST: timedelta(days=14)}
"""How far the first of its kind looks back: nothing says what was told before."""


def open_monthly(session: Session, runtime: Runtime, due: Due, now: datetime) -> str:
    """Open the draft of the monthly issue that `due` comes before."""
    moment = monthly_after(runtime, due)
    local = moment.astimezone(AMSTERDAM)
    title = format_date(local.date(), "LLLL y", locale="nl").capitalize()
    occasion = f"{IssueKind.MONTHLY}-{local:%Y-%m}"
    if session.exec(select(Issue).where(Issue.occasion == occasion)).first():
        return "there was one already"
    issue = open_issue(
        session, title=f"Kennispost {title}", by=SCHEDULER, now=now, occasion=occasion, send_at=moment
    )
    return f"issue {issue.id} opened with {_fill(session, runtime, issue, now)} items"


def open_digest(session: Session, runtime: Runtime, due: Due, now: datetime) -> str:
    """Open the draft of the weekly digest that `due` comes before; none when nobody receives it, or nothing is to be told.

    A digest that was drafted and never left is taken up again: it moves to the new moment, with what came in since.
    """
    moment = weekly_after(runtime, due)
    occasion = f"{IssueKind.DIGEST}-{moment.astimezone(AMSTERDAM):%Y-%m-%d}"
    if session.exec(select(Issue).where(Issue.occasion == occasion)).first():
        return "there was one already"
    if session.connection().execute(audience(Stream.DIGEST, now=now).limit(1)).first() is None:
        return "nobody receives the digest: no draft"
    title = f"Weekoverzicht {full_date(moment, 'nl')}"
    if (left := _left_over(session, now)) is not None:
        touch(session, issue=left, by=SCHEDULER, now=now)
        left.title, left.occasion, left.send_at = title, occasion, moment
        session.add(left)
        return f"issue {left.id} moved, {_fill(session, runtime, left, now)} items added"
    asked: dict[str, Any] = {"kind": IssueKind.DIGEST, "since": told_until(session, IssueKind.DIGEST, now)}
    if not draftable(session, **asked) and not changes_to_tell(session, **asked):
        return "nothing to tell: no draft"
    issue = open_issue(
        session,
        title=title,
        by=SCHEDULER,
        now=now,
        kind=IssueKind.DIGEST,
        occasion=occasion,
        send_at=moment,
    )
    return f"issue {issue.id} opened with {_fill(session, runtime, issue, now)} items"


def told_until(session: Session, kind: IssueKind, now: datetime) -> datetime:
    """Until when the last issue of this kind told the news: the moment that it left."""
    left = select(Issue.closed_at).where(Issue.kind == kind, col(Issue.closed_at).is_not(None))
    return session.exec(left.order_by(col(Issue.closed_at).desc())).first() or now - LOOKS_BACK[kind]


def monthly_after(runtime: Runtime, due: Due) -> datetime:
    """The monthly moment that a moment before it belongs to."""
    return monthly_moments(runtime.settings, due.due_at, due.expires_at + timedelta(days=1))[0]


def weekly_after(runtime: Runtime, due: Due) -> datetime:
    """The weekly moment that a moment before it belongs to."""
    return weekly_moments(runtime.settings, due.due_at, due.expires_at + timedelta(days=1))[0]


def _left_over(session: Session, now: datetime) -> Issue | None:
    """A digest of the schedule whose moment passed, or was taken back; one that an editor opened by hand is the editor's."""
    passed = col(Issue.send_at).is_(None) | (col(Issue.send_at) <= now)
    waiting = (Issue.kind == IssueKind.DIGEST, col(Issue.closed_at).is_(None), passed)
    of_the_schedule = select(Issue).where(*waiting, col(Issue.occasion).is_not(None))
    return session.exec(of_the_schedule.order_by(col(Issue.id).desc())).first()


def _fill(session: Session, runtime: Runtime, issue: Issue, now: datetime) -> int:
    since = told_until(session, IssueKind(issue.kind), now)
    shared: dict[str, Any] = {"issue": issue, "vocabulary": runtime.vocabulary, "by": SCHEDULER, "now": now}
    items = fill_draft(session, **shared, since=since)
    return items + carry_changes(
        session, **shared, since=since, address=interventions_address(runtime.settings)
    )


def draft_alerts(session: Session, runtime: Runtime, _due: Due, now: datetime) -> str:
    """Put changes that cannot wait into an alert, each once: what an editor took out stays out. The desk hears of a new one."""
    told = set(session.exec(select(AuditEvent.detail).where(AuditEvent.action == Act.ALERT_MADE)))
    waiting = [event for event in urgent_changes(session, now=now) if f"change {event.id}" not in told]
    for event in waiting:
        issue, opened = alert_change(
            session,
            event=event,
            vocabulary=runtime.vocabulary,
            address=interventions_address(runtime.settings),
            by=SCHEDULER,
            now=now,
        )
        subject, detail = f"issue {issue.id}", f"change {event.id}"
        note_act(session, actor=SCHEDULER, action=Act.ALERT_MADE, now=now, subject=subject, detail=detail)
        if opened:
            post_to_desk(session, kind="alert-drafted", context={"issue_id": issue.id}, now=now)
    return f"{len(waiting)} changes put into an alert"
