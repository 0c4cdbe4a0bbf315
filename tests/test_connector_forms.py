"""The other forms of a database: JSON with paths, and CSV with columns."""

from collections.abc import Iterator

import pytest

from content.connectors.declaration import Declaration
from content.connectors.declaration_file import read_declaration
from content.errors import DeclarationFault
from tests.databases import as_json, crawled, fields, moved
from tests.strange_server import StrangeServer, strange_server, with_body

HEAD = """name: Voorbeeld
kind: database
url: https://databank.example/api/interventies
home_url: https://databank.example/
url_confidence: inferred
parser_version: "1"
scale: dutch
"""
JSON = (
    HEAD
    + """reads: json
list:
  record: $.data[*]
  key: $.id
  link: /api/interventies/{key}
  title: $.titel
  next: $.links.next
  total: {at: $.meta.totaal}
detail:
  fields:
    name: {at: $.titel}
    owner: [eigenaar]
    setting: {at: "$.plaatsen[*].naam", split: ","}
    level: {at: $.erkenning.niveau}
    level_date: {at: $.erkenning.datum}
"""
)
ON_LIST = JSON.replace("detail:\n", "detail:\n  on_list: true\n")
CSV = (
    HEAD
    + """reads: csv
list:
  key: nummer
  link: adres
detail:
  fields:
    name: [naam]
    level: [erkenning]
    level_date: ["erkend op"]
    setting: {labels: [plaats], split: ","}
"""
)


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


def declared(text: str, server: StrangeServer) -> Declaration:
    return moved(read_declaration(text, key="voorbeeld", name="voorbeeld.yaml"), server)


def unit(number: int) -> dict[str, object]:
    return {
        "id": number,
        "titel": f"Voorbeeld {number}",
        "eigenaar": "Instelling",
        "plaatsen": [{"naam": "School, binnen"}, {"naam": "Thuis"}],
        "erkenning": {"niveau": "Goed onderbouwd", "datum": "2024-01-02"},
        "nieuw": True,
    }


def serve(server: StrangeServer, path: str, value: object) -> None:
    server.on(path, with_body(as_json(value), kind="application/json"))


def serve_two_pages(server: StrangeServer, *, total: int = 2) -> None:
    first = {"data": [unit(1)], "links": {"next": "/api/interventies?p=2"}, "meta": {"totaal": total}}
    serve(server, "/api/interventies", first)
    serve(
        server,
        "/api/interventies?p=2",
        {"data": [unit(2)], "links": {"next": None}, "meta": {"totaal": total}},
    )
    for number in (1, 2):
        serve(server, f"/api/interventies/{number}", unit(number))


@pytest.mark.parametrize(("text", "requests"), [(JSON, 5), (ON_LIST, 3)])
def test_json_is_read_by_paths_with_or_without_pages_of_its_own(
    server: StrangeServer, text: str, requests: int
) -> None:
    serve_two_pages(server)
    result = crawled(declared(text, server))
    assert (result.complete, result.errors, [one.key for one in result.parsed]) == (True, {}, ["1", "2"])
    assert len(server.requests) == requests  # robots.txt is one
    assert fields(result, "2") == {
        "name": "Voorbeeld 2",
        "owner": "Instelling",
        "setting": ("School, binnen", "Thuis"),
        "level": "goed-onderbouwd",
        "level_date": "2024-01-02",
    }
    assert result.parsed[0].extra == {"id": "1", "titel": "Voorbeeld 1", "nieuw": "ja"}
    assert result.listed[0].link == f"{server.url}/api/interventies/1"


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b'{"data": [', b'{"data": []}', b"[]", b"null", b"[" * 50_000]
)
def test_json_that_is_none_or_has_no_record_is_incomplete(server: StrangeServer, body: bytes) -> None:
    server.on("/api/interventies", with_body(body, kind="application/json"))
    result = crawled(declared(JSON, server))
    assert (result.complete, result.parsed, bool(result.errors[""])) == (False, (), True)


def test_a_total_in_json_that_does_not_match_is_incomplete(server: StrangeServer) -> None:
    serve_two_pages(server, total=3)
    assert not crawled(declared(JSON, server)).complete


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_has_a_record_in_each_row(server: StrangeServer, delimiter: str) -> None:
    rows = [
        ["\ufeffnummer", "Naam", "Erkenning", "Erkend op", "Plaats", "adres"],
        ["1", "Eén", "Goed onderbouwd", "2-1-2024", '"School, Thuis"', "/1"],
        ["", "zonder nummer", "", "", "", ""],
        ["2", '"Twee\nregels"', "Goed beschreven", "2024-05-06", "Sport", "/2"],
    ]
    body = "\r\n".join(delimiter.join(row) for row in rows).encode()
    server.on("/api/interventies", with_body(body, kind="text/csv"))
    result = crawled(declared(CSV, server))
    assert (result.complete, result.errors, [one.key for one in result.listed]) == (True, {}, ["1", "2"])
    assert fields(result, "1") == {
        "name": "Eén",
        "level": "goed-onderbouwd",
        "level_date": "2024-01-02",
        "setting": ("School", "Thuis"),
    }
    assert fields(result, "2")["name"] == "Twee regels"
    assert result.listed[1].link == f"{server.url}/2"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no CSV"),
        (b"<html><body>captcha</body></html>", "no CSV"),
        (b"nummer;naam;erkenning\n1;Een;Goed onderbouwd\n2;Tw", "cells"),
        (b"nummer;naam;erkenning\n", "no record"),
        (b'nummer;naam\n1;"Een', "no CSV"),
    ],
)
def test_csv_that_is_none_or_cut_off_is_incomplete(server: StrangeServer, body: bytes, words: str) -> None:
    server.on("/api/interventies", with_body(body, kind="text/csv"))
    result = crawled(declared(CSV, server))
    assert not result.complete
    assert words in result.errors[""]


def test_a_row_or_unit_that_cannot_be_read_is_an_error_of_that_record(server: StrangeServer) -> None:
    body = b"nummer;naam;erkenning\n1;Een;Goed onderbouwd\n2;Twee;\n"
    server.on("/api/interventies", with_body(body, kind="text/csv"))
    rows = crawled(declared(CSV, server))
    serve(server, "/api/interventies", {"data": [unit(1), {"id": 2, "titel": "Twee"}], "meta": {"totaal": 2}})
    units = crawled(declared(ON_LIST, server))
    for result in (rows, units):
        assert (result.complete, [one.key for one in result.parsed], list(result.errors)) == (
            True,
            ["1"],
            ["2"],
        )
    server.on("/api/interventies", with_body(b"nummer;naam\n1;Een\n2;Twee\n", kind="text/csv"))
    assert not crawled(declared(CSV, server)).complete


def test_a_number_that_is_none_is_no_total(server: StrangeServer) -> None:
    serve(server, "/api/interventies", {"data": [unit(1)], "meta": {"totaal": "9" * 6000}})
    assert crawled(declared(ON_LIST, server)).declared_total is None


def test_paths_and_columns_with_a_fault_are_refused() -> None:
    for before, after, words in (
        ("$.data[*]", "$.data[[", "JSONPath"),
        ("{at: $.titel}", "{at: '$['}", "JSONPath"),
    ):
        with pytest.raises(DeclarationFault, match=words):
            read_declaration(JSON.replace(before, after), key="v", name="v.yaml")
