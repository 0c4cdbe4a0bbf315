"""Planning at the desk: what comes next, and what became of each moment, in words."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session, col, select

from content.issues import Issue
from service.desk.access import Anyone
from service.desk.frame import desk_page
from service.desk.stages import open_issues, standing
from service.i18n import _, translate
from service.schedule.occurrences import Occurrence, OccurrenceState
from service.schedule.table import upcoming
from service.web.dependencies import House, Now, Transaction, language

SHOWN = 60
SCHEDULE_NAMES = {
    "harvest": _("Bronnen ophalen"),
    "open-draft": _("Concept openen voor de maandeditie"),
    "remind-editors": _("Redactie herinneren aan de goedkeuring"),
    "send": _("Editie versturen"),
    "still-you": _("Lezers vragen of zij nog hetzelfde werk doen"),
    "tidy": _("Opruimen"),
    "open-digest": _("Concept openen voor het weekoverzicht"),
    "remind-digest": _("Redactie herinneren aan het weekoverzicht"),
    "digest": _("Weekoverzicht"),
    "draft-alerts": _("Meldingen klaarzetten"),
    "welcome": _("Welkomstmails klaarzetten"),
    "bounces": _("Teruggekomen mail ophalen"),
    "monthly": _("Maandeditie"),
}
STATE_NAMES = {
    OccurrenceState.RUNNING: _("bezig"),
    OccurrenceState.DONE: _("gedaan"),
    OccurrenceState.FAILED: _("mislukt, wordt opnieuw geprobeerd"),
    OccurrenceState.EXPIRED: _("te laat: wacht op u"),
}
QUIET = ("bounces", "draft-alerts", "harvest", "still-you", "tidy", "welcome")
"""What goes on every few minutes, hour or night is shown only where something is the matter."""

WORDS = (
    (r"there was one already", _("Er was al een editie voor deze maand.")),
    (r"issue \d+ opened with (?P<count>\d+) items", _("Concept geopend met %(count)s onderdelen.")),
    (
        r"nobody receives the digest: no draft",
        _("Niemand krijgt het weekoverzicht. Er is geen concept geopend."),
    ),
    (r"nothing to tell: no draft", _("Er was niets te melden. Er is geen concept geopend.")),
    (
        r"issue \d+ moved, (?P<count>\d+) items added",
        _("Het vorige concept is niet verstuurd. Het schuift door, met %(count)s nieuwe onderdelen."),
    ),
    (r"0 changes put into an alert", _("Er was niets dat meteen gemeld moet worden.")),
    (r"(?P<count>\d+) changes put into an alert", _("%(count)s wijzigingen in een melding gezet.")),
    (r"the welcome series is off", _("De welkomstserie staat uit.")),
    (r"0 welcome mails", _("Niemand was aan de beurt voor een welkomstmail.")),
    (r"(?P<count>\d+) welcome mails.*", _("%(count)s welkomstmails klaargezet.")),
    (r"0 issues wait for approval", _("Er wachtte geen editie op goedkeuring.")),
    (r"(?P<count>\d+) issues wait for approval", _("Herinnering gemaild: %(count)s te gaan.")),
    (
        r"not approved: nothing was sent.*",
        _("Niet goedgekeurd: er is niets verstuurd. De redactie kreeg een mail."),
    ),
    (r"nothing was sent.*", _("Er is niets verstuurd. De redactie kreeg een mail die zegt waarom.")),
    (r"mailing \d+: (?P<count>\d+) readers", _("Naar %(count)s lezers.")),
    (r"the issue was moved.*", _("De editie was intussen verzet of verstuurd.")),
    (
        r"(?P<fetched>\d+) fetched, (?P<unchanged>\d+) unchanged, (?P<failed>\d+) failed, (?P<new>\d+) new items",
        _("%(fetched)s opgehaald, %(unchanged)s ongewijzigd, %(failed)s mislukt; %(new)s nieuwe berichten."),
    ),
    (r"(?P<count>\d+) rows deleted", _("%(count)s oude regels gewist.")),
    (r"nothing came back", _("Er kwam niets terug.")),
    (
        r"\d+ (suppressed|counted|alerted|forwarded|nothing|not-ours|known already|failed)\b.*",
        _("Teruggekomen mail verwerkt."),
    ),
    (r"too late.*", ""),
)
"""What the schedule notes about its work, in the words of the desk. Notes are English, since the logs have them too."""

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
        in_words=lambda note: in_words(note, language(request)),
        schedule_names=SCHEDULE_NAMES,
        state_names=STATE_NAMES,
    )


def in_words(note: str, language: str) -> str | None:
    """A note as the desk says it; None for one that is not known here, which is then shown as it is."""
    for pattern, words in WORDS:
        if found := re.fullmatch(pattern, note):
            return translate(language, words) % found.groupdict() if words else ""
    return None


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
