"""What a running Kennispost consists of. Built once at the edge and handed on; nothing here is a global."""

from dataclasses import dataclass

from sqlalchemy import Engine

from content.vocabulary import Vocabulary, load_vocabulary
from service.clock import Clock, system_clock
from service.database import open_engine
from service.settings import Settings, refuse_unsafe


@dataclass(frozen=True)
class Runtime:
    """Settings, database, clock and vocabulary of one process."""

    settings: Settings
    engine: Engine
    clock: Clock
    vocabulary: Vocabulary


def build_runtime(settings: Settings, *, clock: Clock = system_clock) -> Runtime:
    """Check the settings and open what they name.

    Raises:
        UnsafeSettings: production, and a setting is not safe.
        VocabularyFault: the vocabulary file has a fault.
    """
    refuse_unsafe(settings)
    return Runtime(settings=settings, engine=open_engine(settings), clock=clock, vocabulary=load_vocabulary())
