"""Failures and why, put together: replies differ per recipient in the address and in numbers, not in what they say."""

import re
from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session, col, select

from service.mailing.outbox import Attempt, Delivery, DeliveryState, Mailing

LOOKED_AT = 1000
"""Failures that are read; of more than that, the shares are those of the first thousand."""

_ADDRESS = re.compile(r"<[^<>\s]*@[^<>\s]*>|[^\s<>\"'(),:;]+@[^\s<>\"'(),:;]+")
_NAME = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])\w{6,}(?:[-.]\w+)*\b|\b\d{5,}\b")
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Reason:
    """Failures that were given the same reason: the server's code (none when nothing was tried), its words, how many."""

    code: int | None
    words: str
    number: int


def reason_of(reply: str) -> str:
    """What a reply says, without what belongs to one recipient or one message. Pure.

    The enhanced status (RFC 3463) stays; addresses and the names that servers give to messages become "…".
    """
    plain = _NAME.sub("…", _ADDRESS.sub("…", _LINK.sub("…", reply)))
    return " ".join(plain.split())[:200]


def reasons(session: Session, *, mailing: Mailing, limit: int = 8) -> list[Reason]:
    """Why deliveries failed, the most frequent reason first."""
    failed = (
        select(Delivery.id, Delivery.reply)
        .where(Delivery.mailing_id == mailing.id, Delivery.state == DeliveryState.FAILED)
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .limit(LOOKED_AT)
    )
    replies = dict(session.exec(failed).all())
    tried = (
        select(Attempt.delivery_id, Attempt.code)
        .where(col(Attempt.delivery_id).in_(replies))
        .order_by(col(Attempt.id))
    )
    codes = dict(session.exec(tried).all())  # the last attempt of each counts
    counted = Counter((codes.get(number or 0), reason_of(reply)) for number, reply in replies.items())
    return [Reason(code, words, number) for (code, words), number in counted.most_common(limit)]
