"""A register of a later year: what it changes is shown first, and readers of a merged municipality move along."""

import csv
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner

from service.audit import AuditEvent
from service.cli import app
from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.maildir import arrived, read_all
from service.merging import bring_up_to_date
from service.runtime import Runtime
from service.tokens import Purpose
from subscribers.coverage import coverage
from subscribers.directory import PartnerEntry, helpers, who_helps
from subscribers.errors import RegisterFault
from subscribers.following import organisations_of
from subscribers.leaving import leave
from subscribers.merging import Update, apply_update, compare, moves_of, read_update
from subscribers.organisations import Organisation
from subscribers.pausing import pause
from subscribers.people import Membership, Subscriber
from subscribers.register import COLUMNS, MUNICIPALITIES, load_register, read_register
from subscribers.search import find_organisations, resolve_organisation
from subscribers.sizes import size_class
from tests.builders import a_reader
from tests.visitor import Visitor, link


def year_2027(folder: Path) -> Path:
    """The register of 2027 as it is planned: Wijdemeren is part of Hilversum; one name and some figures differ."""
    path = folder / "2027.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, "merged_into"])
        for one in read_register():
            values = [getattr(one, column) for column in COLUMNS]
            if one.name == "Wijdemeren":
                values = [one.cbs_code, "", "", "", "", "", "", "GM0402"]
            else:
                values.append("")
            if one.name == "Hilversum":
                values[4] = 119_273
            if one.cbs_code == "GM0106":
                values[1], values[4] = "Groot-Assen", 80_001
            writer.writerow(values)
    return path


def named(session: Session, name: str) -> Organisation:
    return session.exec(select(Organisation).where(Organisation.name == name)).one()


@pytest.fixture
def country(runtime: Runtime) -> Runtime:
    """The whole register of 2026, with readers in Wijdemeren and Hilversum."""
    with writing(runtime.engine) as session:
        load_register(session)
        wijdemeren, hilversum = named(session, "Wijdemeren"), named(session, "Hilversum")
        a_reader(session, runtime.clock(), "an@wijdemeren.nl", organisation=wijdemeren)
        both = a_reader(session, runtime.clock(), "bo@wijdemeren.nl", organisation=wijdemeren)
        session.add(Membership(subscriber_id=both.id, organisation_id=hilversum.id))
        a_reader(session, runtime.clock(), "cor@hilversum.nl", organisation=hilversum)
    return runtime


def test_what_changes_is_told_by_kind(country: Runtime, tmp_path: Path) -> None:
    update = read_update(year_2027(tmp_path))
    with reading(country.engine) as session:
        changes = compare(session.exec(select(Organisation)).all(), update)
    assert [(one.kind, one.cbs_code, one.was, one.becomes) for one in changes] == [
        ("renamed", "GM0106", "Assen", "Groot-Assen"),
        ("merged", "GM1696", "Wijdemeren", "Hilversum"),
        ("population", "GM0106", changes[2].was, "80001"),
        ("population", "GM0402", "94601", "119273"),
    ]


def test_readers_of_wijdemeren_move_along_to_hilversum_and_it_says_so(
    country: Runtime, tmp_path: Path
) -> None:
    with writing(country.engine) as session:
        counts = apply_update(session, read_update(year_2027(tmp_path)), name="2027.csv", now=country.clock())
    assert counts == {"renamed": 1, "merged": 1, "population": 2, "readers": 2}
    with reading(country.engine) as session:
        for reader in session.exec(select(Subscriber)):
            assert [one.name for one in organisations_of(session, reader)] == ["Hilversum"]
            told = moves_of(session, reader)
            pairs = [(one.before, one.after) for one in told]
            assert pairs == ([] if reader.address == "cor@hilversum.nl" else [("Wijdemeren", "Hilversum")])
        found = resolve_organisation(session, text="gemeente Wijdemeren")
        assert found is not None
        assert found.name == "Hilversum"
        assert "Wijdemeren" not in [one.name for one in find_organisations(session, text="wijde")]
        assert size_class(named(session, "Groot-Assen")) == "groot", (
            "80,001 inhabitants and a central function"
        )
        places = {one.name: one.readers for one in coverage(session)}
        assert "Wijdemeren" not in places, "the map shows the country as it is now"
        assert (len(places), places["Hilversum"]) == (341, 3)
    page = Visitor(country).get(link(country, Purpose.PREFERENCES, "ref-an@wijdemeren.nl"))
    assert "Wijdemeren hoort nu bij Hilversum" in page.text
    assert (
        "hoort nu bij"
        not in Visitor(country).get(link(country, Purpose.PREFERENCES, "ref-cor@hilversum.nl")).text
    )
    assert Visitor(country).get("/wie-helpt/wijdemeren").headers["location"] == "/wie-helpt/hilversum"


