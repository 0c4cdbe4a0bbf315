"""The webinars' own rhythm: offers that lapse, and reminders whose moment has come. It may run late, twice, or on two machines.

What is to be done is read first, so that a look with nothing to do writes nothing; each step then holds the webinar's row, and
does what is still so. The ledger is what makes a reminder happen once: it has a delivery for each person and moment.
"""

import threading

import structlog

from service.attending import pass_on, send_reminder, with_offers_over
from service.database import reading, writing
from service.mailing.reminding import due, near
from service.runtime import Runtime

log = structlog.get_logger()


def keep_webinars(runtime: Runtime, *, stop: threading.Event | None = None) -> list[str]:
    """Do all that is due now; gives a note of each step that did something."""
    now = runtime.clock()
    with reading(runtime.engine) as session:
        offers = with_offers_over(session, now=now)
        reminding = [
            (one.id or 0, each) for one in near(session, now=now) for each in due(session, one, now=now)
        ]
    notes: list[str] = []
    for webinar_id in offers:
        if stop is not None and stop.is_set():
            return notes
        with writing(runtime.engine) as session:
            lapsed, offered = pass_on(session, webinar_id=webinar_id, now=now)
        if lapsed or offered:
            notes.append(f"webinar {webinar_id}: {lapsed} offers lapsed, {offered} made")
    for webinar_id, reminder in reminding:
        if stop is not None and stop.is_set():
            return notes
        with writing(runtime.engine) as session:
            number = send_reminder(
                session, runtime.settings, webinar_id=webinar_id, reminder=reminder, now=now
            )
        notes.append(f"webinar {webinar_id}: reminder {reminder} for {number}")
    for note in notes:
        log.info("webinar", note=note)
    return notes
