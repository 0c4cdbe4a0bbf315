"""Retrying: what an outcome means for a delivery. Pure."""

from datetime import datetime, timedelta

from service.mailing.claims import Claimed, Settlement
from service.mailing.outbox import DeliveryState
from service.mailing.transport import Outcome, Result

FIRST_RETRY = timedelta(minutes=30)
"""RFC 5321, 4.5.4.1: at least 30 minutes for a recipient's server that says "not now"."""

LONGEST_RETRY = timedelta(hours=4)
LETTER_RETRY = timedelta(minutes=1)
"""A letter, where we are at fault: someone waits for it, and no mailing is paused for it."""

GIVE_UP_AFTER = timedelta(days=4)
"""After the first try (RFC 5321, 4.5.4.1: four or five days)."""

_ENDS = {
    Result.SENT: DeliveryState.SENT,
    Result.FAILED: DeliveryState.FAILED,
    Result.HARD: DeliveryState.FAILED,
    Result.UNCERTAIN: DeliveryState.UNCERTAIN,
}


def settlement_of(
    one: Claimed, outcome: Outcome, *, now: datetime, closed_until: datetime | None = None
) -> Settlement | None:
    """How a delivery goes on after this outcome; None when it goes back to the queue: no relay was there to try it.

    After a sender's fault it is put off as well, though no fault of its own: once the mailing goes on, it is not in its way.

    `closed_until` is until when its provider gets nothing, where the outcome is that it wants less.
    """
    if outcome.result is Result.UNREACHABLE:
        return None
    state, reply, due_at = _ENDS.get(outcome.result), outcome.reply, None
    if state is None and now - (one.first_tried_at or now) >= GIVE_UP_AFTER:
        state, reply = DeliveryState.FAILED, f"Given up after {GIVE_UP_AFTER.days} days. {outcome.reply}"
    elif state is None:
        state, due_at = DeliveryState.DEFERRED, closed_until or now + _wait(one, outcome)
    return Settlement(
        delivery_id=one.id,
        state=state,
        reply=reply,
        code=outcome.code,
        server=outcome.server or "-",
        due_at=due_at,
    )


def _wait(one: Claimed, outcome: Outcome) -> timedelta:
    """Twice as long after each try."""
    first = LETTER_RETRY if one.urgent and outcome.result is Result.SENDER_FAULT else FIRST_RETRY
    return timedelta(
        seconds=min(first.total_seconds() * 2 ** min(one.attempts, 10), LONGEST_RETRY.total_seconds())
    )
