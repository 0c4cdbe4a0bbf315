"""Planning at the desk: what comes next, and what became of each moment, in words."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session, col, select

from content.issues import Issue
from service.desk.access import Anyone
from service.desk.frame import desk_page
from service.desk.stages import open_issues, standing
from service.i18n import _
from service.schedule.occurrences import Occurrence, OccurrenceState
from service.schedule.table import upcoming
from service.web.dependencies import House, Now, Transaction

SHOWN = 60
SCHEDULE_NAMES = {
    "harvest": _("Bronnen ophalen"),
    "open-draft": _("Concept openen voor de maandeditie"),
    "remind-editors": _("Redactie herinneren aan de goedkeuring"),
    "send": _("Editie versturen"),
    "tidy": _("Opruimen"),
    "monthly": _("Maandeditie"),
}
STATE_NAMES = {
    OccurrenceState.RUNNING: _("bezig"),
    OccurrenceState.DONE: _("gedaan"),
    OccurrenceState.FAILED: _("mislukt, wordt opnieuw geprobeerd"),
    OccurrenceState.EXPIRED: _("te laat: wacht op u"),
}
QUIET = ("harvest", "tidy")
"""What goes on every hour or night is shown only where something is the matter."""

router = APIRouter(prefix="/redactie/planning")


@router.get("")
def shown(
    *, request: Request, house: House, session: Transaction, now: Now, person: Anyone, alles: bool = False
) -> HTMLResponse:
    """What comes next, and what was."""
    return desk_page(
        request,
        "planning.html",
        person=person,
        place="planning",
        coming=upcoming(house.settings, now),
        leaving=[(issue, standing(session, issue)) for issue in open_issues(session) if issue.send_at],
        occurrences=[(row, *_about(session, row)) for row in _latest(session, all_of_them=alles)],
        alles=alles,
        schedule_names=SCHEDULE_NAMES,
        state_names=STATE_NAMES,
    )


def _latest(session: Session, *, all_of_them: bool) -> list[Occurrence]:
    wanted = (
        select(Occurrence).order_by(col(Occurrence.due_at).desc(), col(Occurrence.id).desc()).limit(SHOWN)
    )
    if not all_of_them:
        wrong = col(Occurrence.state).in_([OccurrenceState.FAILED, OccurrenceState.EXPIRED])
        wanted = wanted.where(col(Occurrence.schedule).not_in(QUIET) | wrong)
    return list(session.exec(wanted))


def _about(session: Session, row: Occurrence) -> tuple[str, Issue | None]:
    """The line of the schedule that an occurrence belongs to, and the issue where it is about one."""
    number = row.schedule.removeprefix("send-issue-")
    if number.isdecimal():
        return "send", session.get(Issue, int(number))
    return row.schedule, None
