"""Ledgers: what the harness reads of the outbox while others work on it, and all that it changes: the passing of time."""

from collections import defaultdict

from sqlalchemy import func, select, update
from sqlmodel import col

from service.bench.proof import Told, Try
from service.database import reading, writing
from service.mailing.outbox import END_STATES, Attempt, Delivery, DeliveryState, Mailing
from service.runtime import Runtime
from subscribers.people import Subscriber

UNDER_WAY = (DeliveryState.CLAIMED, DeliveryState.HANDED_OVER)


def states(runtime: Runtime) -> dict[str, int]:
    """How many deliveries are in each state, over all mailings."""
    counted = select(col(Delivery.state), func.count()).group_by(col(Delivery.state))
    with reading(runtime.engine) as session:
        return dict(session.execute(counted).all())


def waiting(counts: dict[str, int]) -> int:
    """How many of these have not ended."""
    return sum(number for state, number in counts.items() if state not in END_STATES)


def held_by(runtime: Runtime, pid: int) -> dict[str, int]:
    """What the process with this id has under way, by state. Its claims carry its id between hyphens."""
    mine = (
        select(col(Delivery.state), func.count())
        .where(col(Delivery.state).in_(UNDER_WAY), col(Delivery.claimed_by).contains(f"-{pid}-"))
        .group_by(col(Delivery.state))
    )
    with reading(runtime.engine) as session:
        return dict(session.execute(mine).all())


def bring_forward(runtime: Runtime) -> int:
    """What waits for a later try is due now, as if the half hour had gone by; give how many."""
    now = runtime.clock()
    later = (
        update(Delivery)
        .where(col(Delivery.state) == DeliveryState.DEFERRED, col(Delivery.due_at) > now)
        .values(due_at=now)
    )
    with writing(runtime.engine) as session:
        return session.connection().execute(later).rowcount


def unfinished(runtime: Runtime) -> int:
    """How many mailings are not finished."""
    with reading(runtime.engine) as session:
        return session.scalar(select(func.count()).where(col(Mailing.finished_at).is_(None))) or 0


def mailings(runtime: Runtime) -> dict[int, tuple[int, str]]:
    """What each mailing planned, and its state."""
    with reading(runtime.engine) as session:
        rows = session.execute(select(col(Mailing.id), col(Mailing.planned), col(Mailing.state))).all()
    return {mailing_id or 0: (planned, state) for mailing_id, planned, state in rows}


def told(runtime: Runtime) -> list[Told]:
    """The whole ledger, delivery by delivery."""
    tried: defaultdict[int, list[Try]] = defaultdict(list)
    attempts = select(col(Attempt.delivery_id), col(Attempt.outcome), col(Attempt.server), col(Attempt.reply))
    deliveries = select(
        col(Delivery.id),
        col(Delivery.mailing_id),
        col(Subscriber.address),
        col(Delivery.message_id),
        col(Delivery.state),
        col(Delivery.claimed_by),
    ).join(Subscriber, col(Subscriber.id) == col(Delivery.subscriber_id))
    with reading(runtime.engine) as session:
        for delivery_id, outcome, server, reply in session.execute(attempts):
            tried[delivery_id].append(Try(outcome, server, reply))
        return [
            Told(found or 0, mailing_id, address, message_id, state, worker, tuple(tried[found or 0]))
            for found, mailing_id, address, message_id, state, worker in session.execute(deliveries)
        ]
