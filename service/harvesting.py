"""Harvesting: visit all sources at once, store each as it comes in. A source that fails never stops the others."""

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from content.clusters import LIMIT, group_new
from content.errors import ContentError, SourceRefused, UnknownSource
from content.harvest import Recorded, Visit, is_due, record_visit, record_visits, validators_for
from content.sources import FetchOutcome, Source, SourceKind, list_sources, source_by_key
from content.storing import Stored, retag_outdated
from service.database import reading, writing
from service.gathering import gather_all
from service.runtime import Runtime
from service.visiting import Target, Visited, fetch_rules, target_of, visit_all

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class HarvestReport:
    """What a harvest did. `items` counts entries seen, `new` those never seen before, `tagged` new or changed items with a tag.

    `fetched`, `unchanged` and `failed` add up to `sources`, unless it was stopped or a host said that we come too often.
    `problems` has a text by source.
    """

    sources: int
    fetched: int
    unchanged: int
    failed: int
    items: int
    new: int
    tagged: int
    seconds: float
    problems: dict[str, str]
    visits: tuple[Recorded, ...]


def harvest_all(
    runtime: Runtime,
    *,
    only: list[str] | None = None,
    early: bool = False,
    stop: threading.Event | None = None,
) -> HarvestReport:
    """Visit the sources that are due, or those that are named, and store what is new. Call it from a plain thread.

    Args:
        runtime: where the sources are.
        only: keys of sources to visit, whether enabled or not, and whether it is their time or not.
        early: visit all that are enabled, also before their time, unless they themselves asked us to stay away.
        stop: when it is set, visits under way are dropped; what was stored stays.

    Raises:
        UnknownSource: a key in `only` is no source.
        SourceRefused: a key in `only` is a database of interventions.
    """
    begun = time.perf_counter()
    targets, documents = _targets(runtime, only, early=early)
    recorded: list[Recorded] = []

    def store(visits: Sequence[Visited]) -> None:
        recorded.extend(_store(runtime, visits))

    asyncio.run(
        visit_all(targets, rules=fetch_rules(runtime.settings), clock=runtime.clock, store=store, stop=stop)
    )
    recorded += gather_all(runtime, documents, stop=stop)
    with writing(runtime.engine) as session:
        retag_outdated(session, vocabulary=runtime.vocabulary)
    _group(runtime)
    return _report(len(targets) + len(documents), recorded, seconds=time.perf_counter() - begun)


def _group(runtime: Runtime) -> None:
    """Bring together what is the same news, some thousands of items a transaction."""
    grouped = LIMIT
    while grouped == LIMIT:
        with writing(runtime.engine) as session:
            grouped = group_new(session)


def _targets(runtime: Runtime, only: list[str] | None, *, early: bool) -> tuple[list[Target], list[str]]:
    """The feeds to visit, and the keys of the sources of documents. Databases are crawled, by night, elsewhere."""
    now = runtime.clock()
    with reading(runtime.engine) as session:
        if only:
            sources = [_harvestable(session, key) for key in dict.fromkeys(only)]
        else:
            sources = [source for source in list_sources(session) if is_due(source, now=now, early=early)]
        feeds = [
            target_of(source, validators=validators_for(source, now=now))
            for source in sources
            if source.kind == SourceKind.FEED
        ]
        return feeds, [source.key for source in sources if source.kind == SourceKind.DOCUMENTS]


def _harvestable(session: Session, key: str) -> Source:
    source = source_by_key(session, key)
    if source.kind == SourceKind.DATABASE:
        raise SourceRefused(f"{key} is a database of interventions: `kennispost crawl {key}` visits it.")
    return source


def _store(runtime: Runtime, visits: Sequence[Visited]) -> list[Recorded]:
    """Store visits in one transaction; where one of them cannot be stored, each in a transaction of its own."""
    try:
        with writing(runtime.engine) as session:
            return record_visits(
                session,
                visits=[(target.source_id, visit) for target, visit in visits],
                vocabulary=runtime.vocabulary,
            )
    except (SQLAlchemyError, ContentError):
        rows = [_store_alone(runtime, target, visit) for target, visit in visits]
        return [row for row in rows if row is not None]


def _store_alone(runtime: Runtime, target: Target, visit: Visit) -> Recorded | None:
    """None when the source was removed meanwhile."""
    try:
        with writing(runtime.engine) as session:
            return record_visit(
                session, source_id=target.source_id, visit=visit, vocabulary=runtime.vocabulary
            )
    except UnknownSource:
        return None
    except (SQLAlchemyError, ContentError) as error:
        log.exception("harvest.not_stored", source=target.key)
        problem = f"What came in could not be stored: {type(error).__name__}."
        return Recorded(target.key, target.name, FetchOutcome.FAILED, visit.status, 0, Stored(), problem)


def _report(sources: int, recorded: list[Recorded], *, seconds: float) -> HarvestReport:
    outcomes = [row.outcome for row in recorded]
    return HarvestReport(
        sources=sources,
        fetched=outcomes.count(FetchOutcome.OK),
        unchanged=outcomes.count(FetchOutcome.UNCHANGED),
        failed=outcomes.count(FetchOutcome.FAILED),
        items=sum(row.entries for row in recorded),
        new=sum(row.stored.new for row in recorded),
        tagged=sum(row.stored.tagged for row in recorded),
        seconds=round(seconds, 3),
        problems={row.key: row.problem for row in recorded if row.problem},
        visits=tuple(sorted(recorded, key=lambda row: row.key)),
    )
