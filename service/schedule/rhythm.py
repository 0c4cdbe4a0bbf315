"""The rhythm: look which moments have come, claim each, and act. It may run late, twice, or on two machines at once."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from content.issues import Issue, lock_issue
from service.crawling import crawl_all
from service.database import reading, writing
from service.errors import LeaseLost, Stopped
from service.feedback.intake import fetch_returned
from service.harvesting import harvest_all
from service.runtime import Runtime
from service.schedule import actions, opening
from service.schedule.occurrences import (
    LEASE,
    OccurrenceState,
    claim,
    first_of_its_kind,
    occurrence_of,
    renew,
    settle,
)
from service.schedule.table import SCHEDULE, Due, latest_due, send_due

log = structlog.get_logger()

Action = Callable[[Session, Runtime, Due, datetime], str]

ACTIONS: dict[str, Action] = {
    "open-draft": opening.open_monthly,
    "remind-editors": actions.remind_editors,
    "open-digest": opening.open_digest,
    "remind-digest": actions.remind_digest,
    "draft-alerts": opening.draft_alerts,
    "welcome": actions.send_welcome,
    "still-you": actions.ask_yearly,
    "tidy": actions.tidy,
}
"""What happens within the transaction that marks the moment done, so that both happen or neither."""

NEEDS_A_PERSON = frozenset({"open-draft"})
"""Lines whose missed moment somebody must make up for; of the others the next moment takes over."""


MOVED = "the issue was moved, sent or taken away meanwhile"


@dataclass(frozen=True)
class Shift:
    """A worker at work: on what, under which name, and how it is told to stop."""

    runtime: Runtime
    worker: str
    stop: threading.Event | None = None


def keep_rhythm(
    runtime: Runtime, *, worker: str, stop: threading.Event | None = None
) -> list[tuple[str, str]]:
    """Do all that is due now and quickly done; give name and note of what this process did. `stop` ends a harvest under way."""
    now = runtime.clock()
    waiting = [send_due(issue, moment, runtime.settings) for issue, moment in _to_send(runtime, now)]
    waiting += _due_lines(runtime, now, slow=False)
    return _work_off(Shift(runtime=runtime, worker=worker, stop=stop), waiting)


def keep_slow_rhythm(
    runtime: Runtime, *, worker: str, stop: threading.Event | None = None
) -> list[tuple[str, str]]:
    """Do what is due now and takes long, in a thread of its own: no issue waits for it. `stop` ends what is under way."""
    waiting = _due_lines(runtime, runtime.clock(), slow=True)
    return _work_off(Shift(runtime=runtime, worker=worker, stop=stop), waiting)


def _due_lines(runtime: Runtime, now: datetime, *, slow: bool) -> list[Due]:
    lines = [line for line in SCHEDULE if line.slow is slow]
    return [due for line in lines if (due := latest_due(line, runtime.settings, now))]


def _work_off(shift: Shift, waiting: list[Due]) -> list[tuple[str, str]]:
    stop = shift.stop
    done = [(due.schedule, _happen(shift, due)) for due in waiting if not (stop and stop.is_set())]
    return [(name, note) for name, note in done if note is not None]


def _to_send(runtime: Runtime, now: datetime) -> list[tuple[int, datetime]]:
    with reading(runtime.engine) as session:
        wanted = select(Issue).where(col(Issue.closed_at).is_(None), col(Issue.send_at) <= now)
        return [(issue.id, issue.send_at) for issue in session.exec(wanted) if issue.id and issue.send_at]


def _happen(shift: Shift, due: Due) -> str | None:
    """Let a moment happen, once; the note of it, or None when it was not this worker's."""
    runtime = shift.runtime
    if not _is_open(runtime, due):
        return None
    with writing(runtime.engine) as session:
        if claim(session, due=due, worker=shift.worker, now=runtime.clock()) is None:
            return None
    try:
        note = _act(shift, due)
    except Exception as error:  # whatever failed is written down and tried again; the other lines go on
        note = f"{type(error).__name__}: {error}"
        told = {"schedule": due.schedule, "due_at": due.due_at.isoformat(), "problem": note}
        log.error("occurrence failed", exc_info=not isinstance(error, Stopped), **told)
        with writing(runtime.engine) as session:
            failed = OccurrenceState.FAILED
            settle(session, due=due, worker=shift.worker, state=failed, note=note, now=runtime.clock())
    else:
        log.info("occurrence", schedule=due.schedule, due_at=due.due_at.isoformat(), note=note)
    return note


