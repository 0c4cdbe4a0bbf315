"""Undoing an import: what is still as the import left it goes back; what a reader changed since is theirs, and stays."""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, delete, func, tuple_, update
from sqlalchemy import select as rows
from sqlmodel import Session, col

from subscribers.adding import event, refresh_profile_keys, set_people, stands_now
from subscribers.bulk import insert_rows
from subscribers.consent import ConsentEvent, ConsentKind
from subscribers.imports import Import, Outcome
from subscribers.judging import Known
from subscribers.people import Interest, Membership, Subscriber, SubscriberState, Subscription
from subscribers.standing import known_by_id


def undo_lines(
    session: Session,
    found: Import,
    lines: Sequence[Row[Any]],
    *,
    mailed: Callable[[Session, Collection[int]], Set[int]],
    now: datetime,
) -> dict[int, Outcome]:
    """What becomes of each line. A new reader is removed, or unsubscribed where the ledger has mail to them.

    One who took part in a webinar before takes part in it alone again, mailed or not: the ledger keeps their row anyway.
    """
    ids = [line.subscriber_id for line in lines if line.subscriber_id is not None]
    known = known_by_id(session, ids, lock=True)
    acted, sent = _acted_since(session, found, ids), mailed(session, ids)
    outcomes: dict[int, Outcome] = {}
    for line in lines:
        now_is = known.get(line.subscriber_id or 0)
        same = now_is is not None and now_is.id not in acted and _as_left(now_is, line.before)
        if not same or now_is is None:
            outcomes[line.id] = Outcome.KEPT
        elif line.outcome == Outcome.CHANGED or line.before.get("guest"):
            outcomes[line.id] = Outcome.REMOVED
        else:
            outcomes[line.id] = Outcome.STOPPED if now_is.id in sent else Outcome.REMOVED
    chosen = {line.id: line for line in lines}
    back = [chosen[key] for key, one in outcomes.items() if one is Outcome.REMOVED]
    _stop(session, found, [chosen[key] for key, one in outcomes.items() if one is Outcome.STOPPED], now)
    guests = [line for line in back if line.outcome == Outcome.NEW and line.before.get("guest")]
    _put_back(session, found, guests, now, kind=ConsentKind.WITHDRAWN)
    _make_guests(session, [line.subscriber_id for line in guests])
    _put_back(session, found, [line for line in back if line.outcome == Outcome.CHANGED], now)
    _remove(session, [one.subscriber_id for one in back if one.outcome == Outcome.NEW and one not in guests])
    return outcomes


def _acted_since(session: Session, found: Import, ids: Collection[int]) -> frozenset[int]:
    """Readers of whom an event tells that they did something after the import."""
    mine = func.max(case((col(ConsentEvent.source) == found.source, col(ConsentEvent.id)), else_=0))
    wanted = (
        rows(col(ConsentEvent.subscriber_id))
        .where(col(ConsentEvent.subscriber_id).in_(ids))
        .group_by(col(ConsentEvent.subscriber_id))
        .having(func.max(col(ConsentEvent.id)) > mine)
    )
    return frozenset(session.connection().execute(wanted).scalars())


def _as_left(known: Known, before: Mapping[str, Any] | None) -> bool:
    return (
        known.state == SubscriberState.ACTIVE and before is not None and stands_now(known) == before["became"]
    )


def _remove(session: Session, ids: Collection[int]) -> None:
    # Consent, memberships and what else belongs to them goes with them, by the foreign keys.
    if ids:
        session.connection().execute(delete(Subscriber).where(col(Subscriber.id).in_(ids)))


def _make_guests(session: Session, ids: Collection[int]) -> None:
    if ids:
        theirs = update(Subscriber).where(col(Subscriber.id).in_(ids))
        session.connection().execute(
            theirs.values(state=str(SubscriberState.GUEST), confirmed_at=None, profile_key="")
        )
        session.connection().execute(delete(Subscription).where(col(Subscription.subscriber_id).in_(ids)))


def _stop(session: Session, found: Import, lines: Sequence[Row[Any]], now: datetime) -> None:
    ids = [line.subscriber_id for line in lines]
    if not ids:
        return
    connection = session.connection()
    gone = (
        update(Subscriber).where(col(Subscriber.id).in_(ids)).values(state=str(SubscriberState.UNSUBSCRIBED))
    )
    connection.execute(gone)
    connection.execute(delete(Subscription).where(col(Subscription.subscriber_id).in_(ids)))
    after = {line.subscriber_id: line.before["became"] for line in lines}
    refresh_profile_keys(session, {reader: some["interests"] for reader, some in after.items()})
    _record(session, found, after, ConsentKind.WITHDRAWN, now)


def _put_back(
    session: Session,
    found: Import,
    lines: Sequence[Row[Any]],
    now: datetime,
    *,
    kind: ConsentKind = ConsentKind.CHANGED,
) -> None:
    if not lines:
        return
    was = {line.subscriber_id: line.before["was"] for line in lines}
    organisations, interests = [], []
    for line in lines:
        before, after = line.before["was"], line.before["became"]
        added = set(after["organisations"]) - set(before["organisations"])
        organisations += [(line.subscriber_id, one) for one in added]
        interests += [(line.subscriber_id, one) for one in set(after["interests"]) - set(before["interests"])]
    _delete_pairs(session, Membership, "organisation_id", organisations)
    _delete_pairs(session, Interest, "slug", interests)
    set_people(session, {reader: (some["name"], some["language"]) for reader, some in was.items()})
    refresh_profile_keys(session, {reader: some["interests"] for reader, some in was.items()})
    _record(session, found, was, kind, now)


def _delete_pairs(session: Session, table: Any, column: str, pairs: Sequence[tuple[int, Any]]) -> None:
    columns = table.metadata.tables[table.__tablename__].c
    for start in range(0, len(pairs), 500):
        some = tuple_(columns.subscriber_id, columns[column]).in_(pairs[start : start + 500])
        session.connection().execute(delete(table).where(some))


def _record(
    session: Session, found: Import, readers: Mapping[int, Any], kind: ConsentKind, now: datetime
) -> None:
    source = f"{found.source} undone"
    events = [
        event(found, reader, some, kind=kind, source=source, now=now) for reader, some in readers.items()
    ]
    insert_rows(session, ConsentEvent, events)
