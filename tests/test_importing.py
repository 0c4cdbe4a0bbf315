"""Importing subscribers: what the dry run says happens, nothing more; and it can be undone as a whole."""

import csv
import io
import threading
from datetime import date

import pytest
from sqlmodel import Session, col, func, select

from content.choosing import Profile
from service.database import reading, writing
from service.importing import carry_on, tools_of
from service.mailing.outbox import Delivery, Mailing
from service.runtime import Runtime
from subscribers.consent import ConsentEvent
from subscribers.errors import BasisMissing, ImportRefused, MappingRefused
from subscribers.exporting import as_csv, as_workbook, subscriber_rows
from subscribers.importing import step
from subscribers.imports import (
    Basis,
    BasisKind,
    Import,
    ImportLine,
    begin_check,
    begin_import,
    begin_run,
    begin_undo,
    drop_import,
    forget_lines,
    import_by_id,
)
from subscribers.leaving import leave
from subscribers.people import Interest, Membership, Subscriber, Subscription
from subscribers.sheets import read_sheet
from subscribers.suppression import suppress
from tests.builders import a_reader, a_request

BASIS = Basis(
    BasisKind.CONSENT, "Zij vinkten op het congres van 3 november de nieuwsbrief aan.", date(2026, 11, 3)
)
TODAY = date(2026, 12, 1)
HEAD = "Gemeente;Voornaam;Achternaam;E-mailadres;Taal;Onderwerpen\n"


def uploaded(house: Runtime, text: str) -> int:
    with writing(house.engine) as session:
        sheet = read_sheet(text.encode())
        return (
            begin_import(session, name="lijst.csv", sheet=sheet, by="anna@example.org", now=house.clock()).id
            or 0
        )


def checked(house: Runtime, text: str) -> Import:
    number = uploaded(house, text)
    with writing(house.engine) as session:
        found = import_by_id(session, number)
        begin_check(session, found, mapping=found.mapping, basis=BASIS, today=TODAY)
    return carry_on(house, number)


def ran(house: Runtime, number: int) -> Import:
    with writing(house.engine) as session:
        begin_run(session, import_by_id(session, number))
    return carry_on(house, number)


def undone(house: Runtime, number: int) -> Import:
    house.clock.advance(hours=1)
    with writing(house.engine) as session:
        begin_undo(session, import_by_id(session, number))
    return carry_on(house, number)


def outcomes(house: Runtime, number: int) -> list[tuple[int, str, str, str]]:
    with reading(house.engine) as session:
        wanted = select(ImportLine).where(ImportLine.import_id == number).order_by(col(ImportLine.number))
        return [(one.number, one.outcome, one.why, one.detail) for one in session.exec(wanted)]


def stand(house: Runtime) -> dict[str, object]:
    """All that matters of every reader, to compare."""
    with reading(house.engine) as session:
        return {
            one.address: (
                one.name, one.language, one.state, one.profile_key,
                sorted(session.exec(select(Membership.organisation_id).where(Membership.subscriber_id == one.id))),
                sorted(session.exec(select(Interest.slug).where(Interest.subscriber_id == one.id))),
                sorted(session.exec(select(Subscription.stream).where(Subscription.subscriber_id == one.id))),
            )
            for one in session.exec(select(Subscriber))
        }  # fmt: skip


def reader(session: Session, address: str) -> Subscriber:
    return session.exec(select(Subscriber).where(Subscriber.address == address)).one()


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


def test_an_import_that_is_broken_off_goes_on_where_it_was(house: Runtime) -> None:
    rows = "".join(f"Emmen;N;{number};n{number}@emmen.nl;;\n" for number in range(25))
    found = checked(house, HEAD + rows)
    with writing(house.engine) as session:
        begin_run(session, import_by_id(session, found.id))
    with writing(house.engine) as session:
        assert step(session, found.id, tools_of(house), now=house.clock(), batch=10)
    with pytest.raises(ZeroDivisionError), writing(house.engine) as session:
        step(session, found.id, tools_of(house), now=house.clock(), batch=10)
        raise ZeroDivisionError  # the process ends before the batch is committed
    with reading(house.engine) as session:
        assert session.exec(select(func.count()).select_from(Subscriber)).one() == 10
        assert import_by_id(session, found.id).position == 11
    assert carry_on(house, found.id).counts == {"new": 25}
    assert len(stand(house)) == 25


