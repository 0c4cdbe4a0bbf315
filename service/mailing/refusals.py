"""Refusals: what is kept of a mail that came back, and who is not mailed again. The caller's transaction holds it all.

Facts stand on the delivery: they are no states, since the mail was sent. They are written once; what is worse replaces them.
"""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from service.mailing.outbox import Delivery, DeliveryState
from service.settings import Settings
from service.verdicts.kinds import Kind, Verdict
from service.verdicts.softness import Sending, is_given_up
from subscribers.leaving import leave
from subscribers.people import Subscriber
from subscribers.suppression import is_suppressed, suppress

LOOKS_BACK = 24
"""Deliveries of a reader that the rule for soft bounces looks at."""


class Suppressed(StrEnum):
    """Why an address is on the list."""

    HARD = "hard-bounce"
    SOFT = "soft-bounces"
    COMPLAINT = "complaint"


def note_refusal(
    session: Session,
    settings: Settings,
    *,
    delivery_id: int,
    verdict: Verdict,
    now: datetime,
    status: str = "",
) -> bool:
    """Keep that this delivery came back, or was refused for good when it was given; whether its address is now suppressed.

    Hard: at once. Soft: by `is_given_up`. Refused, throttled and the sender's faults suppress nobody. Twice is once. Not to
    be called for a try that is repeated: what is deferred has not come back.
    """
    delivery = session.get(Delivery, delivery_id)
    if delivery is None or delivery.bounce_kind == Kind.HARD:
        return False
    delivery.bounced_at, delivery.bounce_kind = now, verdict.kind
    delivery.bounce_status, delivery.bounce_reason = status, verdict.reason
    session.add(delivery)
    session.flush()
    reader = session.get(Subscriber, delivery.subscriber_id) if delivery.subscriber_id else None
    if reader is None:
        return False
    if verdict.kind is Kind.HARD:
        return _suppress(session, settings, reader, Suppressed.HARD, now)
    if verdict.kind is Kind.SOFT and is_given_up(_sendings(session, reader)):
        return _suppress(session, settings, reader, Suppressed.SOFT, now)
    return False


def note_complaint(session: Session, settings: Settings, *, delivery_id: int, now: datetime) -> bool:
    """Keep that the reader complained: suppressed, and unsubscribed from everything; whether that was new."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None or delivery.complained_at is not None:
        return False
    delivery.complained_at = now
    session.add(delivery)
    reader = session.get(Subscriber, delivery.subscriber_id) if delivery.subscriber_id else None
    if reader is None:
        return False
    leave(session, subscriber=reader, stream=None, source="complaint", now=now)
    return _suppress(session, settings, reader, Suppressed.COMPLAINT, now)


def _suppress(
    session: Session, settings: Settings, reader: Subscriber, reason: Suppressed, now: datetime
) -> bool:
    keys = settings.signing_keys()
    if is_suppressed(session, address=reader.address, keys=keys):
        return False
    suppress(session, address=reader.address, reason=reason, keys=keys, now=now)
    return True


def _sendings(session: Session, reader: Subscriber) -> list[Sending]:
    """The reader's successes and soft failures. What was refused for its content is neither."""
    ended = (DeliveryState.SENT, DeliveryState.FAILED)
    wanted = (
        select(Delivery)
        .where(Delivery.subscriber_id == reader.id, col(Delivery.state).in_(ended))
        .order_by(col(Delivery.id).desc())
        .limit(LOOKS_BACK)
    )
    return [
        Sending(
            at=one.handed_over_at or one.settled_at or one.due_at,
            mailing_id=one.mailing_id,
            failed=one.bounce_kind == Kind.SOFT,
        )
        for one in session.exec(wanted)
        if one.bounce_kind == Kind.SOFT or (one.state == DeliveryState.SENT and not one.bounce_kind)
    ]
