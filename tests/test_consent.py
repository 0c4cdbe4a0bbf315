"""Consent can be shown, and is never rewritten."""

import hashlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from service.database import reading, writing
from service.runtime import Runtime
from subscribers.consent import CURRENT, WORDINGS, ConsentEvent, consent_of
from subscribers.errors import AppendOnly
from subscribers.people import Subscriber
from subscribers.signup import confirm
from tests.builders import a_request

PUBLISHED = {
    "2026-1": "8f291ec8ae676422db7efc74f60a41a03edb902ece874ed16c54f927dd7e4a8c",
    "2026-2": "1c416a7fae4b3ec26988082e762620ab98e09b6479d867c34d346c8e955f021a",
    "2026-3": "371f290e9603628d4c887325ecd75e6e19fa737253fa0bdfe98f877151030c5c",
}
"""A wording that was shown to someone never changes. Other words are another version: add it here."""


def test_a_published_wording_never_changes() -> None:
    hashes = {one.version: hashlib.sha256(f"{one.nl}\n{one.en}".encode()).hexdigest() for one in WORDINGS}
    assert hashes == PUBLISHED


def test_the_words_say_what_how_often_and_how_to_stop() -> None:
    assert "één keer per maand" in CURRENT.text("nl")
    assert "Stoppen kan altijd" in CURRENT.text("nl")
    assert "once a month" in CURRENT.text("en")
    assert "always stop" in CURRENT.text("en")


def test_the_events_tell_what_was_asked_and_confirmed(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        asked = a_request(
            session, clock(), vocabulary=runtime.vocabulary, interests=["sport", "lachgas"], language="en"
        )
        later = clock.advance(minutes=5)
        confirm(session, reference=asked.subscriber.reference, now=later)
        told = [
            (event.kind, event.at, event.wording_version, event.streams, event.topics, event.source)
            for event in consent_of(session, asked.subscriber)
        ]
    version = f"{CURRENT.version}/en"
    assert [one[0] for one in told] == ["requested", "confirmed"]
    assert told[0][2:] == (version, ["monthly", "welcome"], ["lachgas", "sport"], "form /aanmelden")
    assert told[1][1:] == (later, version, ["monthly", "welcome"], ["lachgas", "sport"], "confirmation link")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_event SET source = 'forged'",
        "UPDATE consent_event SET at = at",
        "DELETE FROM consent_event",
    ],
)
def test_the_database_refuses_to_rewrite_consent(runtime: Runtime, clock, statement: str) -> None:
    with writing(runtime.engine) as session:
        a_request(session, clock(), vocabulary=runtime.vocabulary)
    with pytest.raises(DBAPIError, match="append-only"), writing(runtime.engine) as session:
        session.execute(text(statement))
    with reading(runtime.engine) as session:
        assert [event.source for event in session.exec(select(ConsentEvent))] == ["form /aanmelden"]


def test_no_way_around_the_triggers(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_request(session, clock(), vocabulary=runtime.vocabulary)
    replace = (
        "INSERT OR REPLACE INTO consent_event (id, subscriber_id, kind, at, wording_version, streams, topics, source) "
        "SELECT id, subscriber_id, 'confirmed', at, wording_version, streams, topics, 'forged' FROM consent_event"
    )
    statement = replace if runtime.settings.uses_sqlite else "TRUNCATE consent_event CASCADE"
    with pytest.raises(DBAPIError, match="append-only"), writing(runtime.engine) as session:
        session.execute(text(statement))


def test_the_events_go_with_the_person(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        gone = a_request(session, clock(), vocabulary=runtime.vocabulary, interests=["lachgas"]).subscriber
        stays = a_request(session, clock(), "piet@assen.example", vocabulary=runtime.vocabulary).subscriber
        kept = stays.id
        session.delete(gone)
    with reading(runtime.engine) as session:
        assert [event.subscriber_id for event in session.exec(select(ConsentEvent))] == [kept]
        assert [one.id for one in session.exec(select(Subscriber))] == [kept]


def test_the_orm_refuses_it_with_a_clear_error(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_request(session, clock(), vocabulary=runtime.vocabulary)
    with pytest.raises(AppendOnly), writing(runtime.engine) as session:
        session.exec(select(ConsentEvent)).one().source = "forged"
    with pytest.raises(AppendOnly), writing(runtime.engine) as session:
        session.delete(session.exec(select(ConsentEvent)).one())
