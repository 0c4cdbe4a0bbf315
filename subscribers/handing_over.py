"""Handing over: a colleague comes in a reader's place, or beside them. The consent is the colleague's own."""

from datetime import datetime

from sqlmodel import Session, col, select

from content.vocabulary import Vocabulary
from subscribers.errors import HandOverRefused
from subscribers.following import interests_of, organisations_of
from subscribers.leaving import leave
from subscribers.people import Subscriber
from subscribers.requests import HandOver
from subscribers.signup import SignUp, sign_up


def hand_over(
    session: Session,
    *,
    subscriber: Subscriber,
    address: str,
    stays: bool,
    vocabulary: Vocabulary,
    now: datetime,
) -> SignUp:
    """Ask a colleague whether they want the newsletter, with the organisations and topics of the reader's work.

    Nothing happens before the colleague confirms; the caller mails them. One who reads already is left as they are.

    Raises:
        NotAnAddress: the address cannot exist.
        HandOverRefused: it is the reader's own.
    """
    asked = sign_up(
        session,
        address=address,
        name="",
        organisation_keys=[one.key for one in organisations_of(session, subscriber)],
        interests=interests_of(session, subscriber),
        language=subscriber.language,
        vocabulary=vocabulary,
        source="handed over by a colleague",
        now=now,
    )
    if asked.subscriber.id == subscriber.id:
        raise HandOverRefused("This is the reader's own address.")
    if not asked.already_active:
        asked.subscriber.domain = subscriber.domain
        asked.subscriber.policy_kind = subscriber.policy_kind
        asked.subscriber.strategy_step = subscriber.strategy_step
        session.add(asked.subscriber)
        session.add(
            HandOver(
                subscriber_id=subscriber.id or 0,
                colleague_id=asked.subscriber.id or 0,
                stays=stays,
                asked_at=now,
            )
        )
        session.flush()
    return asked


def settle_hand_overs(session: Session, *, colleague: Subscriber, now: datetime) -> list[Subscriber]:
    """The colleague confirmed: who handed over to them and does not stay, ends; gives those."""
    waiting = select(HandOver).where(HandOver.colleague_id == colleague.id, col(HandOver.done_at).is_(None))
    ended = []
    for one in session.exec(waiting).all():
        one.done_at = now
        session.add(one)
        if not one.stays:
            reader = session.get_one(Subscriber, one.subscriber_id)
            leave(session, subscriber=reader, stream=None, source="handed over to a colleague", now=now)
            ended.append(reader)
    session.flush()
    return ended
