"""The profile key follows every change, and profiles come back from their keys."""

import random

from sqlmodel import select

from content.choosing import Profile
from service.database import writing
from service.runtime import Runtime
from subscribers.audience import audience
from subscribers.leaving import come_back, leave
from subscribers.people import Stream
from subscribers.preferences import Preferences, change_preferences
from subscribers.profiles import profile_of, profiles_of_keys
from subscribers.signup import confirm
from tests.builders import a_reader, a_request


def test_the_key_is_right_after_any_change(runtime: Runtime, clock) -> None:
    chance = random.Random(7)
    slugs = [term.slug for term in runtime.vocabulary.terms]
    with writing(runtime.engine) as session:
        reader = a_request(session, clock(), vocabulary=runtime.vocabulary, interests=["lachgas"]).subscriber

        def prefer() -> None:
            wanted = Preferences(
                name="Jan", language="nl", organisation_keys=frozenset(),
                interests=frozenset(chance.sample(slugs, chance.randint(0, 6))),
                streams=frozenset(chance.choice([[], ["monthly"]])),
            )  # fmt: skip
            change_preferences(
                session,
                subscriber=reader,
                wanted=wanted,
                vocabulary=runtime.vocabulary,
                source="test",
                now=clock(),
            )

        def ask() -> None:
            a_request(session, clock(), vocabulary=runtime.vocabulary, interests=chance.sample(slugs, 2))

        def agree() -> None:
            if reader.state == "pending":
                confirm(session, reference=reader.reference, now=clock())

        changes = [
            prefer, ask, agree,
            lambda: leave(session, subscriber=reader, stream=chance.choice([None, *Stream]), source="test", now=clock()),
            lambda: come_back(session, subscriber=reader, source="test", now=clock()),
        ]  # fmt: skip
        seen = set()
        for _ in range(80):
            chance.choice(changes)()
            assert reader.profile_key == profile_of(session, reader).key
            seen.add(reader.profile_key)
        assert len(seen) > 10


def test_profiles_come_back_from_their_keys(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        for number, interests in enumerate([["lachgas"], ["lachgas"], ["snus", "vapen"], []]):
            a_reader(session, clock(), f"r{number}@emmen.nl", interests=interests)
        a_reader(session, clock(), "none@emmen.nl", streams=[])
        wanted = [
            Profile(frozenset({"lachgas"}), frozenset({"monthly"})),
            Profile(frozenset({"snus", "vapen"}), frozenset({"monthly"})),
            Profile(frozenset(), frozenset({"monthly"})),
            Profile(),
        ]
        keys = [profile.key for profile in wanted]
        assert profiles_of_keys(session, [*keys, keys[0], "unknown"]) == dict(zip(keys, wanted, strict=True))
        assert profiles_of_keys(session, []) == {}


def test_many_keys_are_read_in_batches(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        reader = a_reader(session, clock(), "jan@emmen.nl", interests=["lachgas"])
        keys = [f"{number:024}" for number in range(1201)]
        assert list(profiles_of_keys(session, [*keys, reader.profile_key])) == [reader.profile_key]


def test_the_audience_is_the_active_readers_of_a_stream(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        first = a_reader(session, clock(), "a@emmen.nl", language="en")
        a_reader(session, clock(), "b@emmen.nl", streams=["digest"])
        a_request(session, clock(), "c@emmen.nl", vocabulary=runtime.vocabulary)
        gone = a_reader(session, clock(), "d@emmen.nl")
        leave(session, subscriber=gone, stream=None, source="test", now=clock())
        session.flush()
        assert [tuple(row) for row in session.execute(audience(Stream.MONTHLY, now=clock()))] == [
            (first.id, first.profile_key, "en")
        ]
        assert session.exec(select(audience("alerts", now=clock()).subquery())).all() == []
