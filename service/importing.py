"""Importing subscribers: what began goes on batch by batch, each a transaction, in whichever process has time."""

from collections.abc import Callable, Collection
from threading import Event

from sqlmodel import Session, col, select

from service.database import reading, writing
from service.mailing.outbox import Delivery
from service.runtime import Runtime
from subscribers.importing import Tools, step
from subscribers.imports import MOVING, Import, import_by_id, moving_imports

Tell = Callable[[Import], None]


def carry_on(
    runtime: Runtime, import_id: int, *, stop: Event | None = None, tell: Tell | None = None
) -> Import:
    """Go on with an import until it stands still; gives it. `tell` hears of it after each batch.

    Raises:
        UnknownImport: there is none with this number.
    """
    tools = tools_of(runtime)
    while True:
        with reading(runtime.engine) as session:
            found = import_by_id(session, import_id)
            session.expunge(found)
        if tell is not None:
            tell(found)
        if found.state not in MOVING or (stop is not None and stop.is_set()):
            return found
        with writing(runtime.engine) as session:
            step(session, import_id, tools, now=runtime.clock())


def carry_on_all(runtime: Runtime, *, stop: Event) -> None:
    """Go on with every import that began: here, or in a process that is gone."""
    with reading(runtime.engine) as session:
        waiting = moving_imports(session)
    for import_id in waiting:
        carry_on(runtime, import_id, stop=stop)


def tools_of(runtime: Runtime) -> Tools:
    """What importing asks of the rest of the house."""
    return Tools(vocabulary=runtime.vocabulary, keys=runtime.settings.signing_keys(), mailed=_mailed)


def _mailed(session: Session, readers: Collection[int]) -> frozenset[int]:
    wanted = select(Delivery.subscriber_id).where(col(Delivery.subscriber_id).in_(readers)).distinct()
    return frozenset(found for found in session.exec(wanted) if found is not None)
