"""The reader behind a link out of their own mail."""

from datetime import datetime

from sqlmodel import Session

from service.runtime import Runtime
from service.tokens import Purpose, read_token
from subscribers.people import Subscriber
from subscribers.signup import subscriber_by_reference


def reader_behind(
    session: Session,
    house: Runtime,
    token: str,
    *,
    now: datetime,
    purpose: Purpose = Purpose.PREFERENCES,
    lock: bool = False,
) -> Subscriber:
    """Whom a link is about; `lock` holds the row until the transaction ends.

    Raises:
        TokenRefused: the link was tampered with, or is for something else.
        TokenExpired: it is too old.
        UnknownSubscriber: they are not among the readers any more.
    """
    reference = read_token(house.settings, purpose, token, now=now)
    return subscriber_by_reference(session, str(reference), lock=lock)
