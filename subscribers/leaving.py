"""Leaving: one stream or everything, at once and for as long as the reader wants; and coming back from it."""

from datetime import datetime

from sqlmodel import Session, col, select

from subscribers.consent import ConsentEvent, ConsentKind, record
from subscribers.following import interests_of, keep_streams, streams_of
from subscribers.people import Stream, Subscriber, SubscriberState
from subscribers.signup import activate


def leave(
    session: Session, *, subscriber: Subscriber, stream: Stream | str | None, source: str, now: datetime
) -> list[str]:
    """Stop a stream, or everything (None); gives the streams that were stopped, none the second time.

    Who receives nothing any more is unsubscribed; so is a request that was never confirmed.
    """
    has = streams_of(session, subscriber)
    left = [one for one in has if stream is None or one == str(stream)]
    kept = [one for one in has if one not in left]
    if set(kept) <= {
        Stream.WELCOME
    }:  # the series accompanies the newsletters: without them there is nothing to welcome to
        left, kept = has, []
    if not kept and subscriber.state != SubscriberState.UNSUBSCRIBED:
        subscriber.state = SubscriberState.UNSUBSCRIBED
        session.add(subscriber)
    elif not left:
        return []
    keep_streams(session, subscriber, kept)
    record(
        session,
        subscriber=subscriber,
        kind=ConsentKind.WITHDRAWN,
        streams=left,
        topics=interests_of(session, subscriber),
        source=source,
        now=now,
    )
    return left


def come_back(session: Session, *, subscriber: Subscriber, source: str, now: datetime) -> list[str]:
    """Undo the last leaving: the streams that were stopped then come back; gives them, none when there is nothing to undo.

    Someone who never confirmed does not become a reader this way.
    """
    last = _last_leaving(session, subscriber)
    if last is None or subscriber.confirmed_at is None:
        return []
    missing = sorted(set(last.streams) - set(streams_of(session, subscriber)))
    if missing:
        activate(session, subscriber, streams=missing, kind=ConsentKind.RESTORED, source=source, now=now)
    return missing


def _last_leaving(session: Session, subscriber: Subscriber) -> ConsentEvent | None:
    leavings = select(ConsentEvent).where(
        ConsentEvent.subscriber_id == subscriber.id, ConsentEvent.kind == ConsentKind.WITHDRAWN
    )
    return session.exec(leavings.order_by(col(ConsentEvent.id).desc())).first()
