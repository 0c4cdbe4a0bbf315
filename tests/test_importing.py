"""Importing subscribers: what the dry run says happens, nothing more; and it can be undone as a whole."""

import pytest
from sqlmodel import select

from content.choosing import Profile
from service.database import reading, writing
from service.mailing.outbox import Delivery, Mailing
from service.runtime import Runtime
from subscribers.consent import ConsentEvent
from subscribers.errors import ImportRefused
from subscribers.imports import (
    ImportLine,
    begin_undo,
    import_by_id,
)
from subscribers.leaving import leave
from subscribers.suppression import suppress
from tests.builders import a_reader, a_request
from tests.imported import BASIS, HEAD, checked, outcomes, ran, reader, stand, undone


def people(house: Runtime) -> str:
    """Readers of every kind, and a file with all of them."""
    now = house.clock()
    with writing(house.engine) as session:
        a_reader(session, now, "bekend@emmen.nl", name="Bea Kend", interests=["lachgas"])
        a_reader(session, now, "anders@emmen.nl", name="An", interests=["alcohol"])
        leave(session, subscriber=a_reader(session, now, "weg@emmen.nl"), stream=None, source="page", now=now)
        a_request(session, now, "wacht@emmen.nl", vocabulary=house.vocabulary)
        suppress(
            session, address="nooit@emmen.nl", reason="complaint", keys=house.settings.signing_keys(), now=now
        )
    return HEAD + (
        "Emmen;Nina;Nieuw;nina@emmen.nl;nl;lachgas, Alcohol\n"
        ";Bea;Kend;Bekend@emmen.nl;;lachgas\n"
        "gemeente Assen;An;Ders;anders@emmen.nl;en;horeca\n"
        "Emmen;Weg;;weg@emmen.nl;;\n"
        "Emmen;Wacht;;wacht@emmen.nl;;\n"
        "Emmen;Nooit;;nooit@emmen.nl;;\n"
        "Emmen;Fout;;geen adres;;\n"
        "Bergen;Twee;;twee@bergen.nl;;\n"
        "GM0114;Nina;;NINA@emmen.nl;;\n"
        ";Geen;;;;\n"
        ";Taal;;taal@emmen.nl;klingon;\n"
        ";Ding;;ding@emmen.nl;;vliegtuigen\n"
    )


def test_a_dry_run_says_what_would_happen_to_each_line_and_changes_nothing(house: Runtime) -> None:
    text = people(house)
    before = stand(house)
    found = checked(house, text)
    assert found.state == "checked"
    assert outcomes(house, found.id) == [
        (2, "new", "", ""),
        (3, "known", "", ""),
        (4, "changed", "fields", "name, language, organisation, interests"),
        (5, "unsubscribed", "", ""),
        (6, "known", "pending", ""),
        (7, "suppressed", "", ""),
        (8, "refused", "not-an-address", "geen adres"),
        (9, "refused", "organisation", "Bergen"),
        (10, "refused", "double", ""),
        (11, "refused", "no-address", ""),
        (12, "refused", "language", "klingon"),
        (13, "refused", "interest", "vliegtuigen"),
    ]
    assert found.counts == {
        "new": 1,
        "known": 2,
        "changed": 1,
        "unsubscribed": 1,
        "suppressed": 1,
        "refused": 6,
    }
    assert stand(house) == before


