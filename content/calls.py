"""Calls: what a visit through a connector becomes in the database, beside what `harvest` does for feeds."""

from datetime import datetime, timedelta

from sqlmodel import Session

from content.connectors.declaration import Declaration, Reads
from content.connectors.documents import Gathered
from content.crawled import CrawlResult
from content.entries import Feed
from content.harvest import Recorded, Visit, is_due, record_visit
from content.sources import FetchOutcome, Source, source_by_key
from content.storing import withdraw_entries
from content.vocabulary import Vocabulary

CRAWL_EVERY = timedelta(hours=12)
"""A database that was visited less long ago is not visited again by itself: the night's crawl was only interrupted."""

OVERLAP = timedelta(days=2)
"""How far before the last visit documents are asked for again: some appear with a date of the day before."""


def is_crawl_due(source: Source, *, now: datetime) -> bool:
    """Whether a database is to be visited now."""
    seen = source.last_fetched_at
    return is_due(source, now=now) and (seen is None or now - seen >= CRAWL_EVERY)


def period_begin(source: Source, declaration: Declaration, *, now: datetime) -> datetime:
    """From which moment on documents are wanted.

    A feed of changes knows by itself where we were; there the moment only keeps out what is old news.
    """
    first = now - timedelta(days=declaration.documents.days)
    if source.last_ok_at is None or declaration.reads is Reads.ATOM:
        return first
    return source.last_ok_at - OVERLAP


def record_documents(
    session: Session,
    *,
    key: str,
    gathered: Gathered,
    started: datetime,
    finished: datetime,
    vocabulary: Vocabulary,
) -> Recorded:
    """Store documents as items of the inbox, take back those that were taken back, and remember the position.

    Raises:
        UnknownSource: the source was removed meanwhile.
    """
    source = source_by_key(session, key)
    recorded = record_visit(
        session,
        source_id=source.id or 0,
        visit=_documents_visit(source, gathered, started=started, finished=finished),
        vocabulary=vocabulary,
    )
    withdraw_entries(session, source_id=source.id or 0, guids=gathered.removed, policy=source.identity_policy)
    source.position = gathered.position
    session.add(source)
    return recorded


def record_crawl(session: Session, *, result: CrawlResult, vocabulary: Vocabulary) -> Recorded:
    """Write down on the source how a crawl went. What it found is another's to record, in the same transaction.

    Raises:
        UnknownSource: the source was removed meanwhile.
    """
    source = source_by_key(session, result.source_key)
    visit = Visit(
        result.started,
        result.finished,
        FetchOutcome.OK if result.complete else FetchOutcome.FAILED,
        problem=crawl_problem(result),
        listed=len(result.listed),
    )
    return record_visit(session, source_id=source.id or 0, visit=visit, vocabulary=vocabulary)


def crawl_problem(result: CrawlResult) -> str:
    """What went wrong in a crawl, in one English text; "" for nothing."""
    pages = [text for key, text in result.errors.items() if key]
    said = [result.errors.get("", "")]
    if pages:
        said.append(f"{len(pages)} of {len(result.listed)} records could not be read; the first: {pages[0]}")
    return " ".join(text for text in said if text)


def _documents_visit(source: Source, gathered: Gathered, *, started: datetime, finished: datetime) -> Visit:
    feed = Feed(title=source.name, home_url=source.home_url, entries=tuple(gathered.entries))
    outcome = FetchOutcome.OK if gathered.entries else FetchOutcome.UNCHANGED
    return Visit(
        started,
        finished,
        FetchOutcome.FAILED if gathered.problem else outcome,
        status=gathered.status,
        feed=feed if gathered.entries else None,
        problem=gathered.problem,
        stay_away=gathered.retry_after,
    )
