"""Pages of records: the same facts in whatever layout, and no record out of a page that is none."""

import time

import pytest

from content.connectors import html
from content.connectors.declaration import Pairs
from content.connectors.htmltree import read_tree
from content.connectors.pairs import read_pairs
from content.connectors.port import Answer
from content.connectors.shelf import declaration_of
from content.crawled import Listed, ParsedRecord
from content.errors import PageUnreadable
from tests.databases import fixture

LINK = "https://databank.example/1"


def answer(body: bytes | str, url: str = LINK) -> Answer:
    data = body if isinstance(body, bytes) else f"<html><body>{body}</body></html>".encode()
    return Answer(200, url, data, {"content-type": "text/html; charset=utf-8"})


def record(key: str, name: str) -> ParsedRecord:
    return html.read_record(answer(fixture(key, name)), Listed("1", LINK), declaration_of(key))


def comparable(fields: object) -> dict[str, object]:
    """Fields as they are compared: of several values the order means nothing."""
    return {name: set(value) if isinstance(value, tuple) else value for name, value in dict(fields).items()}


def test_unity_says_the_same_in_its_two_layouts_and_something_else_a_year_before() -> None:
    first, second, relabelled = (
        record("loketgezondleven", f"1400610-{layout}.html") for layout in ("2017", "2018", "relabelled")
    )
    assert comparable(second.fields) == comparable(relabelled.fields)
    assert (second.extra, relabelled.extra, second.missing, relabelled.missing) == ({}, {}, (), ())
    assert second.raw_hash != relabelled.raw_hash
    before, after = comparable(first.fields), comparable(second.fields)
    changed = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
    assert changed == {
        "published": ("2017-03-28", "2018-07-03"),
        "level_date": ("2011-06-28", "2018-06-07"),
    }
    assert (first.fields["level"], first.fields["age"]) == ("goed-onderbouwd", "18-35")


def test_nji_has_another_age_for_unity_than_loket_and_its_own_text() -> None:
    unity = record("nji", "unity.html").fields
    assert unity["age"] == "19-35"
    assert "18 tot en met 36" in str(unity["target_group"])
    assert (unity["level"], unity["level_date"]) == ("goed-onderbouwd", "2018-06-07")
    assert (
        unity["approach"]
        == "Voorlichting door leeftijdgenoten. Leeftijdgenoten geven voorlichting op feesten."
    )
    assert "in_reassessment" not in unity


def test_nji_says_why_something_is_not_recognised_and_what_is_looked_at_again() -> None:
    refused = record("nji", "voorbeeld-niet-erkend.html")
    assert (refused.fields["level"], refused.fields["level_note"]) == (
        "niet-erkend",
        "de onderbouwing is niet voldoende",
    )
    again = record("nji", "voorbeeld-herbeoordeling.html").fields
    assert (again["in_reassessment"], again["level"], again["level_date"]) == (
        "ja",
        "goede-aanwijzingen",
        "2019-05-12",
    )


def test_a_level_that_is_not_on_the_scale_is_missing_and_kept_as_a_label() -> None:
    page = fixture("nji", "unity.html").replace(b"Goed onderbouwd", b"Veelbelovend")
    read = html.read_record(answer(page), Listed("1", LINK), declaration_of("nji"))
    assert "level" not in read.fields
    assert read.missing == ("level",)
    assert read.extra == {"Erkend als": "Veelbelovend"}


def test_labels_that_no_field_stands_for_are_kept() -> None:
    page = fixture("nji", "unity.html").replace(b"</dl>", b"<dt>Nieuw label</dt><dd>iets</dd></dl>", 1)
    read = html.read_record(answer(page), Listed("1", LINK), declaration_of("nji"))
    assert read.extra == {"Nieuw label": "iets"}


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"   ",
        b"{}",
        b"<html><body><main><h1>Unity</h1><dl><dt>Doel</dt><dd>x</dd>",  # cut off
        b"<html><body><h1>Bewijs dat u een mens bent</h1></body></html>",
        b"<html><body><main><h1>Bewijs dat u een mens bent</h1><form></form></main></body></html>",
        b"<html><body><main></main></body></html>",
        b"\x00\x01\x02</html>",
    ],
)
def test_a_page_that_is_no_record_is_an_error_and_not_an_empty_record(page: bytes) -> None:
    with pytest.raises(PageUnreadable):
        html.read_record(answer(page), Listed("1", LINK), declaration_of("nji"))


