"""Gathering: visit the sources of documents, one after the other, as a part of the harvest."""

import threading
from contextlib import suppress

import structlog

from content.calls import period_begin, record_documents
from content.connectors.declaration import Declaration
from content.connectors.documents import Gathered, gather
from content.connectors.shelf import declaration_of
from content.errors import ContentError
from content.harvest import Recorded
from content.sources import FetchOutcome, source_by_key
from content.storing import Stored
from service.asking import asker
from service.database import reading, writing
from service.errors import Stopped
from service.runtime import Runtime
from service.visiting import fetch_rules

log = structlog.get_logger(__name__)


def gather_all(runtime: Runtime, keys: list[str], *, stop: threading.Event | None = None) -> list[Recorded]:
    """Visit these sources of documents, and store what is new. A source that fails never stops the others.

    When `stop` is set the visit under way is dropped; what was stored stays.
    """
    recorded: list[Recorded] = []
    with suppress(Stopped):
        recorded.extend(_gather_one(runtime, key, stop) for key in keys)
    return recorded


def _gather_one(runtime: Runtime, key: str, stop: threading.Event | None) -> Recorded:
    try:
        return _gather_and_store(runtime, declaration_of(key, *runtime.settings.declaration_folders), stop)
    except ContentError as error:
        problem = str(error)
    except Stopped:
        raise
    except Exception as error:  # a defect of ours, met in one source, is no reason to skip the others
        log.exception("gathering.defect", source=key)
        problem = f"Unexpected: {type(error).__name__}."
    return Recorded(key, key, FetchOutcome.FAILED, None, 0, Stored(), problem)


def _gather_and_store(runtime: Runtime, declaration: Declaration, stop: threading.Event | None) -> Recorded:
    started = runtime.clock()
    with reading(runtime.engine) as session:
        source = source_by_key(session, declaration.key)
        since, position = period_begin(source, declaration, now=started), source.position
    fetch = asker(declaration, rules=fetch_rules(runtime.settings), stop=stop)
    gathered: Gathered = gather(declaration, fetch=fetch, since=since, until=started, position=position)
    with writing(runtime.engine) as session:
        return record_documents(
            session,
            key=declaration.key,
            gathered=gathered,
            started=started,
            finished=runtime.clock(),
            vocabulary=runtime.vocabulary,
        )
