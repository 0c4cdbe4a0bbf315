"""What each line of the schedule does. Each action is a transaction's work, and its outcome is a note for the desk."""

from datetime import datetime

from sqlmodel import Session, col, select

from content.approval import current_approval
from content.issues import Issue
from service.errors import MailRefused, NothingToSend
from service.harvesting import HarvestReport
from service.mailing.letters import post_letter, post_to_desk
from service.mailing.planning import plan_issue
from service.mailing.welcoming import welcome_newcomers
from service.retention import enforce
from service.runtime import Runtime
from service.schedule.opening import monthly_after, weekly_after
from service.schedule.table import Due
from subscribers.errors import SegmentBroken, SegmentFault
from subscribers.yearly import note_asked, pause_the_silent, whom_to_ask


def remind_editors(session: Session, runtime: Runtime, due: Due, now: datetime) -> str:
    """Tell editors and publishers which monthly issue leaves soon and is not approved."""
    return _remind(session, monthly_after(runtime, due), now)


def remind_digest(session: Session, runtime: Runtime, due: Due, now: datetime) -> str:
    """The same for the weekly digest."""
    return _remind(session, weekly_after(runtime, due), now)


def _remind(session: Session, moment: datetime, now: datetime) -> str:
    wanted = select(Issue).where(Issue.send_at == moment, col(Issue.closed_at).is_(None))
    waiting = [issue for issue in session.exec(wanted) if current_approval(session, issue) is None]
    for issue in waiting:
        post_to_desk(session, kind="remind-editors", context={"issue_id": issue.id}, now=now)
    return f"{len(waiting)} issues wait for approval"


def send_issue(session: Session, runtime: Runtime, issue: Issue, now: datetime) -> str:
    """Plan the mailing of an approved issue; otherwise say so to the editors, and send nothing."""
    if current_approval(session, issue) is None:
        post_to_desk(session, kind="issue-not-approved", context={"issue_id": issue.id}, now=now)
        return "not approved: nothing was sent, the editors were told"
    try:
        with (
            session.begin_nested()
        ):  # what planning began is undone when it refuses; the word to the editors is not
            mailing = plan_issue(session, runtime, issue=issue, now=now)
    except (MailRefused, NothingToSend, SegmentBroken, SegmentFault) as error:
        problem = {"issue_id": issue.id, "problem": type(error).__name__}
        post_to_desk(session, kind="issue-refused", context=problem, now=now)
        return f"nothing was sent, the editors were told: {error}"
    return f"mailing {mailing.id}: {mailing.planned} readers"


def ask_a_person(session: Session, due: Due, now: datetime) -> str:
    """A moment came too late to act on by itself: tell the desk, which decides."""
    context = {
        "schedule": "send" if due.issue_id else due.schedule,
        "due_at": due.due_at.isoformat(),
        "issue_id": due.issue_id,
    }
    post_to_desk(session, kind="occurrence-expired", context=context, now=now)
    return "too late to happen by itself: a person decides"


def send_welcome(session: Session, runtime: Runtime, _due: Due, now: datetime) -> str:
    """Queue the mails of the welcome series for whom their day has come."""
    return welcome_newcomers(session, runtime, now=now)


def tell_of_gone_sources(session: Session, report: HarvestReport, now: datetime) -> int:
    """Write to the desk about each source that said that it is gone for good; how many there were."""
    gone = [row.key for row in report.visits if row.gone]
    for key in gone:
        post_to_desk(session, kind="source-gone", context={"source_key": key}, now=now)
    return len(gone)


def tidy(session: Session, _runtime: Runtime, _due: Due, now: datetime) -> str:
    """End all that has been kept long enough."""
    ended = {key: number for key, number in enforce(session, now=now).items() if number}
    return ", ".join(f"{key}: {number}" for key, number in ended.items()) or "nothing was kept too long"


def ask_yearly(session: Session, _runtime: Runtime, _due: Due, now: datetime) -> str:
    """Ask whose turn it is whether this is still them; pause who did not answer twice."""
    paused = pause_the_silent(session, now=now)
    asked = whom_to_ask(session, now=now)
    for subscriber in asked:
        note_asked(session, subscriber, now=now)
        post_letter(session, kind="still-you", subscriber=subscriber, now=now)
    return f"{len(asked)} asked, {len(paused)} paused"
