"""Suppression: addresses that are never mailed again, kept as a keyed hash so that the list names no one."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, col, select

from content.columns import Instant, Record
from subscribers.addresses import parse_address


class Suppression(Record, table=True):
    """An address that must not be mailed. It never comes back by itself."""

    id: int | None = Field(default=None, primary_key=True)
    address_hash: str = Field(unique=True)
    reason: str
    at: datetime = Field(sa_type=Instant)


def address_hash(address: str, *, key: str) -> str:
    """The keyed hash (HMAC-SHA-256, hex) of an address, equal for each spelling of it.

    Raises:
        NotAnAddress: it cannot exist.
    """
    return hmac.new(
        key.encode(), f"suppression\n{parse_address(address).key}".encode(), hashlib.sha256
    ).hexdigest()


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
