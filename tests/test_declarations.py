"""Declarations: those that are shipped can be read, and a file with faults says all of them at once, each with its line."""

from pathlib import Path

import pytest

from content.connectors.declaration import Reads
from content.connectors.declaration_file import read_declaration
from content.connectors.shelf import SHELF, declaration_of, declarations, load_declared_sources
from content.crawled import FIELDS
from content.errors import DeclarationFault
from content.sources import SourceKind, UrlConfidence
from service.database import writing
from service.runtime import Runtime
from tests.databases import FIXTURES

SMALL = r"""name: Voorbeeld
kind: database
reads: html
url: https://databank.example/interventies
home_url: https://databank.example/
url_confidence: verified
parser_version: "1"
scale: dutch
list:
  record: main a
  key: /interventies/(\d+)
detail:
  pairs: [dl]
  fields:
    name: {at: h1}
    level: [Erkenning]
"""
DOCUMENTS = """name: Voorbeeld
kind: documents
reads: sru
url: https://sru.example/sru
home_url: https://sru.example/
url_confidence: inferred
parser_version: "1"
documents:
  parameters: {query: 'a=="b"'}
  fields: {id: [identifier], title: [title]}
"""

# The labels of the reference, by the field that stands for each.
LOKET = {
    "Naam": "name",
    "Eigenaar": "owner",
    "Laatst gepubliceerd": "published",
    "Korte omschrijving": "summary",
    "Doelgroep": "target_group",
    "Doel": "goal",
    "Aanpak": "approach",
    "Vorm van preventie": "prevention_type",
    "Programma": "theme",
    "Contact": "contact",
    "Erkenningsstatus": "level",
    "Datum beoordeling": "level_date",
    "Datum erkenning": "level_date",
    "Oordeel": "level",
    "Beoordelende commissie": "committee",
    "Uitvoerbaarheid": "feasibility",
    "Type organisatie": "organisation_kinds",
    "Randvoorwaarden": "conditions",
}
NJI = {
    "Erkend als": "level",
    "Erkend op": "level_date",
    "Op": "level_date",
    "Erkend door": "committee",
    "Door": "committee",
    "Momenteel in herbeoordeling": "in_reassessment",
    "Gericht op": "theme",
    "Leeftijd": "age",
    "Doel": "goal",
    "Methode": "approach",
    "Locatie": "setting",
    "Uitvoering": "organisation_kinds",
    "Doelgroep": "target_group",
    "Aanpak": "approach",
    "Toelichting": "level_note",
}


def faults(text: str, key: str = "voorbeeld") -> list[str]:
    with pytest.raises(DeclarationFault) as refusal:
        read_declaration(text, key=key, name="voorbeeld.yaml")
    return str(refusal.value).splitlines()


def test_every_shipped_declaration_can_be_read_and_is_short() -> None:
    read = declarations()
    assert set(read) == {
        "loketgezondleven", "nji", "movisie", "sport-en-bewegen", "justitiele-interventies",
        "euda-xchange", "rijksoverheid-drugs", "officiele-bekendmakingen", "tweede-kamer",
    }  # fmt: skip
    for key in read:
        assert len((SHELF / f"{key}.yaml").read_text(encoding="utf-8").splitlines()) <= 40
        assert declaration_of(key) == read[key]


def test_nothing_that_was_never_tried_is_shipped_enabled(runtime: Runtime) -> None:
    assert {one.url_confidence for one in declarations().values()} == {UrlConfidence.INFERRED}
    with writing(runtime.engine) as session:
        added = load_declared_sources(session, now=runtime.clock())
        assert load_declared_sources(session, now=runtime.clock()) == []
        assert len(added) == len(declarations())
        assert not any(source.enabled for source in added)
        kinds = {source.key: source.kind for source in added}
    assert (kinds["nji"], kinds["tweede-kamer"]) == (SourceKind.DATABASE, SourceKind.DOCUMENTS)


@pytest.mark.parametrize(("key", "labels"), [("loketgezondleven", LOKET), ("nji", NJI)])
def test_every_label_that_is_known_stands_for_a_field(key: str, labels: dict[str, str]) -> None:
    rules = declaration_of(key).detail.fields
    for label, field in labels.items():
        assert label in rules[field].labels, label


