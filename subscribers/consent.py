"""Consent: what a reader agreed to, when, how, and in which words. Events are only ever added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn

from sqlalchemy import DDL, JSON, event
from sqlmodel import Field, Session, col, select

from content.columns import Instant, Record
from subscribers.errors import AppendOnly
from subscribers.people import Subscriber


class ConsentKind(StrEnum):
    """What a reader did."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    IMPORTED = "imported"
    SHARING_BEGUN = "sharing-begun"  # they show what they read: subscribers.reading
    SHARING_ENDED = "sharing-ended"


GIVEN = (ConsentKind.CONFIRMED, ConsentKind.RESTORED)
"""The kinds of events in which a reader says yes, in their own name: only these stand behind a subscription."""


@dataclass(frozen=True)
class Wording:
    """The words that a reader agrees to. A version never changes: other words are another version.

    They are no messages of a catalogue: what someone agreed to must not change with a translation.
    """

    version: str
    nl: str
    en: str

    def text(self, language: str) -> str:
        """The words in a language."""
        return self.en if language == "en" else self.nl

    def shown_as(self, language: str) -> str:
        """What an event records: the version and the language in which it was read."""
        return f"{self.version}/{language}"


WORDINGS = (
    Wording(
        version="2026-1",
        nl=(
            "U krijgt één keer per maand een nieuwsbrief per e-mail, gemaakt voor uw organisatie en de onderwerpen "
            "die u kiest. Daarvoor bewaren we uw e-mailadres, uw naam als u die invult, uw organisatie en uw "
            "onderwerpen. We geven ze niet aan anderen. Stoppen kan altijd, met de link onder in elke nieuwsbrief."
        ),
        en=(
            "You receive one newsletter a month by e-mail, made for your organisation and the topics you choose. "
            "For this we keep your e-mail address, your name if you give it, your organisation and your topics. "
            "We do not pass them on to others. You can always stop, with the link at the foot of each newsletter."
        ),
    ),
    Wording(
        version="2026-2",
        nl=(
            "U krijgt één keer per maand een nieuwsbrief per e-mail, gemaakt voor uw organisatie en de onderwerpen "
            "die u kiest, en de eerste weken vijf mails om te beginnen. Vinkt u het weekoverzicht of de meldingen aan, dan "
            "krijgt u die ook. Daarvoor bewaren we uw e-mailadres, uw naam als u die invult, uw organisatie en uw "
            "onderwerpen. We geven ze niet aan anderen. Stoppen kan altijd, met de link onder in elke mail."
        ),
        en=(
            "You receive one newsletter a month by e-mail, made for your organisation and the topics you choose, and five "
            "mails in the first weeks to get started. If you tick the weekly digest or the alerts, you receive those as well. "
            "For this we keep your e-mail address, your name if you give it, your organisation and your topics. "
            "We do not pass them on to others. You can always stop, with the link at the foot of each mail."
        ),
    ),
    Wording(
        version="2026-3",
        nl=(
            "U krijgt per e-mail wat u kiest: de nieuwsbrief één keer per maand met in de eerste weken vijf mails om te "
            "beginnen, en alleen als u het aanvinkt het weekoverzicht, meldingen van wat niet kan wachten, of uitnodigingen "
            "voor webinars. Alles past bij uw organisatie, uw werk en de onderwerpen die u kiest. Daarvoor bewaren we uw "
            "e-mailadres, uw organisatie, uw onderwerpen, en uw naam en wat u over uw werk vertelt als u dat invult. We "
            "geven ze niet aan anderen. Stoppen kan altijd, met de link onder in elke mail."
        ),
        en=(
            "You receive by e-mail what you choose: the newsletter once a month, with five mails in the first weeks to get "
            "started, and only if you tick them the weekly digest, alerts about what cannot wait, or invitations to "
            "webinars. All of it fits your organisation, your work and the topics you choose. For this we keep your e-mail "
            "address, your organisation, your topics, and your name and what you tell of your work if you fill it in. We do "
            "not pass them on to others. You can always stop, with the link at the foot of each mail."
        ),
    ),
)
"""All that were ever used, oldest first: what an event names can always be read back."""