def test_who_moved_along_gets_one_letter_that_says_so_and_who_did_not_gets_none(
    country: Runtime, tmp_path: Path
) -> None:
    now = country.clock()
    with writing(country.engine) as session:
        for address, change in (("weg@wijdemeren.nl", "left"), ("rust@wijdemeren.nl", "paused")):
            reader = a_reader(session, now, address, organisation=named(session, "Wijdemeren"))
            if change == "left":
                leave(session, subscriber=reader, stream=None, source="test", now=now)
            else:
                pause(session, subscriber=reader, until=now + timedelta(days=9), source="test", now=now)
        update = read_update(year_2027(tmp_path))
        counts = bring_up_to_date(session, update, name="2027.csv", now=now)
        assert (counts["readers"], counts["letters"]) == (4, 2)
        assert bring_up_to_date(session, update, name="2027.csv", now=now) == {"readers": 0, "letters": 0}
    deliver_due(country)
    mails = {str(one.message["To"]): one for one in read_all(arrived(country.settings))}
    assert set(mails) == {"an@wijdemeren.nl", "bo@wijdemeren.nl"}
    mail = mails["an@wijdemeren.nl"]
    assert mail.message["Subject"] == "Wijdemeren hoort nu bij Hilversum"
    assert "De gemeente Wijdemeren is samengegaan en hoort nu bij de gemeente Hilversum." in " ".join(
        mail.body("plain").split()
    )
    assert "Meld u af" in mail.body("html")
    page = re.search(r"http://testserver(/voorkeuren/\S+)", mail.body("plain"))[1]
    assert "Wijdemeren hoort nu bij Hilversum" in Visitor(country).get(page).text


def test_the_register_that_came_with_kennispost_does_not_undo_a_later_one(
    country: Runtime, tmp_path: Path
) -> None:
    update = read_update(year_2027(tmp_path))
    with writing(country.engine) as session:
        apply_update(session, update, name="2027.csv", now=country.clock())
    with writing(country.engine) as session:
        load_register(session)
        assert named(session, "Groot-Assen").population == 80_001
        assert named(session, "Wijdemeren").merged_into_id == named(session, "Hilversum").id
        again = apply_update(session, update, name="2027.csv", now=country.clock())
        assert again == {"readers": 0}


def test_who_served_a_merged_municipality_serves_the_new_one(country: Runtime, tmp_path: Path) -> None:
    with writing(country.engine) as session:
        entry = session.exec(select(PartnerEntry)).first()
        entry.serves, entry.edited = ["GM1696"], True
        session.add(entry)
    with writing(country.engine) as session:
        apply_update(session, read_update(year_2027(tmp_path)), name="2027.csv", now=country.clock())
        here = who_helps(named(session, "Hilversum"), helpers(session))
        assert entry.organisation_id in [one.organisation_id for one in here]


def test_a_municipality_may_not_just_vanish(country: Runtime) -> None:
    few = Update(tuple(one for one in read_register() if one.name != "Wijdemeren"))
    with writing(country.engine) as session, pytest.raises(RegisterFault, match="GM1696"):
        apply_update(session, few, name="2027.csv", now=country.clock())


@pytest.mark.parametrize(
    ("mergers", "fault"),
    [
        ("cbs_code,merged_into\nGM1696,GM9999\n", "GM9999, which the register does not have"),
        ("cbs_code,merged_into\nGM1696,\n", "merged_into is empty"),
        ("code\nGM1696\n", "the columns must be cbs_code, merged_into"),
    ],
)
def test_a_fault_in_the_mergers_is_named(tmp_path: Path, mergers: str, fault: str) -> None:
    path = tmp_path / "mergers.csv"
    path.write_text(mergers, encoding="utf-8")
    with pytest.raises(RegisterFault, match=fault):
        read_update(MUNICIPALITIES, path)


def test_the_command_shows_first_and_acts_when_told(
    country: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mergers = tmp_path / "mergers.csv"
    mergers.write_text("cbs_code,merged_into\nGM1696,GM0402\n", encoding="utf-8")
    monkeypatch.setattr("service.cli.register.build_runtime", lambda _settings: country)
    monkeypatch.setattr("service.cli.register.prepare_or_refuse", lambda _runtime: None)
    command = ["register", "update", str(MUNICIPALITIES), "--mergers", str(mergers), "--json"]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0
    assert json.loads(shown.stdout) == {
        "kind": "merged", "cbs_code": "GM1696", "name": "Wijdemeren", "was": "Wijdemeren", "becomes": "Hilversum",
    }  # fmt: skip
    with reading(country.engine) as session:
        assert named(session, "Wijdemeren").merged_into_id is None
    assert CliRunner().invoke(app, [*command, "--apply"]).exit_code == 0
    with reading(country.engine) as session:
        assert named(session, "Wijdemeren").merged_into_id is not None
        acts = [(one.action, one.detail) for one in session.exec(select(AuditEvent))]
        assert ("readers-moved", "Wijdemeren → Hilversum") in acts