def _is_open(runtime: Runtime, due: Due) -> bool:
    """Whether a claim is worth trying; it spares a write transaction each tick."""
    with reading(runtime.engine) as session:
        row = occurrence_of(session, due)
    if row is None:
        return True
    waiting = row.state in (OccurrenceState.RUNNING, OccurrenceState.FAILED)
    return waiting and row.lease_until is not None and row.lease_until < runtime.clock()


def _act(shift: Shift, due: Due) -> str:
    runtime = shift.runtime
    now = runtime.clock()
    late = now > due.expires_at
    work = None if late else WORK.get(due.schedule)
    note = work(shift, due) if work else ""
    with writing(runtime.engine) as session:
        state = OccurrenceState.DONE
        if late:
            note, state = _too_late(session, due, now)
        elif not note:
            note = _in_time(session, runtime, due, now)
        if not settle(session, due=due, worker=shift.worker, state=state, note=note, now=runtime.clock()):
            raise LeaseLost(f"{due.schedule} was taken over by another process")
    return note


def _take_in(shift: Shift, _due: Due) -> str:
    report = fetch_returned(shift.runtime, stop=shift.stop)
    if shift.stop is not None and shift.stop.is_set():
        raise Stopped("the process was told to stop; what came back is fetched later")
    return str(report)


def _harvest(shift: Shift, _due: Due) -> str:
    report = harvest_all(shift.runtime, stop=shift.stop)
    if shift.stop is not None and shift.stop.is_set():
        raise Stopped("the process was told to stop; the harvest goes on later")
    with writing(shift.runtime.engine) as session:
        actions.tell_of_gone_sources(session, report, shift.runtime.clock())
    return f"{report.fetched} fetched, {report.unchanged} unchanged, {report.failed} failed, {report.new} new items"


def _crawl(shift: Shift, due: Due) -> str:
    crawls = crawl_all(shift.runtime, stop=shift.stop, heartbeat=_heartbeat(shift, due))
    complete = sum(one.result is not None and one.result.complete for one in crawls)
    records = sum(len(one.result.parsed) for one in crawls if one.result)
    return f"{len(crawls)} databases visited, {complete} read to the end, {records} records"


def _heartbeat(shift: Shift, due: Due) -> Callable[[], None]:
    """Keeps a moment ours while its work goes on; it raises LeaseLost when another process has it."""
    renewed = shift.runtime.clock()

    def beat() -> None:
        nonlocal renewed
        now = shift.runtime.clock()
        if now - renewed < LEASE / 3:
            return
        with writing(shift.runtime.engine) as session:
            if not renew(session, due=due, worker=shift.worker, now=now):
                raise LeaseLost(f"{due.schedule} was taken over by another process")
        renewed = now

    return beat


WORK: dict[str, Callable[[Shift, Due], str]] = {"harvest": _harvest, "crawl": _crawl, "bounces": _take_in}
"""What has transactions of its own, before the one that marks the moment done."""


def _in_time(session: Session, runtime: Runtime, due: Due, now: datetime) -> str:
    if due.issue_id is None:
        return ACTIONS[due.schedule](session, runtime, due, now)
    issue = _still_due(session, due)
    return actions.send_issue(session, runtime, issue, now) if issue else MOVED


def _too_late(session: Session, due: Due, now: datetime) -> tuple[str, OccurrenceState]:
    if due.issue_id is not None and _still_due(session, due) is None:
        return MOVED, OccurrenceState.DONE
    if due.issue_id is not None or (due.schedule in NEEDS_A_PERSON and not first_of_its_kind(session, due)):
        return actions.ask_a_person(session, due, now), OccurrenceState.EXPIRED
    return "too late; the next moment takes over", OccurrenceState.DONE


def _still_due(session: Session, due: Due) -> Issue | None:
    """The issue that this moment is to send, locked; None when it was moved, sent or taken away since we looked."""
    issue = session.get(Issue, due.issue_id)
    if issue is None:
        return None
    lock_issue(session, issue)
    return issue if issue.closed_at is None and issue.send_at == due.due_at else None
