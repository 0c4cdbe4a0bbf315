"""Accepting: an editor vouches for a crawl that a guard stopped, and what it did not list counts after all."""

from datetime import datetime

from sqlmodel import Session, col, select

from content.errors import CrawlRefused, UnknownIntervention
from content.interventions.deciding import accept
from content.interventions.guards import ACCEPTABLE
from content.interventions.labelling import summarise
from content.interventions.recording import add_events, write_states
from content.interventions.remembering import records_of, remember
from content.interventions.tables import ChangeEvent, Crawl, Intervention


def crawl_by_id(session: Session, crawl_id: int) -> Crawl:
    """The crawl with this number.

    Raises:
        UnknownIntervention: there is none.
    """
    crawl = session.get(Crawl, crawl_id)
    if crawl is None:
        raise UnknownIntervention(f"There is no crawl {crawl_id}.")
    return crawl


def may_accept(session: Session, crawl: Crawl) -> bool:
    """Whether an editor may vouch for it: complete, held by a guard that can be overruled, and the newest of its database."""
    newest = select(Crawl.id).where(Crawl.source_key == crawl.source_key, col(Crawl.stale).is_(False))
    latest = session.exec(newest.order_by(col(Crawl.started_at).desc()).limit(1)).first()
    return crawl.guard in ACCEPTABLE and crawl.accepted_at is None and crawl.id == latest


def accept_crawl(session: Session, *, crawl: Crawl, by: str, now: datetime) -> list[ChangeEvent]:
    """Let the crawl count as a trusted one, as of its own start; give the events that follow.

    Raises:
        CrawlRefused: nothing holds it, or no person can vouch for it, or a newer one was recorded.
    """
    memory = remember(session, crawl.source_key)
    session.refresh(crawl)
    if not may_accept(session, crawl):
        raise CrawlRefused(
            "Only the newest complete crawl of a database that a guard stopped can be accepted."
        )
    decision = accept(memory, held=crawl.held, count=crawl.listed, started=crawl.started_at, gone=crawl.gone)
    rows = {row.key: row for row in records_of(session, crawl.source_key)}
    write_states(rows, decision.memory)
    crawl.accepted_at, crawl.accepted_by = now, by
    session.add(crawl)
    session.flush()
    events = add_events(session, decision.changes, rows, crawl=crawl, now=now)
    for intervention_id in sorted({event.intervention_id for event in events}):
        summarise(session, session.get_one(Intervention, intervention_id))
    return events
