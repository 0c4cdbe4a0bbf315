"""Merging: a register of a later year is put in place, and readers who moved along with their municipality are written to."""

from collections import defaultdict
from datetime import datetime

from sqlmodel import Session, col, or_, select

from service.mailing.letters import post_letter
from subscribers.merging import Move, Update, apply_update
from subscribers.people import Subscriber, SubscriberState


def bring_up_to_date(session: Session, update: Update, *, name: str, now: datetime) -> dict[str, int]:
    """Do what the update says; gives its figures, and `letters`: one for each reader who moved and receives mail now.

    Who paused gets none: their page says it when they come back.

    Raises:
        RegisterFault: a municipality left and nobody says where it went.
    """
    last = session.exec(select(Move.id).order_by(col(Move.id).desc())).first() or 0
    counts = apply_update(session, update, name=name, now=now)
    going = or_(col(Subscriber.paused_until).is_(None), col(Subscriber.paused_until) <= now)
    moved = (
        select(Subscriber, Move.id)
        .join(Move, col(Move.subscriber_id) == col(Subscriber.id))
        .where(col(Move.id) > last, Subscriber.state == SubscriberState.ACTIVE, going)
    )
    moves: defaultdict[int, list[int]] = defaultdict(list)
    readers: dict[int, Subscriber] = {}
    for reader, move in session.exec(moved.order_by(col(Move.id))):
        readers[reader.id or 0] = reader
        moves[reader.id or 0].append(move or 0)
    for key, reader in readers.items():
        post_letter(
            session, kind="municipality-merged", subscriber=reader, context={"moves": moves[key]}, now=now
        )
    return counts | {"letters": len(readers)}
