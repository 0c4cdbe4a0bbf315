"""Reading: whether a reader shows us what they read in our mails. Off until they say yes to it, in words of its own."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select as rows
from sqlmodel import Field, Session, col

from content.columns import Record
from content.many import among
from subscribers.consent import ConsentKind, Wording, record
from subscribers.people import Subscriber, SubscriberState

WORDINGS = (
    Wording(
        version="lezen-2026-1",
        nl=(
            "Ik laat zien wat ik lees. De links in mijn mails zijn dan van mij alleen, zodat de redactie ziet op welke "
            "berichten ik klik en wanneer voor het eerst. Klikt een collega in een mail die ik doorstuur, dan telt dat ook als "
            "van mij. De redactie gebruikt dit alleen om de mails beter te maken. Na een jaar wordt het gewist, en meteen als "
            "ik dit uitzet."
        ),
        en=(
            "I show what I read. The links in my mails are then mine alone, so that the editors see on which messages I click "
            "and when I first did. When a colleague clicks in a mail that I pass on, that counts as mine as well. The editors "
            "use this only to make the mails better. It is erased after a year, and at once when I turn this off."
        ),
    ),
)
"""All that were ever used, oldest first; see `subscribers.consent.Wording`."""

CURRENT = WORDINGS[-1]


class SharedReading(Record, table=True):
    """A reader who shows what they read, and the event in which they said so. What they read hangs on this row.

    When it goes, that goes with it: the database has none without.
    """

    __tablename__ = "shared_reading"

    subscriber_id: int = Field(primary_key=True, foreign_key="subscriber.id", ondelete="CASCADE")
    consent_id: int = Field(foreign_key="consent_event.id", ondelete="CASCADE", index=True)


_SHARING = rows(col(SharedReading.subscriber_id)).where(among(col(SharedReading.subscriber_id), "ids"))


def shares_reading(session: Session, subscriber: Subscriber) -> bool:
    """Whether this reader shows what they read."""
    return session.get(SharedReading, subscriber.id) is not None


def sharers_among(session: Session, ids: Collection[int]) -> frozenset[int]:
    """Those of these readers who show what they read."""
    return frozenset(session.connection().execute(_SHARING, {"ids": ids}).scalars())


def set_sharing(session: Session, *, subscriber: Subscriber, on: bool, source: str, now: datetime) -> bool:
    """Begin or stop showing what they read; whether that was a change. Stopping erases what was shown until then.

    Only who receives mail can begin: others have nothing to show.
    """
    shared = session.get(SharedReading, subscriber.id)
    if on is (shared is not None) or (on and subscriber.state != SubscriberState.ACTIVE):
        return False
    event = record(
        session,
        subscriber=subscriber,
        kind=ConsentKind.SHARING_BEGUN if on else ConsentKind.SHARING_ENDED,
        streams=[],
        topics=[],
        source=source,
        now=now,
        wording=CURRENT,
    )
    if shared is None:
        session.add(SharedReading(subscriber_id=event.subscriber_id, consent_id=event.id or 0))
    else:
        session.delete(shared)
    session.flush()
    return True
