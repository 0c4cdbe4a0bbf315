"""Leaving works at once, by stream or altogether, and can be undone."""

from service.database import writing
from service.runtime import Runtime
from subscribers.consent import consent_of
from subscribers.following import streams_of
from subscribers.leaving import come_back, leave
from subscribers.people import Stream, SubscriberState
from tests.builders import a_reader, a_request


def test_leaving_one_stream_keeps_the_others(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        reader = a_reader(
            session, clock(), "jan@emmen.nl", streams=["monthly", "digest"], interests=["lachgas"]
        )
        left = leave(session, subscriber=reader, stream=Stream.MONTHLY, source="one-click", now=clock())
        assert left == ["monthly"]
        assert streams_of(session, reader) == ["digest"]
        assert reader.state == SubscriberState.ACTIVE
        _asked, event = consent_of(session, reader)
        assert (event.kind, event.streams, event.topics, event.source) == (
            "withdrawn", ["monthly"], ["lachgas"], "one-click",
        )  # fmt: skip


def test_leaving_the_last_stream_or_everything_is_unsubscribing(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        last = a_reader(session, clock(), "jan@emmen.nl")
        all_of_it = a_reader(session, clock(), "piet@emmen.nl", streams=["monthly", "digest", "alerts"])
        leave(session, subscriber=last, stream="monthly", source="test", now=clock())
        leave(session, subscriber=all_of_it, stream=None, source="test", now=clock())
        for reader in (last, all_of_it):
            assert reader.state == SubscriberState.UNSUBSCRIBED
            assert streams_of(session, reader) == []


def test_leaving_twice_is_leaving_once(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        reader = a_reader(session, clock(), "jan@emmen.nl", streams=["monthly", "digest"])
        leave(session, subscriber=reader, stream="monthly", source="test", now=clock())
        assert leave(session, subscriber=reader, stream="monthly", source="test", now=clock()) == []
        leave(session, subscriber=reader, stream=None, source="test", now=clock())
        assert leave(session, subscriber=reader, stream=None, source="test", now=clock()) == []
        assert [event.streams for event in consent_of(session, reader)] == [
            ["digest", "monthly"],
            ["monthly"],
            ["digest"],
        ]


def test_undoing_brings_back_what_was_left_and_no_more(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        reader = a_reader(session, clock(), "jan@emmen.nl", streams=["monthly", "digest", "alerts"])
        confirmed = reader.confirmed_at
        leave(session, subscriber=reader, stream="alerts", source="test", now=clock())
        leave(session, subscriber=reader, stream=None, source="test", now=clock())
        assert come_back(session, subscriber=reader, source="test", now=clock.advance(days=1)) == [
            "digest",
            "monthly",
        ]
        assert streams_of(session, reader) == ["digest", "monthly"]
        assert (reader.state, reader.confirmed_at) == (SubscriberState.ACTIVE, confirmed)
        assert come_back(session, subscriber=reader, source="test", now=clock()) == []
        assert [event.kind for event in consent_of(session, reader)] == [
            "confirmed",
            "withdrawn",
            "withdrawn",
            "restored",
        ]


def test_nobody_becomes_a_reader_by_undoing(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        never = a_request(session, clock(), vocabulary=runtime.vocabulary).subscriber
        assert leave(session, subscriber=never, stream=None, source="test", now=clock()) == []
        assert never.state == SubscriberState.UNSUBSCRIBED
        assert come_back(session, subscriber=never, source="test", now=clock()) == []
        assert never.state == SubscriberState.UNSUBSCRIBED
