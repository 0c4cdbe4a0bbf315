"""What a running Kennispost consists of. Built once at the edge and handed on; nothing here is a global."""

import gc
import os
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine

from content.vocabulary import Vocabulary, load_vocabulary
from service.clock import Clock, system_clock
from service.database import open_engine
from service.settings import PREFIX, Settings, refuse_unsafe
from service.webinars.calendars import invitation
from service.webinars.facts import Invitation

log = structlog.get_logger()

GARBAGE = 20_000
"""Objects that are made, and not freed, before the collector looks among the newest; the interpreter's own number is 700."""


@dataclass(frozen=True)
class Runtime:
    """Settings, database, clock and vocabulary of one process.

    `invitation` writes what calendars are told; without it mails about webinars have no calendar part.
    """

    settings: Settings
    engine: Engine
    clock: Clock
    vocabulary: Vocabulary
    invitation: Invitation | None = None


def build_runtime(settings: Settings, *, clock: Clock = system_clock) -> Runtime:
    """Check the settings and open what they name.

    Raises:
        UnsafeSettings: production, and a setting is not safe.
        VocabularyFault: the vocabulary file has a fault.
    """
    refuse_unsafe(settings)
    for name in unknown_variables(os.environ):
        log.warning("unknown setting", name=name)
    return Runtime(
        settings=settings,
        engine=open_engine(settings),
        clock=clock,
        vocabulary=load_vocabulary(),
        invitation=invitation,
    )


def settle_down() -> None:
    """Have the collector pass over what was made while starting: it stays for good, and to visit it takes a tenth of sending.

    For a process that has started and now works for days. It looks less often, too: what is made for a message goes with it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 50)


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Names that look like settings but are none: a slip of the pen that would otherwise go unseen."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return sorted(
        name for name in environment if name.startswith(PREFIX) and name not in known and "_TEST_" not in name
    )
