"""Preparing: what a database needs before anything can happen in it. Safe to repeat."""

from content.connectors.shelf import load_declared_sources
from content.interventions.starter import load_starter_interventions
from content.sources import load_starter_sources
from service.database import writing
from service.errors import DatabaseBehind
from service.migrating import is_current, migrate
from service.runtime import Runtime
from subscribers.register import load_register


def prepare(runtime: Runtime, *, starter_sources: bool = True) -> None:
    """Bring the tables up to date, and fill in the register of municipalities and what a new desk begins with.

    Raises:
        RegisterFault: a file of the register has a fault.
        DeclarationFault: the declaration of a database has a fault.
        InterventionFault: the file of interventions has one.
    """
    migrate(runtime.engine)
    with writing(runtime.engine) as session:
        load_register(session)
        if starter_sources:
            load_starter_sources(session, now=runtime.clock())
            load_declared_sources(session, *runtime.settings.declaration_folders, now=runtime.clock())
        load_starter_interventions(session, vocabulary=runtime.vocabulary, now=runtime.clock())


def prepare_or_refuse(runtime: Runtime) -> None:
    """On SQLite prepare by itself; elsewhere an operator runs `kennispost migrate`, once, and processes only check.

    Raises:
        DatabaseBehind: the tables are not those of this version.
    """
    if runtime.settings.uses_sqlite:
        prepare(runtime)
    elif not is_current(runtime.engine):
        raise DatabaseBehind("The database is not at this version: run `kennispost migrate` first.")
