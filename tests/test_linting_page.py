"""The mail lint on HTML: a page without fault passes; each fault, by itself, is found under its own code and no other."""

import re
from pathlib import Path

import pytest

from service import linting
from service.linting.checking import lint_content
from service.linting.colours import colour_of, contrast
from service.linting.findings import WORDS, Severity, sort_findings
from service.linting.links import try_links
from service.linting.page import Page

GOOD = """<!doctype html><html lang="nl" dir="ltr"><head><title>Kennispost</title></head><body>
<div lang="nl" dir="ltr" style="background-color: #ffffff; color: #1c2733">
<div style="display: none">Nieuw: lachgas in het verkeer</div>
<table role="presentation"><tr><td>
<h1>Kennispost</h1><p>Beste lezer, dit is nieuw.</p><h2>Nieuws</h2>
<h3><a href="https://bron.example/a?b=1&amp;c=2" style="color: #0a5866">Lachgas in het verkeer</a></h3>
<p>Bel <a href="tel:+31301234567" style="color: #0a5866">030 123 45 67</a> of
<a href="mailto:redactie@kennispost.example?subject=Vraag" style="color: #0a5866">mail de redactie</a>.</p>
<img src="https://kennispost.example/beeld.png" alt="Een plein in de avond" width="600" height="200">
<!--END--></td></tr></table></div></body></html>
"""
TEXT = """Kennispost. Beste lezer, dit is nieuw. Nieuws: lachgas in het verkeer
https://bron.example/a?b=1&c=2
Bel +31301234567 of mail redactie@kennispost.example
"""


def codes(html: str, text: str = TEXT, *, own: str = "") -> list[str]:
    return [one.code for one in lint_content(html=html, text=text, own=own)]


def test_a_mail_without_fault_passes() -> None:
    assert codes(GOOD) == []


ADDED = {
    "<h1>Nog een</h1>": ["h1-more"],
    "<h2> </h2>": ["heading-empty"],
    "<h2>Een</h2><h4>Twee</h4>": ["heading-skipped"],
    "<table><tr><td>cel</td></tr></table>": ["table-without-role"],
    "<table><tr><th>Jaar</th></tr><tr><td>2026</td></tr></table>": [],
    '<table role="none"><tr><td>cel</td></tr></table>': [],
    '<p lang="klingon">tekst</p>': ["lang-unknown"],
    '<p lang="fy-NL">tekst</p>': [],
    '<a href="https://bron.example/a?b=1&amp;c=2" style="color: #0a5866"></a>': ["link-empty"],
    '<a href="https://bron.example/a?b=1&amp;c=2"><img src="https://x.example/a.png" alt=""></a>': ["link-empty"],
    '<a href="https://bron.example/a?b=1&amp;c=2"><img src="https://x.example/a.png" alt="Het rapport"></a>': [],
    '<a href="https://bron.example/a?b=1&amp;c=2" style="color: #0a5866">Klik <b>hier</b>!</a>': ["link-text-vague"],
    '<a href="https://bron.example/a?b=1&amp;c=2" style="color: #0a5866">Read more »</a>': ["link-text-vague"],
    '<a href="https://bron.example/a?b=1&amp;c=2" style="color: #0a5866">https://bron.example/a</a>': ["link-text-address"],
    '<a name="anker"></a>': [],
    '<img src="https://x.example/a.png">': ["alt-missing"],
    '<img src="https://x.example/a.png" alt="IMG_0012.jpg">': ["alt-file-name"],
    '<img src="https://x.example/a.png" alt="" width="1" height="1">': ["image-tracks"],
    '<img src="https://x.example/a.png" alt="" style="width: 1px; height: 0px">': ["image-tracks"],
    '<img src="https://x.example/a.png" alt="" style="display: none">': ["image-tracks"],
    '<img src="https://x.example/a.png" alt="" width="600" height="1">': [],
    '<img src="http://x.example/a.png" alt="">': ["image-insecure"],
    '<img src="/a.png" alt="">': ["image-broken"],
    '<img src="" alt="">': ["image-broken"],
    '<img src="https://x.example/a.webp?w=600" alt="">': ["image-kind"],
    '<img src="data:image/png;base64,AAAA" alt="">': ["image-inside"],
    '<img src="cid:beeld" alt="Een plein">': [],
    "<svg><circle r='1'/></svg>": ["element-unknown"],
    "<picture><source srcset='https://x.example/a.png'></picture>": ["element-unknown"],
    "<form><p>tekst</p></form>": ["element-unsafe"],
    "<script>1</script>": ["element-unsafe"],
    '<p style="color: var(--ink)">tekst</p>': ["css-variable"],
    '<p style="--ink: red">tekst</p>': ["css-variable"],
    '<p style="background: #fff url(https://x.example/a.png)">tekst</p>': ["css-remote"],
    "<p>CafÃ© de Zwaan</p>": ["charset-mangled"],
    '<p style="color: #888888">tekst</p>': ["contrast-low"],
    '<p style="color: #767676">tekst</p>': [],
    '<p style="color: #888888; font-size: 24px">tekst</p>': [],
    '<p style="color: #888888; font-size: 19px; font-weight: 700">tekst</p>': [],
    '<p style="color: #888888; font-size: 1.5em">tekst</p>': [],
    '<p style="color: #888888; font-size: 19px">tekst</p>': ["contrast-low"],
    '<p style="color: #999999; font-size: 24px">tekst</p>': ["contrast-low"],
    '<div style="background: #1c2733">tekst</div>': ["contrast-low"],
    '<div style="background: #1c2733"><b style="color: white">tekst</b></div>': [],
    '<table role="presentation" bgcolor="#0a5866"><tr><td>tekst</td></tr></table>': ["contrast-low"],
    '<div style="background-color: rgba(0, 0, 0, 0.7)"><b style="color: #fff">tekst</b></div>': [],
    '<div style="background-color: rgba(0, 0, 0, 0.3)"><b style="color: #fff">tekst</b></div>': ["contrast-low"],
    '<div style="color: rgba(0, 0, 0, 0.4)">tekst</div>': ["contrast-low"],
    '<div style="background: linear-gradient(red, blue)">tekst</div>': ["contrast-unknown"],
    '<font color="#aaaaaa">tekst</font>': ["contrast-low"],
    '<p style="display: none; color: #ffffff">tekst</p>': [],
    '<p style="color: #ffffff !important; color: #000000">tekst</p>': ["contrast-low"],
    '<style>.licht { color: #ddd }</style><p class="licht">tekst</p>': ["contrast-low"],
    "<style>@media (prefers-color-scheme: dark) { h2 { color: #eee !important } }</style>": ["contrast-low-dark"],
    "<style>@media (prefers-color-scheme: dark) { div { background-color: #000 !important; color: #fff !important } "
    "a { color: #7fd0dd !important } }</style>": [],
    "<style>:root { --ink: red }</style>": ["css-variable"],
    "<style>@import url(https://x.example/a.css);</style>": ["css-remote"],
}  # fmt: skip