def test_a_field_has_the_same_labels_whatever_the_database_calls_them() -> None:
    for one in declarations().values():
        assert set(one.detail.fields) <= set(FIELDS)
        assert one.kind is SourceKind.DOCUMENTS or {"name", "level"} <= set(one.detail.fields)


def test_every_fixture_says_where_it_comes_from() -> None:
    files = [path for path in FIXTURES.rglob("*.*") if path.is_file()]
    assert len(files) > 25
    for path in files:
        assert "Written for the tests of Kennispost" in path.read_text(encoding="utf-8")[:300], path


def test_a_small_declaration_is_read() -> None:
    read = read_declaration(SMALL, key="voorbeeld", name="voorbeeld.yaml")
    assert (read.reads, read.delay, read.detail.fields["level"].labels) == (Reads.HTML, 2.0, ("Erkenning",))
    assert read_declaration(DOCUMENTS, key="v", name="v.yaml").documents.fields["id"] == ("identifier",)


def test_all_faults_are_said_at_once_each_with_its_line() -> None:
    text = (
        SMALL.replace("main a", "main a[")
        .replace(r"(\d+)", r"(\d+")
        .replace("level: [Erkenning]", "niveau: [Erkenning]")
        .replace("pairs: [dl]", "pairs: [dl, lijst]")
        .replace("https://databank.example/interventies", "ftp://databank.example")
        + "rest: 1\n"
    )
    said = faults(text)
    assert len(said) == 6, said
    for words in (
        "unknown key 'rest'",
        "not a CSS selector",
        "not a pattern",
        "'niveau' is not a field",
        "no form",
    ):
        assert any(words in line for line in said), words
    assert any("line 10" in line and "CSS" in line for line in said)
    assert any("line 16" in line and "niveau" in line for line in said)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("kind: database", "kind: documents", "read as one of sru, atom, rss"),
        ("reads: html", "reads: sru", "read as one of html, json, csv"),
        ("scale: dutch\n", "", "a level needs a scale"),
        ("scale: dutch", "scale: belgian", "scale must be one of dutch, euda"),
        ("name: Voorbeeld\n", "", "lacks 'name'"),
        ("  record: main a\n", "", "list lacks 'record'"),
        ("  key: /interventies/(\\d+)", "  key: /interventies/\\d+", "needs a part in brackets"),
        ("  record: main a", "  record: main a\n  parameter: p", "needs a total or an end"),
        ("{at: h1}", "{split: h1}", "needs labels, or at"),
        ("kind: database", "kind: database\ndelay: -1", "delay must be a number"),
        ("kind: database", "kind: database\ndocuments: {fields: {id: [i]}}", "has no 'documents'"),
        ("name: Voorbeeld", "name: [", "not YAML"),
        (SMALL, "", "must be a list of `key: value`"),
        (SMALL, "- a", "must be a list of `key: value`"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_asked(before: str, after: str, words: str) -> None:
    assert before in SMALL
    assert any(words in line for line in faults(SMALL.replace(before, after)))


def test_sort_keys_are_refused_as_the_repository_answers_them_with_an_error() -> None:
    text = DOCUMENTS.replace("query:", "sortKeys: dt.modified, query:")
    assert any("sortKeys" in line and "line 9" in line for line in faults(text))


def test_a_key_is_a_name_that_a_command_line_takes() -> None:
    assert any("is not a key" in line for line in faults(SMALL, key="Mijn Databank"))


def test_an_operators_file_goes_before_ours(tmp_path: Path) -> None:
    (tmp_path / "nji.yaml").write_text(SMALL, encoding="utf-8")
    assert declaration_of("nji", tmp_path).name == "Voorbeeld"
    assert declarations(tmp_path)["nji"].name == "Voorbeeld"
    assert declaration_of("tweede-kamer", tmp_path) == declaration_of("tweede-kamer")
    with pytest.raises(DeclarationFault, match=r"no bestaat-niet\.yaml"):
        declaration_of("bestaat-niet", tmp_path)
    (tmp_path / "fout.yaml").write_bytes(b"\xff")
    with pytest.raises(DeclarationFault, match=r"fout\.yaml, line 1"):
        declarations(tmp_path)
