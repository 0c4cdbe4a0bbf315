"""Standing: what is known of many readers at once, in a few queries however many they are."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select as rows
from sqlmodel import Session, col

from subscribers.judging import Known
from subscribers.people import Interest, Membership, Subscriber


def known_by_address(session: Session, keys: Collection[str], *, lock: bool = False) -> dict[str, Known]:
    """By address, in its one form; `lock` holds their rows until the transaction ends. At most a few thousand at once."""
    return _known(session, col(Subscriber.address_key).in_(keys), lock=lock, by="address_key")


def known_by_id(session: Session, ids: Collection[int], *, lock: bool = False) -> dict[int, Known]:
    """By number."""
    return _known(session, col(Subscriber.id).in_(ids), lock=lock, by="id")


def _known(session: Session, which, *, lock: bool, by: str) -> dict:  # type: ignore[no-untyped-def, type-arg]  # keys of two kinds
    table = Subscriber.metadata.tables["subscriber"].c
    wanted = rows(table.id, table.address_key, table.state, table.name, table.language).where(which)
    found = (
        session.connection().execute(wanted.order_by(table.id).with_for_update() if lock else wanted).all()
    )
    ids = [row.id for row in found]
    organisations = _values(session, ids, Membership, "organisation_id")
    interests = _values(session, ids, Interest, "slug")
    return {
        getattr(row, by): Known(
            id=row.id,
            state=row.state,
            name=row.name,
            language=row.language,
            organisations=frozenset(organisations[row.id]),
            interests=frozenset(interests[row.id]),
        )
        for row in found
    }


def _values(session: Session, ids: Collection[int], table, column: str):  # type: ignore[no-untyped-def]  # two tables
    found = defaultdict(set)
    columns = table.metadata.tables[table.__tablename__].c
    wanted = rows(columns.subscriber_id, columns[column]).where(columns.subscriber_id.in_(ids))
    for reader, value in session.connection().execute(wanted):
        found[reader].add(value)
    return found