@pytest.mark.parametrize("added", ADDED)
def test_each_fault_is_found_and_nothing_else(added: str) -> None:
    assert codes(GOOD.replace("<!--END-->", added)) == ADDED[added]


CHANGED = {
    ('<html lang="nl" dir="ltr">', "<html>"): ["lang-missing", "dir-missing"],
    ('<div lang="nl" dir="ltr"', '<div lang="nl"'): ["dir-missing"],
    ('<div lang="nl" dir="ltr"', '<div dir="rtl"'): ["lang-missing"],
    ("<body>", "<body>los"): ["lang-missing", "preheader-missing"],
    ("<title>Kennispost</title>", "<title> </title>"): ["title-missing"],
    ("<h1>Kennispost</h1>", "<p>Kennispost</p>"): ["h1-missing"],
    ("display: none", "color: #000000"): ["preheader-missing"],
    ("background-color: #ffffff", "background-color: #555555"): ["contrast-low"] * 4,
}


@pytest.mark.parametrize("change", CHANGED)
def test_what_is_missing_is_found(change: tuple[str, str]) -> None:
    assert change[0] in GOOD
    assert codes(GOOD.replace(*change)) == CHANGED[change]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://bron.example/a", "link-insecure"),
        ("javascript:alert(1)", "link-script"),
        (" java\tscript:alert(1)", "link-script"),
        ("data:text/html,x", "link-script"),
        ("", "link-broken"),
        ("#", "link-broken"),
        ("/edities", "link-broken"),
        ("www.bron.example", "link-broken"),
        ("https://", "link-broken"),
        ("https://bron", "link-broken"),
        ("https://bron.example/een twee", "link-broken"),
        (" https://bron.example/", "link-broken"),
        ("https://[bron.example/", "link-broken"),
        ("mailto:", "link-broken"),
        ("ftp://bron.example/", "link-broken"),
        ("http://localhost:8000/edities", "link-local"),
        ("https://intranet.local/", "link-local"),
        ("https://192.168.1.2/", "link-local"),
        ("https://127.0.0.1/", "link-local"),
        ("https://[::1]/", "link-local"),
        ("https://10.0.0.1/", "link-local"),
    ],
)
def test_a_link_that_cannot_work_or_is_insecure_is_found(address: str, expected: str) -> None:
    html = GOOD.replace("https://bron.example/a?b=1&amp;c=2", address)
    found = codes(html, TEXT + "".join(address.split()))
    assert found == [expected]


