"""Harvest: what a visit to a source becomes in the database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, select

from content.answers import Validators
from content.errors import UnknownSource
from content.feeds import Feed
from content.quoting import quoted_entry
from content.sources import FULL_EVERY, Fetch, FetchOutcome, Rights, Source
from content.storing import Stored, store_entries
from content.vocabulary import Vocabulary


@dataclass(frozen=True)
class Visit:
    """What a visit to a source brought: a feed, or "unchanged", or a problem in words. `listed` counts a database's records."""

    started_at: datetime
    finished_at: datetime
    outcome: FetchOutcome
    status: int | None = None
    received: int = 0
    feed: Feed | None = None
    validators: Validators = field(default_factory=Validators)
    problem: str = ""
    stay_away: int = 0
    listed: int = 0


@dataclass(frozen=True)
class Recorded:
    """A visit as it was recorded: how it ended, how many entries the feed has, and what storing them did."""

    key: str
    name: str
    outcome: FetchOutcome
    status: int | None
    entries: int
    stored: Stored
    problem: str


def validators_for(source: Source, *, now: datetime) -> Validators:
    """What to send along to a source, so that it may answer "unchanged".

    Nothing once a week: a source that wrongly says "unchanged" for ever (after a date in the far future) is then read.
    """
    if source.last_full_at is None or now - source.last_full_at > FULL_EVERY:
        return Validators()
    return Validators(etag=source.etag, last_modified=source.last_modified)


def is_due(source: Source, *, now: datetime) -> bool:
    """Whether the source is enabled, and did not ask us to stay away until later."""
    return source.enabled and (source.not_before is None or source.not_before <= now)


def record_visit(session: Session, *, source_id: int, visit: Visit, vocabulary: Vocabulary) -> Recorded:
    """Store the items of a visit, and what the visit says about the source.

    The source's row is locked until the commit, so that two harvests at once store it one after the other.

    Raises:
        UnknownSource: the source was removed meanwhile.
    """
    source = session.exec(select(Source).where(Source.id == source_id).with_for_update()).first()
    if source is None:
        raise UnknownSource(f"Source {source_id} was removed during the harvest.")
    stored = Stored()
    if visit.feed is not None:
        quoted = source.rights == Rights.QUOTE
        stored = store_entries(
            session,
            source_id=source_id,
            entries=[quoted_entry(one) for one in visit.feed.entries] if quoted else visit.feed.entries,
            vocabulary=vocabulary,
            now=visit.finished_at,
        )
    _update_source(source, visit)
    entries = len(visit.feed.entries) if visit.feed is not None else visit.listed
    session.add_all([source, _fetch_row(source_id, visit, entries=entries, new_items=stored.new)])
    return Recorded(source.key, source.name, visit.outcome, visit.status, entries, stored, visit.problem)


def _update_source(source: Source, visit: Visit) -> None:
    source.last_fetched_at = visit.finished_at
    source.last_problem = visit.problem
    source.not_before = visit.finished_at + timedelta(seconds=visit.stay_away) if visit.stay_away else None
    if visit.outcome is FetchOutcome.FAILED:
        source.failures += 1
        return
    source.failures = 0
    source.last_ok_at = visit.finished_at
    source.etag, source.last_modified = visit.validators.etag, visit.validators.last_modified
    if visit.feed is not None:
        source.last_full_at = visit.finished_at
        source.name = visit.feed.title if source.name == source.key and visit.feed.title else source.name
        source.home_url = source.home_url or visit.feed.home_url


def _fetch_row(source_id: int, visit: Visit, *, entries: int, new_items: int) -> Fetch:
    return Fetch(
        source_id=source_id,
        started_at=visit.started_at,
        finished_at=visit.finished_at,
        outcome=visit.outcome,
        http_status=visit.status,
        received=visit.received,
        entries=entries,
        new_items=new_items,
        problem=visit.problem,
    )
