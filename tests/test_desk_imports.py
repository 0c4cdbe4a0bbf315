"""Importing and exporting at the desk, and in a real browser with columns that a person maps."""

import io
from pathlib import Path
from threading import Event

import openpyxl
import pytest
from colleague import ANNA, Colleague, a_colleague, sign_in_link
from playwright.sync_api import Browser, expect
from sqlmodel import select

from service.audit import AuditEvent
from service.database import reading, writing
from service.desk import ROUTERS
from service.importing import carry_on_all
from service.runtime import Runtime
from service.users import add_user
from service.web.app import make_app
from subscribers.imports import Import, ImportLine
from subscribers.people import Subscriber
from tests.builders import a_reader
from tests.serving import serving
from tests.visitor import form_token

START = "/redactie/abonnees/invoer"

GROUND = {
    "basis": "consent",
    "basis_text": "Aangevinkt op de lijst van het congres in Utrecht.",
    "basis_since": "2026-11-03",
}


@pytest.fixture
def boss(house: Runtime) -> Colleague:
    return a_colleague(house, ANNA, "Anna", "administrator")


def upload(boss: Colleague, content: bytes, name: str = "lijst.csv"):
    token = form_token(boss.get(START).text)
    return boss.client.post(START, data={"csrf": token}, files={"file": (name, content)})


def test_a_file_goes_from_upload_to_import_and_back(house: Runtime, boss: Colleague) -> None:
    at = upload(
        boss, "Wie;Waar;Post\nZoë;Emmen;zoe@emmen.nl\nX;Nergens;x@nergens.nl\n".encode("cp1252")
    ).headers["location"]
    page = boss.get(at).text
    assert "Zoë" in page
    assert '<option value="address" selected>' in page, "found by what is in the column"
    mapping = {"column": ["name", "organisation", "address"], "stream": ["monthly"], **GROUND}
    assert boss.post(f"{at}/nakijken", {**mapping, "basis_text": "ja"}, via=at).status_code == 422
    assert boss.post(f"{at}/nakijken", {**mapping, "stream": []}, via=at).status_code == 422
    assert boss.post(f"{at}/nakijken", {**mapping, "column": ["name"] * 3}, via=at).status_code == 422
    assert boss.post(f"{at}/invoeren", via=at).status_code == 409, "not before a dry run"
    assert boss.post(f"{at}/nakijken", mapping, via=at).headers["location"] == at
    assert 'http-equiv="refresh"' in boss.get(at).text
    carry_on_all(house, stop=Event())
    page = boss.get(at).text
    assert "1 nieuwe lezer invoeren" in page
    assert "Deze organisatie kennen we niet, of er zijn er meer die zo heten: Nergens" in page
    refused = boss.get(f"{at}?uitkomst=refused").text
    assert "x@nergens.nl" in refused
    assert refused.count("geweigerd") == 1
    assert '<th scope="row">2</th>' not in refused
    boss.post(f"{at}/invoeren", via=at)
    carry_on_all(house, stop=Event())
    with reading(house.engine) as session:
        assert [one.address for one in session.exec(select(Subscriber))] == ["zoe@emmen.nl"]
    assert "Zij gaven toestemming" in boss.get(at).text
    boss.post(f"{at}/ongedaan", via=at)
    carry_on_all(house, stop=Event())
    with reading(house.engine) as session:
        assert session.exec(select(Subscriber)).all() == []
        acts = [(one.actor, one.action) for one in session.exec(select(AuditEvent))]
        assert (ANNA, "import-run") in acts
        assert (ANNA, "import-undone") in acts


def test_a_file_that_is_no_table_is_refused_in_words(boss: Colleague) -> None:
    answer = upload(boss, b"PK\x03\x04 no workbook", "x.xlsx")
    assert answer.status_code == 422
    assert "Dit bestand is beschadigd" in answer.text