@pytest.mark.parametrize("host", ["10.bron.example", "8.8.8.8", "lokaal.example", "xn--caf-dma.nl"])
def test_an_address_that_only_looks_local_is_fine(host: str) -> None:
    address = f"https://{host}/a"
    assert codes(GOOD.replace("https://bron.example/a?b=1&amp;c=2", address), TEXT + address) == []


def test_links_to_this_site_are_trusted() -> None:
    html = GOOD.replace("https://bron.example/a?b=1&amp;c=2", "http://localhost:8000/edities/1")
    text = TEXT + "http://localhost:8000/edities/1"
    assert codes(html, text, own="http://localhost:8000") == []
    assert codes(html, text) == ["link-local"]


def test_the_text_must_have_each_link_and_say_as_much() -> None:
    assert codes(GOOD, TEXT.replace("?b=1&c=2", "")) == ["text-without-link"]
    assert codes(GOOD, TEXT.replace("redactie@", "ander@")) == ["text-without-link"]
    assert "text-empty" in codes(GOOD, "Hoi")


def test_links_are_followed_only_when_asked_and_once_each() -> None:
    asked: list[str] = []

    def fetch(address: str) -> str:
        asked.append(address)
        return "404"

    (dead,) = try_links(Page(GOOD.replace("<!--END-->", GOOD)), fetch=fetch)
    assert (dead.code, asked) == ("link-dead", ["https://bron.example/a?b=1&c=2"])
    assert list(try_links(Page(GOOD), fetch=lambda _address: "")) == []


def test_a_finding_says_where_what_and_what_to_do_in_both_languages() -> None:
    html = GOOD.replace("<!--END-->", '<p style="color: #888">Lees dit</p>')
    (finding,) = lint_content(html=html, text=TEXT)
    assert finding.severity is Severity.ERROR
    assert finding.where == "<p> Lees dit"
    assert "#888888 op #ffffff heeft een contrast van 3,54; 4,5 is nodig." in finding.said("nl")
    assert "3.54" in finding.said("en")
    assert finding.said("en") != finding.said("nl")


def test_the_worst_comes_first_and_nothing_twice() -> None:
    html = GOOD.replace("<!--END-->", '<a href="http://bron.example/">hier</a><img src="/a.png">' * 2)
    found = lint_content(html=html, text=TEXT + "http://bron.example/")
    assert [one.severity for one in found] == sorted(
        (one.severity for one in found), key=list(Severity).index
    )
    assert len(found) == len(set(found)) == len(sort_findings([*found, *found]))


def test_every_code_has_words_and_all_words_are_used() -> None:
    files = [
        file for file in Path(linting.__file__).parent.glob("*.py") if not file.name.endswith("words.py")
    ]
    quoted = {
        one for file in files for one in re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)*)"', file.read_text("utf-8"))
    }
    assert set(WORDS) <= quoted
    for file in files:
        assert set(re.findall(r'found\(\s*"([a-z0-9-]+)"', file.read_text("utf-8"))) <= set(WORDS)


@pytest.mark.parametrize(
    ("ink", "paper", "expected"),
    [
        ("#000", "#fff", 21.0),
        ("#1c2733", "#fff", 15.1),
        ("#0a5866", "white", 8.1),
        ("hsl(0, 0%, 46%)", "#fff", 4.6),
    ],
)
def test_contrast_is_what_wcag_computes(ink: str, paper: str, expected: float) -> None:
    assert contrast(colour_of(ink), colour_of(paper)) == pytest.approx(expected, abs=0.06)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<",
        "<p>",
        "<html></html>",
        "geen html",
        "<a href><img><table><style>{{{",
        "\x00",
        "<div>" * 5000 + "x",
        "<p style='" + "(" * 5000 + "'>x",
    ],
)
def test_no_html_is_too_strange_to_read(html: str) -> None:
    assert isinstance(codes(html, ""), list)