def test_two_processes_do_each_batch_once(house: Runtime) -> None:
    rows = "".join(f"Emmen;N;{number};n{number}@emmen.nl;;\n" for number in range(200))
    found = checked(house, HEAD + rows)
    with writing(house.engine) as session:
        begin_run(session, import_by_id(session, found.id))

    def work() -> None:
        moved = True
        while moved:
            with writing(house.engine) as session:
                moved = step(session, found.id, tools_of(house), now=house.clock(), batch=20)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert carry_on(house, found.id).counts == {"new": 200}
    with reading(house.engine) as session:
        assert session.exec(select(func.count()).select_from(ConsentEvent)).one() == 200


def test_nothing_happens_without_a_ground_a_mapping_and_a_dry_run(house: Runtime) -> None:
    number = uploaded(house, HEAD + "Emmen;N;;n@emmen.nl;;\n")
    with writing(house.engine) as session:
        found = import_by_id(session, number)
        with pytest.raises(ImportRefused):
            begin_run(session, found)
        with pytest.raises(BasisMissing):
            begin_check(
                session,
                found,
                mapping=found.mapping,
                basis=Basis(BasisKind.CONSENT, " ja ", TODAY),
                today=TODAY,
            )
        with pytest.raises(BasisMissing):
            late = Basis(BasisKind.CONSENT, BASIS.text, date(2027, 1, 1))
            begin_check(session, found, mapping=found.mapping, basis=late, today=TODAY)
        with pytest.raises(MappingRefused):
            begin_check(session, found, mapping=["name"] * 6, basis=BASIS, today=TODAY)
        drop_import(session, found)
    with reading(house.engine) as session:
        assert session.exec(select(Import)).all() == []
        assert session.exec(select(ImportLine)).all() == []


def test_the_lines_go_after_thirty_days_and_the_ground_stays(house: Runtime) -> None:
    found = checked(house, HEAD + "Emmen;N;;n@emmen.nl;;\n")
    ran(house, found.id)
    with writing(house.engine) as session:
        assert forget_lines(session, now=house.clock.advance(days=29)) == 0
        assert forget_lines(session, now=house.clock.advance(days=2)) == 1
    with writing(house.engine) as session:
        kept = import_by_id(session, found.id)
        assert (kept.counts, kept.basis_text) == ({"new": 1}, BASIS.text)
        with pytest.raises(ImportRefused, match="not kept"):
            begin_undo(session, kept)


def test_a_cell_with_several_organisations_and_a_comma(house: Runtime) -> None:
    head = "email,organisaties\n"
    found = checked(house, head + 'a@emmen.nl,"Emmen, Assen"\nb@emmen.nl,Bergen (NH)|\'s-Gravenhage\n')
    assert found.counts == {"new": 2}
    ran(house, found.id)
    assert {address: len(values[4]) for address, values in stand(house).items()} == {
        "a@emmen.nl": 2,
        "b@emmen.nl": 2,
    }


def test_an_export_comes_back_as_it_went(house: Runtime) -> None:
    with writing(house.engine) as session:
        a_reader(session, house.clock(), "an@emmen.nl", name="=cmd|' /C calc'!A0", interests=["lachgas"])
        lines = list(subscriber_rows(session))
    for data in (b"".join(as_csv(lines)), as_workbook(lines)):
        sheet = read_sheet(data)
        assert sheet.lines[0][1] == lines[0]
    table = list(csv.reader(io.StringIO(b"".join(as_csv(lines)).decode("utf-8-sig")), delimiter=";"))
    assert table[1][1].startswith("'=")