CURRENT = WORDINGS[-1]


class ConsentEvent(Record, table=True):
    """One act of a reader. `wording_version` names the text they saw; `source` the place ("form /aanmelden").

    Triggers of the database refuse UPDATE, and DELETE while the reader exists: events go only with the person.
    """

    __tablename__ = "consent_event"
    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True, ondelete="CASCADE")
    kind: str
    at: datetime = Field(sa_type=Instant)
    wording_version: str
    streams: list[str] = Field(default_factory=list, sa_type=JSON)
    topics: list[str] = Field(default_factory=list, sa_type=JSON)
    source: str


def record(
    session: Session,
    *,
    subscriber: Subscriber,
    kind: ConsentKind,
    streams: Sequence[str],
    topics: Sequence[str],
    source: str,
    now: datetime,
    wording: Wording = CURRENT,
) -> ConsentEvent:
    """Add an event. `streams` are those asked for, changed to, left or taken back; `topics` the slugs followed."""
    assert subscriber.id is not None  # noqa: S101  the caller has flushed; narrows the type
    made = ConsentEvent(
        subscriber_id=subscriber.id,
        kind=kind,
        at=now,
        wording_version=wording.shown_as(subscriber.language),
        streams=sorted(streams),
        topics=sorted(topics),
        source=source,
    )
    session.add(made)
    session.flush()
    return made


def consent_of(session: Session, subscriber: Subscriber) -> list[ConsentEvent]:
    """All events of a reader, oldest first."""
    mine = select(ConsentEvent).where(ConsentEvent.subscriber_id == subscriber.id)
    return list(session.exec(mine.order_by(col(ConsentEvent.id))))


SQLITE_TRIGGERS = (
    "CREATE TRIGGER consent_event_no_update BEFORE UPDATE ON consent_event "
    "BEGIN SELECT RAISE(ABORT, 'consent_event is append-only'); END",
    "CREATE TRIGGER consent_event_no_delete BEFORE DELETE ON consent_event "
    "WHEN EXISTS (SELECT 1 FROM subscriber WHERE id = OLD.subscriber_id) "
    "BEGIN SELECT RAISE(ABORT, 'consent_event is append-only'); END",
    # INSERT OR REPLACE deletes without a delete trigger, so it is refused at the insert.
    "CREATE TRIGGER consent_event_no_replace BEFORE INSERT ON consent_event "
    "WHEN EXISTS (SELECT 1 FROM consent_event WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'consent_event is append-only'); END",
)

POSTGRESQL_TRIGGERS = (
    "CREATE FUNCTION consent_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'DELETE' THEN "
    "IF NOT EXISTS (SELECT 1 FROM subscriber WHERE id = OLD.subscriber_id) THEN RETURN OLD; END IF; "
    "END IF; "
    "RAISE EXCEPTION 'consent_event is append-only'; END $$",
    "CREATE TRIGGER consent_event_rows BEFORE UPDATE OR DELETE ON consent_event "
    "FOR EACH ROW EXECUTE FUNCTION consent_event_append_only()",
    "CREATE TRIGGER consent_event_table BEFORE TRUNCATE ON consent_event "
    "FOR EACH STATEMENT EXECUTE FUNCTION consent_event_append_only()",
)

for _dialect, _statements in (("sqlite", SQLITE_TRIGGERS), ("postgresql", POSTGRESQL_TRIGGERS)):
    for _statement in _statements:
        event.listen(
            ConsentEvent.__table__,  # type: ignore[attr-defined]  # added by SQLAlchemy
            "after_create",
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]  # it has no types
        )


@event.listens_for(ConsentEvent, "before_update")
@event.listens_for(ConsentEvent, "before_delete")
def _refuse(_mapper: Any, _connection: Any, _target: ConsentEvent) -> NoReturn:
    raise AppendOnly("Consent is never rewritten: add an event instead.")