def test_the_import_does_what_the_dry_run_said_and_keeps_the_ground(house: Runtime) -> None:
    found = checked(house, people(house))
    before = stand(house)
    done = ran(house, found.id)
    assert (done.state, done.counts["new"], done.counts["changed"]) == ("done", 1, 1)
    after = stand(house)
    assert {address for address in after if after[address] != before.get(address)} == {
        "nina@emmen.nl",
        "anders@emmen.nl",
    }
    name, language, state, key, organisations, interests, streams = after["nina@emmen.nl"]
    assert (name, language, state, interests, streams) == (
        "Nina Nieuw", "nl", "active", ["alcohol", "lachgas"], ["monthly"],
    )  # fmt: skip
    assert key == Profile(frozenset(interests), frozenset(streams)).key
    assert len(organisations) == 1
    name, language, _state, key, _organisations, interests, streams = after["anders@emmen.nl"]
    assert (name, language, interests) == ("An Ders", "en", ["alcohol", "horeca"])
    assert key == Profile(frozenset(interests), frozenset(streams)).key
    with reading(house.engine) as session:
        nina = reader(session, "nina@emmen.nl")
        (event,) = session.exec(select(ConsentEvent).where(ConsentEvent.subscriber_id == nina.id))
        assert (event.kind, event.source, event.streams) == ("imported", f"import {found.id}", ["monthly"])
        assert event.wording_version == f"import {found.id}/nl"
        kept = import_by_id(session, found.id)
        assert (kept.basis_text, kept.basis_since) == (BASIS.text, BASIS.since)
        cells = [one.cells for one in session.exec(select(ImportLine))]
        assert all(one == [] for one in cells), "the file is not needed any more"


def test_undoing_takes_all_back_that_is_still_as_the_import_left_it(house: Runtime) -> None:
    text = people(house)
    before = stand(house)
    found = checked(house, text)
    ran(house, found.id)
    back = undone(house, found.id)
    assert (back.state, back.counts["removed"]) == ("undone", 2)
    assert stand(house) == before
    with pytest.raises(ImportRefused), writing(house.engine) as session:
        begin_undo(session, import_by_id(session, found.id))


def test_undoing_leaves_what_a_reader_did_and_stops_who_was_mailed(house: Runtime) -> None:
    rows = "".join(f"Emmen;N;{name};{name}@emmen.nl;;\n" for name in ("blijft", "gemaild", "vertrok", "gaat"))
    found = checked(house, HEAD + rows)
    ran(house, found.id)
    now = house.clock.advance(hours=1)
    with writing(house.engine) as session:
        reader(session, "blijft@emmen.nl").name = "Zelf veranderd"
        leave(session, subscriber=reader(session, "vertrok@emmen.nl"), stream=None, source="page", now=now)
        mailing = Mailing(kind="issue", title="December", stream="monthly", created_at=now)
        session.add(mailing)
        session.flush()
        mailed = reader(session, "gemaild@emmen.nl")
        session.add(Delivery(mailing_id=mailing.id, subscriber_id=mailed.id, due_at=now))
    back = undone(house, found.id)
    assert {key: back.counts[key] for key in ("kept", "stopped", "removed")} == {
        "kept": 2,
        "stopped": 1,
        "removed": 1,
    }
    after = stand(house)
    assert {address: values[2] for address, values in after.items()} == {
        "blijft@emmen.nl": "active", "gemaild@emmen.nl": "unsubscribed", "vertrok@emmen.nl": "unsubscribed",
    }  # fmt: skip
    assert after["gemaild@emmen.nl"][6] == []


def test_who_left_between_the_dry_run_and_the_import_stays_away(house: Runtime) -> None:
    with writing(house.engine) as session:
        a_reader(session, house.clock(), "an@emmen.nl", name="An")
    found = checked(house, HEAD + "Emmen;An;Ders;an@emmen.nl;;\nEmmen;Piet;;piet@emmen.nl;;\n")
    assert found.counts == {"changed": 1, "new": 1}
    with writing(house.engine) as session:
        leave(
            session, subscriber=reader(session, "an@emmen.nl"), stream=None, source="page", now=house.clock()
        )
        suppress(
            session,
            address="piet@emmen.nl",
            reason="x",
            keys=house.settings.signing_keys(),
            now=house.clock(),
        )
    before = stand(house)
    assert ran(house, found.id).counts == {"unsubscribed": 1, "suppressed": 1}
    assert stand(house) == before
