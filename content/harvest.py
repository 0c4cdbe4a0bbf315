"""Harvest: what a visit to a source becomes in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from content.answers import Validators
from content.entries import Feed
from content.errors import UnknownSource
from content.links import host_of
from content.pacing import ASKED, Pace, Why, after_answer, after_failure, is_time
from content.quoting import quoted_entry
from content.sources import (
    FULL_EVERY,
    Fetch,
    FetchOutcome,
    Rights,
    Source,
    SourceKind,
    UrlConfidence,
    move_source,
)
from content.storing import Stored, store_entries
from content.vocabulary import Vocabulary

MOVED_AFTER = 3
"""Visits in a row that must say the same "moved for good" before we believe it."""


@dataclass(frozen=True)
class Visit:
    """What a visit to a source brought: a feed, or "unchanged", or a problem in words (and `trouble`, in one word).

    `stay_away` and `fresh_for` are seconds that the source asked for; `moved_to` is where its address moved for good;
    `listed` counts a database's records.
    """

    started_at: datetime
    finished_at: datetime
    outcome: FetchOutcome
    status: int | None = None
    received: int = 0
    feed: Feed | None = None
    validators: Validators = field(default_factory=Validators)
    problem: str = ""
    trouble: str = ""
    stay_away: int = 0
    listed: int = 0
    fresh_for: int = 0
    moved_to: str = ""


@dataclass(frozen=True)
class Recorded:
    """A visit as it was recorded: how it ended, how many entries the feed has, and what storing them did.

    `gone` says that the source was switched off, since it said that it is gone for good (410).
    """

    key: str
    name: str
    outcome: FetchOutcome
    status: int | None
    entries: int
    stored: Stored
    problem: str
    gone: bool = False


def validators_for(source: Source, *, now: datetime) -> Validators:
    """What to send along to a source, so that it may answer "unchanged".

    Nothing once a week: a source that wrongly says "unchanged" for ever (after a date in the far future) is then read.
    """
    if source.last_full_at is None or now - source.last_full_at > FULL_EVERY:
        return Validators()
    return Validators(etag=source.etag, last_modified=source.last_modified)


def is_due(source: Source, *, now: datetime, early: bool = False) -> bool:
    """Whether the source is enabled and its time has come; `early` waits only where the source itself asked for that."""
    if early and source.wait_why not in ASKED:
        return source.enabled
    return source.enabled and is_time(source.not_before, source.wait_why, now=now)


def record_visit(session: Session, *, source_id: int, visit: Visit, vocabulary: Vocabulary) -> Recorded:
    """`record_visits` for a single one. Raises what that raises."""
    (recorded,) = record_visits(session, visits=[(source_id, visit)], vocabulary=vocabulary)
    return recorded


def record_visits(
    session: Session, *, visits: Sequence[tuple[int, Visit]], vocabulary: Vocabulary
) -> list[Recorded]:
    """Store the items of visits, what each visit says about its source, and when the next one is.

    The sources' rows are locked until the commit, so that two harvests at once store them one after the other. What
    changes in the rows is written at the end, all together: most visits bring nothing, and cost little then.

    Args:
        session: the transaction.
        visits: by the number of the source, at most one for each.
        vocabulary: what to tag new items with.

    Raises:
        UnknownSource: a source was removed meanwhile.
    """
    sources = _locked(session, [source_id for source_id, _visit in visits])
    with session.no_autoflush:
        return [_record(session, sources[source_id], visit, vocabulary) for source_id, visit in visits]


def _locked(session: Session, source_ids: Sequence[int]) -> dict[int, Source]:
    wanted = select(Source).where(col(Source.id).in_(source_ids)).order_by(col(Source.id)).with_for_update()
    found = {source.id or 0: source for source in session.exec(wanted)}
    for source_id in source_ids:
        if source_id not in found:
            raise UnknownSource(f"Source {source_id} was removed during the harvest.")
    return found


def _record(session: Session, source: Source, visit: Visit, vocabulary: Vocabulary) -> Recorded:
    assert source.id is not None  # noqa: S101  it was read
    stored = Stored()
    if visit.feed is not None:
        quoted = source.rights == Rights.QUOTE
        stored = store_entries(
            session,
            source_id=source.id,
            entries=[quoted_entry(one) for one in visit.feed.entries] if quoted else visit.feed.entries,
            vocabulary=vocabulary,
            now=visit.finished_at,
            policy=source.identity_policy,
        )
    pace = _update_source(source, visit, changed=bool(stored.new or stored.changed))
    moved = _moved(session, source, visit)
    if visit.status == 429:
        _hold_host(session, source)
    entries = len(visit.feed.entries) if visit.feed is not None else visit.listed
    row = _fetch_row(source.id, visit, entries=entries, stored=stored, pace=pace)
    row.moved_to = moved
    session.add_all([source, row])
    gone = pace.why is Why.GONE
    return Recorded(
        source.key, source.name, visit.outcome, visit.status, entries, stored, visit.problem, gone
    )


def _update_source(source: Source, visit: Visit, *, changed: bool) -> Pace:
    source.last_fetched_at = visit.finished_at
    source.last_problem, source.last_trouble = visit.problem, visit.trouble
    failed = visit.outcome is FetchOutcome.FAILED
    source.failures = source.failures + 1 if failed else 0
    source.refusals = source.refusals + 1 if visit.status == 403 else 0
    pace = _pace_after(source, visit, changed=changed)
    source.not_before, source.wait_why, source.rhythm = pace.next_at, pace.why, pace.interval
    if pace.why is Why.GONE:
        source.enabled = False
    if not failed:
        source.last_ok_at, source.url_confidence = visit.finished_at, UrlConfidence.VERIFIED
        source.etag, source.last_modified = visit.validators.etag, visit.validators.last_modified
    if visit.feed is not None:
        source.last_full_at = visit.finished_at
        source.name = visit.feed.title if source.name == source.key and visit.feed.title else source.name
        source.home_url = source.home_url or visit.feed.home_url
    return pace


def _pace_after(source: Source, visit: Visit, *, changed: bool) -> Pace:
    if source.kind == SourceKind.DATABASE:  # crawls have a rhythm of their own, whatever one of them brought
        return Pace(None, Why.NIGHTLY, source.rhythm)
    if visit.outcome is FetchOutcome.FAILED:
        return after_failure(
            at=visit.finished_at,
            interval=source.rhythm,
            failures=source.failures,
            refusals=source.refusals,
            status=visit.status,
            retry_after=visit.stay_away,
        )
    lifetime = visit.feed.lifetime if visit.feed is not None else 0
    return after_answer(
        at=visit.finished_at,
        interval=source.rhythm,
        changed=changed,
        conditional=_asks_for_changes(source, visit),
        fresh_for=max(visit.fresh_for, lifetime),
    )


def _asks_for_changes(source: Source, visit: Visit) -> bool:
    """Whether a visit that finds nothing new costs the source little: documents are asked for from a moment on."""
    validators = visit.validators
    return source.kind == SourceKind.DOCUMENTS or bool(validators.etag or validators.last_modified)


def _moved(session: Session, source: Source, visit: Visit) -> str:
    """Follow a source that says some times in a row that it moved for good; the new address, or ""."""
    if visit.outcome is FetchOutcome.FAILED:
        return ""
    source.moved_hits = (
        0 if not visit.moved_to else source.moved_hits + 1 if visit.moved_to == source.moved_to else 1
    )
    source.moved_to = visit.moved_to
    if source.moved_hits < MOVED_AFTER:
        return ""
    if session.exec(select(Source.id).where(Source.url == visit.moved_to)).first() is not None:
        return ""  # another source is there already: an editor will see two that bring the same
    kept, full = visit.validators, source.last_full_at
    move_source(source, visit.moved_to)
    source.etag, source.last_modified, source.last_full_at = kept.etag, kept.last_modified, full
    return source.url


def _hold_host(session: Session, source: Source) -> None:
    """All sources of one server stay away from it when it says that we come too often."""
    host = host_of(source.url)
    until = source.not_before
    for other in session.exec(
        select(Source).where(Source.id != source.id, col(Source.url).contains(host, autoescape=True))
    ):
        if until and host_of(other.url) == host and (other.not_before is None or other.not_before < until):
            other.not_before, other.wait_why = until, Why.HOST
            session.add(other)


def _fetch_row(source_id: int, visit: Visit, *, entries: int, stored: Stored, pace: Pace) -> Fetch:
    return Fetch(
        source_id=source_id,
        started_at=visit.started_at,
        finished_at=visit.finished_at,
        outcome=visit.outcome,
        http_status=visit.status,
        received=visit.received,
        entries=entries,
        new_items=stored.new,
        changed_items=stored.changed,
        problem=visit.problem,
        trouble=visit.trouble,
        next_at=pace.next_at,
        why=pace.why,
    )
