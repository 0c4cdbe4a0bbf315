"""Preferences are set as a whole, and each change is recorded once."""

from dataclasses import replace

import pytest

from service.database import writing
from service.runtime import Runtime
from subscribers.consent import consent_of
from subscribers.errors import UnknownInterest, UnknownOrganisation
from subscribers.following import streams_of
from subscribers.leaving import leave
from subscribers.people import Subscriber, SubscriberState
from subscribers.preferences import Preferences, change_preferences, preferences_of
from subscribers.register import load_register
from subscribers.signup import confirm
from tests.builders import a_reader, a_request

WANTED = Preferences(
    name="Jan de Vries",
    language="en",
    organisation_keys=frozenset({"GM0114", "partner:ggd-drenthe"}),
    interests=frozenset({"lachgas", "sport", "jeugd", "stap-3-cijfers", "wet-en-beleid", "risicogroepen"}),
    streams=frozenset({"monthly"}),
)


def change(session, reader: Subscriber, wanted: Preferences, runtime: Runtime, now) -> bool:
    return change_preferences(
        session,
        subscriber=reader,
        wanted=wanted,
        vocabulary=runtime.vocabulary,
        source="page /voorkeuren",
        now=now,
    )


def test_everything_can_be_set_over_all_facets(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        load_register(session)
        reader = a_reader(session, clock(), "jan@emmen.nl", interests=["snus"])
        assert change(session, reader, WANTED, runtime, clock())
        assert preferences_of(session, reader) == WANTED
        _asked, event = consent_of(session, reader)
        assert (event.kind, event.streams, event.topics) == ("changed", ["monthly"], sorted(WANTED.interests))
        assert event.wording_version.endswith("/en")


def test_saving_what_is_there_already_records_nothing(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        load_register(session)
        reader = a_reader(session, clock(), "jan@emmen.nl")
        change(session, reader, WANTED, runtime, clock())
        assert not change(session, reader, WANTED, runtime, clock())
        assert len(consent_of(session, reader)) == 2


def test_unticking_the_newsletter_is_leaving_and_ticking_it_is_coming_back(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        load_register(session)
        reader = a_reader(session, clock(), "jan@emmen.nl")
        change(session, reader, replace(WANTED, streams=frozenset()), runtime, clock())
        assert reader.state == SubscriberState.UNSUBSCRIBED
        change(session, reader, WANTED, runtime, clock())
        assert reader.state == SubscriberState.ACTIVE
        assert [event.kind for event in consent_of(session, reader)] == [
            "confirmed",
            "changed",
            "withdrawn",
            "restored",
        ]


def test_a_stream_that_is_not_offered_stays_as_it_is(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        load_register(session)
        reader = a_reader(session, clock(), "jan@emmen.nl", streams=["monthly", "welcome"])
        change(session, reader, WANTED, runtime, clock())
        assert set(streams_of(session, reader)) == {"monthly", "welcome"}
        change(session, reader, replace(WANTED, streams=frozenset({"webinars"})), runtime, clock())
        assert "webinars" in streams_of(session, reader)
        assert reader.state == SubscriberState.ACTIVE


def test_someone_who_left_and_asked_anew_may_confirm_from_their_preferences(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        load_register(session)
        reader = a_request(session, clock(), vocabulary=runtime.vocabulary).subscriber
        confirm(session, reference=reader.reference, now=clock())
        leave(session, subscriber=reader, stream=None, source="test", now=clock())
        a_request(session, clock(), vocabulary=runtime.vocabulary)
        change(session, reader, WANTED, runtime, clock())
        assert reader.state == SubscriberState.ACTIVE
        assert consent_of(session, reader)[-1].kind == "confirmed"


def test_what_is_unknown_is_refused(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        load_register(session)
        reader = a_reader(session, clock(), "jan@emmen.nl")
        with pytest.raises(UnknownOrganisation):
            change(
                session, reader, replace(WANTED, organisation_keys=frozenset({"GM9999"})), runtime, clock()
            )
        with pytest.raises(UnknownInterest):
            change(session, reader, replace(WANTED, interests=frozenset({"tuinieren"})), runtime, clock())
