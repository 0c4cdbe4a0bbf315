"""Rate limits, counted in the database so that all processes count together."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, text
from sqlmodel import Field, Session

from content.columns import Instant, Record
from service.errors import TooManyRequests


class RateCount(Record, table=True):
    """How often something happened in one window. `key` is "scope:hash": no address and no network is stored in the clear."""

    __tablename__ = "rate_count"

    key: str = Field(primary_key=True)
    window_start: datetime = Field(primary_key=True, sa_type=Instant)
    count: int = 0


@dataclass(frozen=True)
class RateLimit:
    """At most `times` in each window of `seconds`."""

    scope: str
    times: int
    seconds: int


_START = bindparam("start", type_=Instant)
_FORGET = text("DELETE FROM rate_count WHERE key = :key AND window_start < :start").bindparams(_START)
_COUNT = text(
    "INSERT INTO rate_count (key, window_start, count) VALUES (:key, :start, 1) "
    "ON CONFLICT (key, window_start) DO UPDATE SET count = rate_count.count + 1 RETURNING count"
).bindparams(_START)


def may_happen(session: Session, *, limit: RateLimit, subject: str, secret: str, now: datetime) -> bool:
    """Count one request of `subject`, as `count_request` does; False when it is over the limit.

    For what is refused without a word: a second mail to one address, of which nobody may learn that there was a first.
    """
    try:
        count_request(session, limit=limit, subject=subject, secret=secret, now=now)
    except TooManyRequests:
        return False
    return True


def count_request(session: Session, *, limit: RateLimit, subject: str, secret: str, now: datetime) -> None:
    """Count one request of `subject` (an address, a network).

    Raises:
        TooManyRequests: this one is over the limit; it says when the next window begins.
    """
    digest = hmac.new(secret.encode(), f"{limit.scope}\n{subject}".encode(), hashlib.sha256).hexdigest()[:32]
    window = datetime.fromtimestamp(now.timestamp() // limit.seconds * limit.seconds, tz=UTC)
    values = {"key": f"{limit.scope}:{digest}", "start": window}
    connection = session.connection()
    connection.execute(_FORGET, values)
    if connection.execute(_COUNT, values).scalar_one() > limit.times:
        until = window + timedelta(seconds=limit.seconds)
        raise TooManyRequests("Too many requests. Wait a while and try again.", until=until)
