"""`kennispost subscribers`: JSON Lines for machines, words for people, and exit codes that say how it went."""

import json
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from service.cli import app
from service.database import reading, writing
from service.runtime import Runtime
from subscribers.imports import Import
from subscribers.people import Subscriber
from tests.builders import a_reader

GROUND = [
    "--basis",
    "consent",
    "--basis-text",
    "Aangevinkt op het congres in Utrecht.",
    "--basis-date",
    "2026-11-03",
]


@pytest.fixture
def list_of_people(house: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("service.cli.subscribers.build_runtime", lambda _settings: house)
    monkeypatch.setattr("service.cli.subscribers.prepare_or_refuse", lambda _runtime: None)
    path = tmp_path / "lijst.csv"
    path.write_text("Waar,Wie,E-mail\nEmmen,An,an@emmen.nl\nNergens,X,x@nergens.nl\n", encoding="utf-8")
    return path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["subscribers", *words])


def addresses(house: Runtime) -> list[str]:
    with reading(house.engine) as session:
        return sorted(session.exec(select(Subscriber.address)))


def test_a_dry_run_tells_each_line_and_leaves_nothing_behind(house: Runtime, list_of_people: Path) -> None:
    told = run(
        "import",
        str(list_of_people),
        *GROUND,
        "--column",
        "Waar=organisation",
        "--column",
        "Wie=name",
        "--dry-run",
        "--json",
    )
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert lines[:2] == [
        {"line": 2, "outcome": "new", "why": "", "detail": ""},
        {"line": 3, "outcome": "refused", "why": "organisation", "detail": "Nergens"},
    ]
    assert (lines[2]["state"], lines[2]["counts"]) == ("checked", {"new": 1, "refused": 1})
    assert told.exit_code == 1, "a line was refused"
    assert addresses(house) == []
    with reading(house.engine) as session:
        assert session.exec(select(Import)).all() == []


def test_an_import_runs_and_is_undone(house: Runtime, list_of_people: Path) -> None:
    done = run("import", str(list_of_people), *GROUND)
    assert done.exit_code == 0
    assert "2 new" in done.stderr
    assert addresses(house) == ["an@emmen.nl", "x@nergens.nl"], "columns of unknown names are left out"
    with reading(house.engine) as session:
        number = session.exec(select(Import.id)).one()
    assert run("undo", str(number)).exit_code == 0
    assert addresses(house) == []
    assert run("undo", str(number)).exit_code == 1


def test_wrong_use_is_told_from_failure(house: Runtime, list_of_people: Path) -> None:
    assert run("import", str(list_of_people)).exit_code == 2
    assert run("import", "nergens.csv", *GROUND).exit_code == 2
    assert run("import", str(list_of_people), *GROUND, "--column", "Niets=name").exit_code == 2
    short = [*GROUND[:3], "ja", *GROUND[4:]]
    assert run("import", str(list_of_people), *short).exit_code == 1


def test_an_export_holds_no_formulas(house: Runtime, list_of_people: Path, tmp_path: Path) -> None:
    with writing(house.engine) as session:
        a_reader(session, house.clock(), "an@emmen.nl", name="@SUM(A1)")
    assert run("export", str(tmp_path / "uit.csv")).exit_code == 0
    assert '"\'@SUM(A1)"' in (tmp_path / "uit.csv").read_text(encoding="utf-8-sig")
    assert run("export", str(tmp_path / "uit.xlsx")).exit_code == 0
    assert (tmp_path / "uit.xlsx").read_bytes().startswith(b"PK")
    assert "@SUM" in run("export", "-").stdout
