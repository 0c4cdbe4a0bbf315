"""Importing that is broken off, done twice at once, not allowed, or over; and what an export brings back."""

import csv
import io
import threading
from datetime import date

import pytest
from sqlmodel import func, select

from service.database import reading, writing
from service.importing import carry_on, tools_of
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
    begin_run,
    begin_undo,
    drop_import,
    forget_lines,
    import_by_id,
)
from subscribers.people import Subscriber
from subscribers.sheets import read_sheet
from tests.builders import a_reader
from tests.imported import BASIS, HEAD, TODAY, checked, ran, stand, uploaded


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
