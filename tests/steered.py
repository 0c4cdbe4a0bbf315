"""What tests of steering share: an act in a transaction of its own, and workers that never stop looking."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlmodel import col, select

from service.audit import AuditEvent
from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.ledger import balances, ledger
from service.mailing.moves import mailing_by_id
from service.mailing.outbox import Mailing
from service.mailing.steering import wind_down
from service.runtime import Runtime

BY = "bert@kennispost.example"


def steer(runtime: Runtime, act: Callable, mailing_id: int, **more):
    """Do it in a transaction of its own, as the desk and the command line do."""
    with writing(runtime.engine) as session:
        mailing = mailing_by_id(session, mailing_id)
        return act(session, mailing=mailing, by=BY, now=runtime.clock(), **more)


def the(runtime: Runtime, mailing_id: int) -> Mailing:
    with reading(runtime.engine) as session:
        return session.get_one(Mailing, mailing_id)


def acts_on(runtime: Runtime) -> list[str]:
    with reading(runtime.engine) as session:
        return list(session.exec(select(AuditEvent.action).order_by(col(AuditEvent.id))))


def wound_down(runtime: Runtime) -> None:
    with writing(runtime.engine) as session:
        wind_down(session, now=runtime.clock())


def balanced(runtime: Runtime, mailing_id: int) -> bool:
    with reading(runtime.engine) as session:
        mailing = session.get_one(Mailing, mailing_id)
        return balances(mailing, ledger(session, mailing))


@contextmanager
def workers(runtime: Runtime, number: int = 2, batch: int = 10) -> Iterator[None]:
    """Workers that look for something to send all the time, as `kennispost work` does; then they finish what they have."""
    stop, failed = threading.Event(), []

    def work() -> None:
        while not stop.is_set():
            try:
                deliver_due(runtime, batch=batch)
            except Exception as error:
                failed.append(error)
                raise
            stop.wait(0.02)

    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert failed == []
