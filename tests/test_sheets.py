"""Files with subscribers: any encoding, delimiter and order is read; what means harm is refused; nothing becomes a formula."""

import csv
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from subscribers.cells import neutral, restored
from subscribers.errors import MappingRefused, SheetRefused
from subscribers.exporting import as_csv, as_workbook
from subscribers.mapping import Field, guess, read_mapping
from subscribers.sheets import delimiter_of, read_sheet

TABLE = (
    'Naam{0}E-mail{0}Gemeente\n"Zoë{0} van Ek"{0}zoe@emmen.nl{0}Súdwest-Fryslân\n\nJan{0}jan@emmen.nl{0}\n'
)
READ = ((2, ("Zoë{0} van Ek", "zoe@emmen.nl", "Súdwest-Fryslân")), (4, ("Jan", "jan@emmen.nl", "")))

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_delimiter_and_encoding_is_read(delimiter: str, encoding: str) -> None:
    sheet = read_sheet(TABLE.format(delimiter).encode(encoding))
    assert sheet.columns == ("Naam", "E-mail", "Gemeente")
    assert sheet.lines == tuple(
        (number, tuple(cell.format(delimiter) for cell in cells)) for number, cells in READ
    )


def test_excels_own_line_about_the_delimiter_is_followed() -> None:
    assert read_sheet(b"sep=|\r\nmail|naam\r\na@b.nl|x;y;z\r\n").lines[0][1] == ("a@b.nl", "x;y;z")


def test_a_comma_within_cells_is_not_taken_for_the_delimiter() -> None:
    assert delimiter_of('mail;naam\na@b.nl;"Vries, de, Jan"\nc@d.nl;Jan, Piet\n') == ";"


def test_a_workbook_is_read_with_numbers_and_empty_cells() -> None:
    book = Workbook()
    book.active.append(["E-mail", "Naam", "Code"])
    book.active.append(["a@b.nl", None, 12.0])
    kept = io.BytesIO()
    book.save(kept)
    assert read_sheet(kept.getvalue()).lines == ((2, ("a@b.nl", "", "12")),)


def workbook_with(**parts: bytes) -> bytes:
    """A workbook of which some parts are replaced."""
    book = Workbook()
    book.active.append(["mail"])
    book.active.append(["a@b.nl"])
    kept, made = io.BytesIO(), io.BytesIO()
    book.save(kept)
    with zipfile.ZipFile(kept) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name.split("/")[-1].split(".")[0], old.read(name)))
    return made.getvalue()


BOMB = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    + b" " * 310 * 1024 * 1024
)
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"\n\n ; \n", "empty"),
        (b"x" * (20 * 1024 * 1024 + 1), "large"),
        (b"mail\n" + b"a@b.nl\n" * 200_001, "rows"),
        (b";".join(b"c%d" % n for n in range(61)) + b"\n", "columns"),
        (b"mail;naam\na@b.nl;" + b"x" * 1001, "cell"),
        (b"mail\n\x81\x8d\xff", "encoding"),
        (b"mail\0\n", "encoding"),
        (b"PK\x03\x04 no workbook", "broken"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_kind(data: bytes, kind: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        read_sheet(data)
    assert refused.value.kind == kind


def test_a_zip_bomb_and_entities_are_refused() -> None:
    for part, kind in ((BOMB, "large"), (ENTITY, "unsafe"), (ENTITY.decode().encode("utf-16"), "broken")):
        data = workbook_with(sheet1=part)
        assert len(data) < 2_000_000
        with pytest.raises(SheetRefused) as refused:
            read_sheet(data)
        assert refused.value.kind == kind
    assert openpyxl.DEFUSEDXML, "openpyxl reads through defusedxml"


def test_a_sheet_that_says_it_is_small_is_not_believed() -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>mail</t></is></c><c r="B1" t="inlineStr"><is><t>naam</t></is></c></row>'
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>a@b.nl</t></is></c><c r="B2" t="inlineStr"><is><t>An</t></is></c></row>'
        b"</sheetData></worksheet>"
    )
    assert read_sheet(workbook_with(sheet1=sheet)).lines == ((2, ("a@b.nl", "An")),)


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+31 6",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "=cmd|' /C calc'!A0",
        "＝1",
        "\u200b=1",
        "'=1",
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"
    assert restored(neutral(cell)) == cell


@given(CELLS)
def test_neutral_text_never_begins_as_a_formula_and_comes_back(cell: str) -> None:
    safe = neutral(cell)
    assert restored(safe) == cell
    bare = safe.lstrip().lstrip("\u200b\ufeff")
    assert not bare.startswith(("=", "+", "-", "@"))
    assert not safe.startswith(("\t", "\r", "\n"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8))
def test_an_export_is_read_back_as_it_was(lines: list[tuple[str, str, str]]) -> None:
    kept = [tuple(" ".join(cell.split()) for cell in line) for line in lines]
    wanted = [line for line in kept if any(line)]
    sheet = read_sheet(b"".join(as_csv(kept, ("a", "b", "c"))))
    assert sheet.columns == ("a", "b", "c")
    assert [cells for _number, cells in sheet.lines] == wanted
    for line in csv.reader(
        io.StringIO(b"".join(as_csv(kept, ("a", "b", "c"))).decode("utf-8-sig")), delimiter=";"
    ):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in line)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4))
def test_a_workbook_holds_texts_and_no_formulas(lines: list[tuple[str, str]]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_workbook([*lines, ("=1+1", "=HYPERLINK(1)")], ("a", "b"))))
    for row in book.active.iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "n", "inlineStr")
            assert cell.value is None or not str(cell.value).startswith(("=", "+", "-", "@"))


def test_columns_are_guessed_in_dutch_and_english_and_by_what_is_in_them() -> None:
    names = ("Voornaam", "E-mailadres", "Municipality", "Telefoon", "Topics", "E-mail")
    assert guess(names) == ("name", "address", "organisation", "", "interests", "")
    assert guess(("x", "y"), [("a", "b@c.nl"), ("", "d@e.nl")]) == ("", "address")


def test_a_mapping_needs_exactly_one_column_of_addresses() -> None:
    assert read_mapping(["address", ""], ["a", "b"]) == (Field.ADDRESS, Field.NOTHING)
    for chosen in (["", ""], ["address", "address"], ["address"], ["address", "password"]):
        with pytest.raises(MappingRefused):
            read_mapping(chosen, ["a", "b"])
