"""Retrying: what an outcome means for a delivery. Pure."""

from datetime import datetime, timedelta

from service.mailing.claims import Settlement
from service.mailing.outbox import DeliveryState
from service.mailing.transport import Outcome, Result

FIRST_RETRY = timedelta(minutes=30)
"""RFC 5321, 4.5.4.1: at least 30 minutes for a recipient's server that says "not now"."""

LONGEST_RETRY = timedelta(hours=4)
LETTER_RETRY = timedelta(minutes=1)
"""A letter that our own relay did not take: someone waits for it, and the recipient's server was not asked."""

GIVE_UP_AFTER = timedelta(days=4)

_ENDS = {
    Result.SENT: DeliveryState.SENT,
    Result.FAILED: DeliveryState.FAILED,
    Result.UNCERTAIN: DeliveryState.UNCERTAIN,
}


def settlement_of(
    delivery_id: int, outcome: Outcome, *, attempts: int, since: datetime, letter: bool, now: datetime
) -> Settlement:
    """How a delivery goes on after this outcome. `attempts` went before; `since` is when its mailing began."""
    state, reply, due_at = _ENDS.get(outcome.result), outcome.reply, None
    if state is None and now - since >= GIVE_UP_AFTER:
        state, reply = DeliveryState.FAILED, f"Given up after {GIVE_UP_AFTER.days} days. {outcome.reply}"
    elif state is None:
        unreachable = outcome.result is Result.UNREACHABLE
        wait = LETTER_RETRY if letter and unreachable else FIRST_RETRY
        state, due_at = DeliveryState.DEFERRED, now + min(wait * 2 ** min(attempts, 10), LONGEST_RETRY)
    return Settlement(
        delivery_id=delivery_id,
        state=state,
        reply=reply,
        code=outcome.code,
        server=outcome.server,
        due_at=due_at,
    )
