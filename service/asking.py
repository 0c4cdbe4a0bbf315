"""Asking: the fetcher as connectors know it, with manners, and an end when the process is told to stop."""

import asyncio
import threading
import time
from collections.abc import Callable

from content.answers import Fetched
from content.connectors.declaration import Declaration
from content.connectors.manners import well_mannered
from content.connectors.port import Answer, Fetch
from content.errors import FetchFailed
from content.fetching import FetchRules, fetch
from content.sources import SourceKind
from service.errors import Stopped

STOP_AFTER = 0.2
"""Seconds between two looks whether to stop while an answer is on its way."""

OBEYING = frozenset({SourceKind.DATABASE})
"""Kinds of which robots.txt is obeyed: pages. Interfaces for documents are made to be asked by machines."""


def asker(
    declaration: Declaration,
    *,
    rules: FetchRules,
    stop: threading.Event | None = None,
    heartbeat: Callable[[], None] = lambda: None,
) -> Fetch:
    """What a connector asks with.

    Args:
        declaration: of the source, for the time between two requests.
        rules: what a fetch may cost, and how we introduce ourselves.
        stop: when it is set, the next request raises Stopped.
        heartbeat: called before each request; it may raise, to end the visit.
    """

    def ask(url: str) -> Answer:
        if stop is not None and stop.is_set():
            raise Stopped("The process was told to stop; the visit begins anew later.")
        heartbeat()
        return answer_of(url, rules=rules, stop=stop)

    def pause(seconds: float) -> None:
        if stop is None:
            time.sleep(seconds)
        else:
            stop.wait(seconds)

    return well_mannered(
        ask,
        delay=declaration.delay,
        pause=pause,
        monotonic=time.monotonic,
        obeys_robots=declaration.kind in OBEYING,
    )


def answer_of(url: str, *, rules: FetchRules, stop: threading.Event | None = None) -> Answer:
    """The answer of an address, also when it is an error status.

    Raises:
        FetchFailed: there was none, or none that may be read (refused, too slow, too large).
        Stopped: `stop` was set before an answer came.
    """
    try:
        fetched = asyncio.run(_fetched(url, rules=rules, stop=stop))
    except FetchFailed as error:
        if error.status is None or error.status < 300:
            raise
        headers = {"retry-after": str(error.retry_after)} if error.retry_after else {}
        return Answer(status=error.status, url=url, headers=headers)
    return Answer(fetched.status, fetched.url, fetched.body, {"content-type": fetched.content_type})


async def _fetched(url: str, *, rules: FetchRules, stop: threading.Event | None) -> Fetched:
    task = asyncio.create_task(fetch(url, rules=rules))
    while not task.done():
        await asyncio.wait({task}, timeout=STOP_AFTER)
        if stop is not None and stop.is_set() and not task.done():
            task.cancel()
            raise Stopped("The process was told to stop; the visit begins anew later.")
    return task.result()
