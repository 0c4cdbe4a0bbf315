"""Crawling: visit the databases of interventions, one after the other, and hand what each visit brought to a ledger."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from sqlmodel import Session

from content.calls import is_crawl_due
from content.calls import record_crawl as note_on_source
from content.connectors.crawl import crawl
from content.connectors.shelf import declaration_of
from content.crawled import CrawlResult
from content.errors import ContentError, SourceRefused
from content.interventions.recording import record_crawl
from content.interventions.remembering import known_links
from content.sources import Source, SourceKind, list_sources, source_by_key
from content.vocabulary import Vocabulary
from service.asking import asker
from service.database import reading, writing
from service.errors import LeaseLost, Stopped
from service.runtime import Runtime
from service.visiting import fetch_rules

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ledger:
    """Where crawls are recorded: what knows what they mean.

    `known` gives the address of each record that is known of a source, by its key: a crawl looks up those that a complete
    list no longer names. `record` stores a crawl in the transaction that also notes it on the source, and may give a word
    on what it did. It gets every crawl, complete or not, once.
    """

    known: Callable[[Session, Source], Mapping[str, str]]
    record: Callable[[Session, Source, CrawlResult], str]


def ledger_of_interventions(vocabulary: Vocabulary) -> Ledger:
    """The ledger in use: crawls become interventions, what each database says of them, and what changed there."""

    def record(session: Session, _source: Source, result: CrawlResult) -> str:
        return record_crawl(session, result=result, now=result.finished, vocabulary=vocabulary).note

    return Ledger(known=lambda session, source: known_links(session, source.key), record=record)


@dataclass(frozen=True)
class Crawled:
    """A crawl as it was recorded. `problem` says in English what went wrong, `note` what the ledger did."""

    key: str
    result: CrawlResult | None
    problem: str
    note: str = ""


def crawl_source(
    runtime: Runtime,
    *,
    key: str,
    known: Mapping[str, str] | None = None,
    stop: threading.Event | None = None,
    heartbeat: Callable[[], None] = lambda: None,
) -> CrawlResult:
    """Visit one database, enabled or not, and say what it brought. Nothing is stored.

    Args:
        runtime: for the settings of a fetch, and the clock.
        key: the source's key, which is the name of its declaration.
        known: the addresses of the records that are known from before, by key.
        stop: when it is set, the crawl ends at its next request.
        heartbeat: called before each request; it may raise, to end the crawl.

    Raises:
        DeclarationFault: no file says how this source is read, or the file has a fault.
        SourceRefused: the source is no database.
        Stopped: `stop` was set.
    """
    declaration = declaration_of(key, *runtime.settings.declaration_folders)
    if declaration.kind is not SourceKind.DATABASE:
        raise SourceRefused(f"{key} is no database of interventions: it is harvested, not crawled.")
    fetch = asker(declaration, rules=fetch_rules(runtime.settings), stop=stop, heartbeat=heartbeat)
    return crawl(declaration, fetch=fetch, clock=runtime.clock, known=known or {})


def crawl_all(
    runtime: Runtime,
    *,
    only: list[str] | None = None,
    ledger: Ledger | None = None,
    stop: threading.Event | None = None,
    heartbeat: Callable[[], None] = lambda: None,
) -> list[Crawled]:
    """Visit the databases that are due, or those that are named; each is recorded in a transaction of its own.

    Args:
        runtime: where the sources are.
        only: keys of databases to visit, whether enabled or not.
        ledger: where what was found is recorded; None for the one in use.
        stop: when it is set, the crawl under way is dropped; what was recorded stays.
        heartbeat: called before each request; it may raise, to end the whole.

    Raises:
        UnknownSource: a key in `only` is no source.
        Stopped: `stop` was set.
    """
    with reading(runtime.engine) as session:
        keys = _due(session, runtime, only)
    chosen = ledger or ledger_of_interventions(runtime.vocabulary)
    return [_crawl_one(runtime, key, chosen, stop, heartbeat) for key in keys]


def _due(session: Session, runtime: Runtime, only: list[str] | None) -> list[str]:
    if only:
        return [source_by_key(session, key).key for key in dict.fromkeys(only)]
    now = runtime.clock()
    databases = [one for one in list_sources(session) if one.kind == SourceKind.DATABASE]
    return [one.key for one in databases if is_crawl_due(one, now=now)]


def _crawl_one(
    runtime: Runtime,
    key: str,
    ledger: Ledger,
    stop: threading.Event | None,
    heartbeat: Callable[[], None],
) -> Crawled:
    try:
        with reading(runtime.engine) as session:
            known = dict(ledger.known(session, source_by_key(session, key)))
        result = crawl_source(runtime, key=key, known=known, stop=stop, heartbeat=heartbeat)
        with writing(runtime.engine) as session:
            noted = note_on_source(session, result=result, vocabulary=runtime.vocabulary)
            note = ledger.record(session, source_by_key(session, key), result)
    except (Stopped, LeaseLost):
        raise
    except ContentError as error:
        return Crawled(key, None, str(error))
    except Exception as error:  # a defect of ours, met in one database, is no reason to skip the others
        log.exception("crawl.defect", source=key)
        return Crawled(key, None, f"Unexpected: {type(error).__name__}.")
    return Crawled(key, result, noted.problem, note)