def pairs(markup: str, *forms: str | Pairs) -> dict[str, str]:
    return {one.label: one.text for one in read_pairs(read_tree(answer(markup)), forms)}


def test_labels_are_found_in_each_way_of_setting_them_out() -> None:
    assert pairs("<dl><dt>A</dt><dd>1</dd><dd>2</dd><div><dt>B</dt><dd>3</dd></div></dl>", "dl") == {
        "A": "1 2",
        "B": "3",
    }
    assert pairs("<table><tr><th>A<td>1<td>2<tr><td>B<td>3<tr><td>alleen</table>", "table") == {
        "A": "1 2",
        "B": "3",
    }
    headed = "<h2>A</h2>los <b>vet</b><!-- weg --><p>1</p><h3>B</h3><div>2</div><div><h4>C</h4>3</div><p>niet van B</p>"
    assert pairs(headed, "headings") == {"A": "los vet 1", "B": "2", "C": "3"}
    bold = "<p><strong>A:</strong> 1</p><p>zin met <b>nadruk</b> erin</p><p><b>B</b>: 2<br><b>C:</b> 3 <i>4</i></p>"
    assert pairs(bold, "bold") == {"A:": "1", "B": "2", "C:": "3 4"}
    drupal = "<div class=f><div class=l>A</div><div class=v>1</div><div class=v>2</div></div>"
    assert pairs(drupal, Pairs(each=".f", label=".l", value=".v")) == {"A": "1 2"}


def test_what_is_read_is_text() -> None:
    markup = "<dl><dt>A</dt><dd><script>alert(1)</script>een &lt;b&gt;twee&lt;/b&gt;\u202e<style>x</style></dd></dl>"
    assert pairs(markup, "dl") == {"A": "een twee"}


def test_the_encoding_of_a_page_is_heeded() -> None:
    page = "<html><head><meta charset='windows-1252'></head><body><h1>Café</h1></body></html>".encode(
        "cp1252"
    )
    assert read_tree(Answer(200, LINK, page)).findtext(".//h1") == "Café"


def test_a_gigantic_or_hostile_page_costs_little() -> None:
    begun = time.perf_counter()
    declaration = declaration_of("nji")
    for piece in (
        "<div>",
        "<table><tr><td>",
        "<dl><dt>",
        "<a href=/interventies/x>",
        "<b>",
        "<h2>x</h2>",
        "&#x",
        "<p a='",
    ):
        page = b"<html><body><main>" + piece.encode() * 20_000 + b"</main></body></html>"
        html.read_list(answer(page), declaration)
        try:
            html.read_record(answer(page), Listed("1", LINK), declaration)
        except PageUnreadable:
            continue
    assert time.perf_counter() - begun < 40


def test_lists_keep_to_their_own_site_and_name_each_record_once() -> None:
    page = (
        "<main><a href='/interventies/een'>Een</a><a href='/interventies/een#top'>Een</a>"
        "<a href='https://elders.example/interventies/twee'>Twee</a><a href='javascript:x'>x</a>"
        "<a href='/interventies/'>Alle</a><a href='/interventies/drie'>Drie</a></main>"
    )
    read = html.read_list(answer(page, "https://www.nji.nl/interventies"), declaration_of("nji"))
    assert [(one.key, one.link, one.title) for one in read.listed] == [
        ("een", "https://www.nji.nl/interventies/een", "Een"),
        ("drie", "https://www.nji.nl/interventies/drie", "Drie"),
    ]
    assert read.declared_total is None


@pytest.mark.parametrize(
    ("text", "total"), [("1.234 interventies", 1234), ("0 interventies", 0), ("veel", None)]
)
def test_the_declared_total_is_read(text: str, total: int | None) -> None:
    page = answer(f"<main><p>{text}</p></main>", "https://www.nji.nl/interventies")
    assert html.read_list(page, declaration_of("nji")).declared_total == total
