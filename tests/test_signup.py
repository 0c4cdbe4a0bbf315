"""Signing up: nothing happens before the reader confirms, and no one can touch another's data with it."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, func, select

from service.database import reading, writing
from service.runtime import Runtime
from subscribers import signup
from subscribers.addresses import parse_address
from subscribers.errors import NotAnAddress, UnknownInterest, UnknownOrganisation, UnknownSubscriber
from subscribers.following import interests_of, organisations_of, streams_of
from subscribers.leaving import leave
from subscribers.people import Subscriber, SubscriberState
from subscribers.register import load_register
from subscribers.signup import confirm, tidy_name
from subscribers.suppression import address_hash, is_suppressed, suppress
from tests.builders import a_request


@pytest.mark.parametrize(
    "text", ["", " ", "jan", "jan@", "@emmen.nl", "jan@emmen", "jan @emmen.nl", "jan@emmen.nl\nBcc: x@y.nl", "jan@localhost",
             "jan@[127.0.0.1]", "jan@-emmen.nl", "a" * 65 + "@emmen.nl", "jan@" + "e" * 250 + ".nl", "jan\0@emmen.nl"],
)  # fmt: skip
def test_what_cannot_be_an_address_is_refused(text: str) -> None:
    with pytest.raises(NotAnAddress):
        parse_address(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jan@Emmen.NL", " jan@emmen.nl "),
        ("jan@müller.nl", "JAN@xn--mller-kva.nl"),
        ("jan@MÜLLER.nl", "jan@müller.nl"),
    ],
)
def test_two_spellings_of_an_address_are_one(one: str, other: str) -> None:
    assert parse_address(one).key == parse_address(other).key
    assert parse_address(one).mailed.isascii()


def test_a_request_is_pending_until_it_is_confirmed(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        load_register(session)
        signed = a_request(
            session,
            clock(),
            vocabulary=runtime.vocabulary,
            organisation_keys=["GM0114"],
            interests=["lachgas"],
        )
        reader = signed.subscriber
        assert not signed.already_active
        assert (reader.state, reader.confirmed_at, streams_of(session, reader)) == (
            SubscriberState.PENDING,
            None,
            [],
        )
        later = clock.advance(hours=1)
        confirm(session, reference=reader.reference, now=later)
        assert (reader.state, reader.confirmed_at) == (SubscriberState.ACTIVE, later)
        assert streams_of(session, reader) == ["monthly", "welcome"]
        assert interests_of(session, reader) == ["lachgas"]
        assert [one.name for one in organisations_of(session, reader)] == ["Emmen"]


def test_confirming_twice_is_confirming_once(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        reader = a_request(session, clock(), vocabulary=runtime.vocabulary).subscriber
        first = confirm(session, reference=reader.reference, now=clock()).confirmed_at
        confirm(session, reference=reader.reference, now=clock.advance(days=1))
        assert reader.confirmed_at == first
        assert streams_of(session, reader) == ["monthly", "welcome"]


def test_an_old_link_does_not_bring_back_someone_who_left(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        reader = a_request(session, clock(), vocabulary=runtime.vocabulary).subscriber
        confirm(session, reference=reader.reference, now=clock())
        leave(session, subscriber=reader, stream=None, source="test", now=clock())
        with pytest.raises(UnknownSubscriber):
            confirm(session, reference=reader.reference, now=clock())
        with pytest.raises(UnknownSubscriber):
            confirm(session, reference="nobody", now=clock())


def test_a_request_for_an_active_reader_changes_nothing(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        load_register(session)
        a_request(
            session,
            clock(),
            "jan@emmen.nl",
            vocabulary=runtime.vocabulary,
            organisation_keys=["GM0114"],
            interests=["lachgas"],
        )
        reader = session.exec(select(Subscriber)).one()
        confirm(session, reference=reader.reference, now=clock())
        before = reader.model_dump()
        again = a_request(
            session, clock(), "JAN@emmen.nl", vocabulary=runtime.vocabulary, name="Kwaad", organisation_keys=["GM0363"],
            interests=["snus"], language="en",
        )  # fmt: skip
        assert again.already_active
        assert again.subscriber.model_dump() == before
        assert interests_of(session, reader) == ["lachgas"]
        assert [one.name for one in organisations_of(session, reader)] == ["Emmen"]


def test_a_pending_request_gets_what_was_asked_last(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        first = a_request(session, clock(), vocabulary=runtime.vocabulary, interests=["lachgas"]).subscriber
        again = a_request(session, clock(), vocabulary=runtime.vocabulary, interests=["snus"], language="en")
        assert again.subscriber.id == first.id
        assert interests_of(session, first) == ["snus"]
        assert first.language == "en"
        assert session.exec(select(func.count(col(Subscriber.id)))).one() == 1


def test_someone_who_left_can_ask_again_and_must_confirm_again(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        reader = a_request(session, clock(), vocabulary=runtime.vocabulary).subscriber
        confirm(session, reference=reader.reference, now=clock())
        leave(session, subscriber=reader, stream=None, source="test", now=clock())
        a_request(session, clock(), vocabulary=runtime.vocabulary)
        assert reader.state == SubscriberState.PENDING
        assert streams_of(session, reader) == []
        confirm(session, reference=reader.reference, now=clock())
        assert streams_of(session, reader) == ["monthly", "welcome"]


def test_what_is_unknown_is_refused_and_leaves_nothing(runtime: Runtime, clock) -> None:
    refused = [
        (NotAnAddress, {"address": "jan"}),
        (UnknownOrganisation, {"organisation_keys": ["GM9999"]}),
        (UnknownInterest, {"interests": ["lachgas", "tuinieren"]}),
    ]
    for error, wrong in refused:
        with pytest.raises(error), writing(runtime.engine) as session:
            a_request(
                session, clock(), **{"address": "jan@emmen.nl", "vocabulary": runtime.vocabulary, **wrong}
            )
    with reading(runtime.engine) as session:
        assert session.exec(select(Subscriber)).all() == []


def test_two_requests_at_the_same_moment_become_one_reader(runtime: Runtime, clock, monkeypatch) -> None:
    looked = []
    real = signup._by_key

    def late(session, key):
        looked.append(key)
        return None if len(looked) == 1 else real(session, key)

    with writing(runtime.engine) as session:
        first = a_request(session, clock(), vocabulary=runtime.vocabulary).subscriber.id
    monkeypatch.setattr(signup, "_by_key", late)  # the other request was committed just after we looked
    with writing(runtime.engine) as session:
        assert a_request(session, clock(), vocabulary=runtime.vocabulary).subscriber.id == first
    assert len(looked) == 2


def test_a_name_is_one_line_that_can_be_seen() -> None:
    assert tidy_name("  Jan\r\nBcc: x@y.nl \0 de\tVries ") == "Jan Bcc: x@y.nl de Vries"
    assert len(tidy_name("a" * 1000)) == 100


def test_suppression_holds_for_each_spelling_and_through_a_change_of_key(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        made = suppress(session, address="Jan@Emmen.nl", reason="complaint", keys=["old"], now=clock())
        again = suppress(session, address="jan@emmen.nl", reason="bounce", keys=["old", "new"], now=clock())
        assert (again.id, again.reason) == (made.id, "complaint")
        assert is_suppressed(session, address="JAN@emmen.nl", keys=["old", "new"])
        assert not is_suppressed(session, address="jan@emmen.nl", keys=["new"])
        assert not is_suppressed(session, address="piet@emmen.nl", keys=["old", "new"])
        assert "emmen" not in made.address_hash
    assert address_hash("jan@emmen.nl", key="old") != address_hash("jan@emmen.nl", key="new")


LOCALS = st.text(st.sampled_from("abZ09._-+!'é @"), max_size=70)
DOMAINS = st.text(st.sampled_from("abZ09.-_é"), max_size=20) | st.sampled_from(
    ["emmen.nl", "Emmen.NL", "xn--bcher-kva.example", "localhost", "a..nl", "-a.nl", "nl", "a.1", "test"]
)


@settings(max_examples=300, deadline=None)
@given(LOCALS, DOMAINS)
def test_the_short_way_for_plain_addresses_says_what_the_long_way_says(local: str, domain: str) -> None:
    text = f"{local}@{domain}"
    try:
        checked = validate_email(
            text.strip()[:255], check_deliverability=False, allow_smtputf8=False, strict=True
        )
        wanted = checked.ascii_email or checked.normalized
    except EmailNotValidError:
        wanted = ""
    try:
        found = parse_address(text).mailed
    except NotAnAddress:
        found = ""
    assert found == wanted