def test_a_file_may_be_larger_than_other_forms_and_has_its_limit(house: Runtime, boss: Colleague) -> None:
    rows = b"".join(b"naam%d@emmen.nl;%s\n" % (number, b"x" * 60) for number in range(20_000))
    at = upload(boss, b"mail;naam\n" + rows).headers["location"]
    assert "20.000 regels" in boss.get(at).text or "20000 regels" in boss.get(at).text
    assert upload(boss, b"x" * (22 * 1024 * 1024)).status_code == 413


def test_a_file_can_be_thrown_away(house: Runtime, boss: Colleague) -> None:
    at = upload(boss, b"mail\na@emmen.nl\n").headers["location"]
    assert boss.post(f"{at}/weg", via=at).headers["location"].startswith(START)
    with reading(house.engine) as session:
        assert session.exec(select(Import)).all() == session.exec(select(ImportLine)).all() == []


def test_only_an_administrator_takes_files_in_or_out(house: Runtime) -> None:
    editor = a_colleague(house, "eva@kennispost.example", "Eva", "editor", "publisher")
    for path in (START, f"{START}/1", "/redactie/abonnees/uitvoer/abonnees.csv"):
        assert editor.get(path).status_code == 403
    assert START not in editor.get("/redactie/abonnees").text


def test_the_list_leaves_without_formulas_and_with_a_note_of_who_took_it(
    house: Runtime, boss: Colleague
) -> None:
    with writing(house.engine) as session:
        a_reader(session, house.clock(), "an@emmen.nl", name="=HYPERLINK(0)")
    text = boss.get("/redactie/abonnees/uitvoer/abonnees.csv").text
    assert '"\'=HYPERLINK(0)"' in text
    book = openpyxl.load_workbook(io.BytesIO(boss.get("/redactie/abonnees/uitvoer/abonnees.xlsx").content))
    assert [cell.value for cell in book.active[2]][:2] == ["an@emmen.nl", "'=HYPERLINK(0)"]
    with reading(house.engine) as session:
        taken = [
            (one.actor, one.detail) for one in session.exec(select(AuditEvent)) if one.action == "exported"
        ]
    assert taken == [(ANNA, "csv"), (ANNA, "xlsx")]


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_person_maps_the_columns_and_imports(house: Runtime, browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "congres.csv"
    file.write_text("Wie|Bij|Bereikbaar via\nAn Ders|Emmen|an@emmen.nl\nFout|Emmen|geen\n", encoding="utf-8")
    with writing(house.engine) as session:
        user = add_user(session, address=ANNA, name="Anna", roles=["administrator"], now=house.clock())
        link = sign_in_link(session, house, user).removeprefix(house.settings.base_url)
    with serving(make_app(house, ROUTERS)) as desk:
        page = browser.new_page(locale="nl-NL")
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(desk + link)
        page.locator("main button").first.click()
        page.goto(f"{desk}/redactie/abonnees")
        page.get_by_role("link", name="Abonnees invoeren uit een bestand").click()
        page.get_by_label("Bestand").set_input_files(file)
        page.get_by_role("button", name="Bestand bekijken").click()
        page.get_by_label("Wat staat in kolom Wie").select_option("name")
        page.get_by_label("Wat staat in kolom Bij").select_option("organisation")
        page.get_by_label("Wat staat in kolom Bereikbaar via").select_option("address")
        page.get_by_label("Maandelijkse nieuwsbrief").check()
        page.get_by_label("Zij gaven toestemming voor deze nieuwsbrief.").check()
        page.get_by_label("Die grond in uw woorden").fill(GROUND["basis_text"])
        page.get_by_label("Sinds wanneer").fill(GROUND["basis_since"])
        page.get_by_role("button", name="Nakijken").click()
        expect(page.get_by_role("progressbar")).to_be_visible()
        carry_on_all(house, stop=Event())
        page.get_by_role("button", name="1 nieuwe lezer invoeren").click()  # the page renews itself
        carry_on_all(house, stop=Event())
        expect(page.get_by_text("Deze invoer ongedaan maken")).to_be_visible(timeout=10_000)
        assert complaints == []
        page.close()
    with reading(house.engine) as session:
        (reader,) = session.exec(select(Subscriber)).all()
        assert (reader.name, reader.address, reader.state) == ("An Ders", "an@emmen.nl", "active")
