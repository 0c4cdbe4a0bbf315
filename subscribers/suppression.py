"""Suppression: addresses that are never mailed again, kept as a keyed hash so that the list names no one."""

import hashlib
import hmac
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select as rows
from sqlmodel import Field, Session, col, select

from content.columns import Instant, Record
from content.many import among
from subscribers.addresses import parse_address


class Suppression(Record, table=True):
    """An address that must not be mailed. It never comes back by itself."""

    id: int | None = Field(default=None, primary_key=True)
    address_hash: str = Field(unique=True)
    reason: str
    at: datetime = Field(sa_type=Instant)


_SUPPRESSED = rows(col(Suppression.address_hash)).where(among(col(Suppression.address_hash), "hashes"))


def address_hash(address: str, *, key: str) -> str:
    """The keyed hash (HMAC-SHA-256, hex) of an address, equal for each spelling of it.

    Raises:
        NotAnAddress: it cannot exist.
    """
    return hash_of_key(parse_address(address).key, key=key)


def hash_of_key(address_key: str, *, key: str) -> str:
    """`address_hash` of an address that is in its one form already."""
    return hmac.digest(key.encode(), f"suppression\n{address_key}".encode(), hashlib.sha256).hex()


def suppresses_anyone(session: Session) -> bool:
    """Whether there is any address that must not be mailed."""
    return session.exec(select(Suppression.id).limit(1)).first() is not None


def suppressed_keys(
    session: Session, address_keys: Collection[str], *, keys: Sequence[str]
) -> frozenset[str]:
    """Those of these addresses, each in its one form, that must not be mailed; hashes under earlier keys count as well."""
    if not suppresses_anyone(session):
        return frozenset()
    hashes = {hash_of_key(one, key=key): one for one in address_keys for key in keys}
    known = session.connection().execute(_SUPPRESSED, {"hashes": hashes.keys()}).scalars()
    return frozenset(hashes[found] for found in known)


def suppress(
    session: Session, *, address: str, reason: str, keys: Sequence[str], now: datetime
) -> Suppression:
    """Never mail this address again; twice is once. `keys` are oldest first, and the last one hashes.

    Raises:
        NotAnAddress: it cannot exist.
    """
    known = _find(session, address, keys)
    if known is not None:
        return known
    made = Suppression(address_hash=address_hash(address, key=keys[-1]), reason=reason, at=now)
    session.add(made)
    session.flush()
    return made


def is_suppressed(session: Session, *, address: str, keys: Sequence[str]) -> bool:
    """Whether this address must not be mailed; a hash under an earlier key counts as well.

    Raises:
        NotAnAddress: it cannot exist.
    """
    return _find(session, address, keys) is not None


def _find(session: Session, address: str, keys: Sequence[str]) -> Suppression | None:
    hashes = [address_hash(address, key=key) for key in keys]
    return session.exec(select(Suppression).where(col(Suppression.address_hash).in_(hashes))).first()
