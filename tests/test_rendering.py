"""What a mail looks like in bytes: accessible, whole, without anything remote, and with one text for each link."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from content.composing import STANDARD_SECTIONS
from content.kinds import WELCOME_SECTIONS
from content.prose import markdown_to_html, plain_text
from content.vocabulary import Vocabulary, load_vocabulary
from service.errors import MailRefused
from service.i18n import translate
from service.mailing.edition import SECTION_TITLES, Article, Edition, Part, ascii_link
from service.mailing.filling import Filled, Reader, fill_mail, form_of, has_region, values_for
from service.mailing.fragments import greeting, reason
from service.mailing.holes import fill, hole, names, split, without_holes
from service.mailing.markup import LARGEST_HTML, mjml_to_html, wrap_text
from service.mailing.rendering import Rendered, refuse_too_large, render_issue
from service.settings import Settings
from subscribers.organisations import Organisation

SETTINGS = Settings(
    sender_name="Kennispost",
    sender_postal_address="Postbus 1, 3500 AA Utrecht",
    base_url="https://kennispost.example",
)
PLACE = Organisation(kind="municipality", key="GM1680", name="Aa en Hunze", ggd_region="GGD Drenthe")


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def an_article(number: int, title: str, body: str = "Een **vette** regel.", **others) -> Article:
    values = {
        "block_id": number,
        "title": title,
        "body_html": markdown_to_html(body),
        "body_text": plain_text(body),
        "link": f"https://bron.example/{number}?a=1&b=2",
        "source_name": "Voorbeeldbron",
        "everyone": False,
        "weight": 0,
    }
    return Article(**values | others)


def an_edition(*articles: Article, title: str = "Kennispost december 2026") -> Edition:
    introduction = "Lees ook [de handreiking](https://bron.example/handreiking?x=1&y=2)."
    return Edition(
        title=title,
        introduction_html=markdown_to_html(introduction),
        introduction_text=plain_text(introduction),
        slug="kennispost-december-2026-ab12",
        kind="monthly",
        parts=(Part("news", "Nieuws en signalen", articles),),
    )


def a_mail(
    vocabulary: Vocabulary,
    edition: Edition,
    *,
    name: str = "",
    language: str = "nl",
    reasons=None,
    organisations=(PLACE,),
) -> Filled:
    rendered = render_issue(edition, settings=SETTINGS, language=language)
    form = form_of(rendered, with_region=has_region(organisations))
    reader = Reader(
        name=name,
        language=language,
        organisations=organisations,
        reasons=reasons or {"1": ["lachgas", "horeca"]},
        preferences_link="https://kennispost.example/voorkeuren/abc.d_e-f",
        unsubscribe_link="https://kennispost.example/afmelden/abc.d_e-f",
    )
    return fill_mail(form, values_for(reader, form, vocabulary))


class Outline(HTMLParser):
    """Tags with their attributes, and the links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.tags if found == tag]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_mail_is_accessible(vocabulary: Vocabulary, language: str) -> None:
    mail = a_mail(vocabulary, an_edition(an_article(1, "Over lachgas")), language=language)
    outline = Outline(mail.html)
    assert outline.all("html") == [{"lang": language, "dir": "ltr"} | outline.all("html")[0]]
    after_body = outline.tags[[tag for tag, _ in outline.tags].index("body") + 1][1]
    assert (after_body["lang"], after_body["dir"]) == (language, "ltr")
    assert "<title>Kennispost december 2026</title>" in mail.html
    assert len(outline.all("h1")) == 1
    assert len(outline.all("h2")) == 2
    assert all(table["role"] == "presentation" for table in outline.all("table"))
    assert [level for level, _ in outline.tags if level in ("h1", "h2", "h3")] == ["h1", "h2", "h3", "h2"]


def test_a_mail_loads_nothing_from_anywhere(vocabulary: Vocabulary) -> None:
    html = a_mail(vocabulary, an_edition(an_article(1, "Over lachgas"))).html
    outline = Outline(html)
    assert outline.all("img") == outline.all("link") == outline.all("script") == []
    assert "@import" not in html
    assert "url(" not in html
    assert set(re.findall(r"https?://[^/\"'<> ]+", html)) == {
        "http://www.w3.org",
        "https://bron.example",
        "https://kennispost.example",
    }


def test_styles_are_inline_and_dark_mode_is_an_extra(vocabulary: Vocabulary) -> None:
    html = a_mail(vocabulary, an_edition(an_article(1, "Over lachgas"))).html
    assert "@media (prefers-color-scheme: dark)" in html
    assert re.search(r'<h1[^>]* style="[^"]*font-size: 28px', html)
    assert "var(--" not in html


def test_every_link_of_the_html_stands_in_the_text(vocabulary: Vocabulary) -> None:
    body = "Zie [dit](https://bron.example/x?c=1&d=2) en <https://bron.example/y>."
    mail = a_mail(vocabulary, an_edition(an_article(1, "Eén", body), an_article(2, "Twee")))
    links = [unescape(link["href"] or "") for link in Outline(mail.html).all("a")]
    assert len(links) == 9
    assert [link for link in links if link not in mail.text] == []


def test_the_text_has_lines_that_fit_and_no_blanks_in_a_row(vocabulary: Vocabulary) -> None:
    long = "woord " * 60 + "https://bron.example/" + "a" * 120
    text = a_mail(
        vocabulary, an_edition(an_article(1, "Een titel " * 12, long)), name="Een heel lange naam " * 5
    ).text
    assert [line for line in text.splitlines() if len(line) > 72 and "https://" not in line] == []
    assert "  " not in text
    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)
    assert "a" * 120 in text, "an address is never broken"


def test_the_html_is_in_relaxed_form(vocabulary: Vocabulary) -> None:
    html = a_mail(vocabulary, an_edition(an_article(1, "Over lachgas"))).html
    assert "  " not in html
    assert not re.search(r"[ \t]+$", html, re.MULTILINE)


def test_the_preheader_is_the_most_important_title(vocabulary: Vocabulary) -> None:
    edition = an_edition(
        an_article(1, "Gewoon"), an_article(2, "Belangrijk", weight=3), an_article(3, "Ook", weight=3)
    )
    html = a_mail(vocabulary, edition).html
    assert html.index("Belangrijk") < html.index("<h1") < html.index("Gewoon")


def test_names_titles_and_texts_are_escaped_in_html_and_plain_in_text(vocabulary: Vocabulary) -> None:
    edition = an_edition(
        an_article(1, '<b>"Drugs" & Co</b>', "Meer <script>alert(1)</script>"), title="A & <i>B</i>"
    )
    mail = a_mail(vocabulary, edition, name="<script>x</script> & Zn")
    assert "<script" not in mail.html
    assert "Beste &lt;script&gt;x&lt;/script&gt; &amp; Zn," in mail.html
    assert "&lt;b&gt;" in mail.html
    assert "Beste <script>x</script> & Zn," in mail.text
    assert '* <b>"Drugs" & Co</b>' in mail.text
    assert mail.subject == "A & <i>B</i>"


def test_a_title_cannot_carry_a_hole_or_a_tag_of_the_template(vocabulary: Vocabulary) -> None:
    title = without_holes("⟦unsubscribe⟧ {{ settings.secret_key }} <mj-include path='/etc/passwd' />\x0b")
    mail = a_mail(vocabulary, an_edition(an_article(1, title)))
    assert "[[unsubscribe]] {{ settings.secret_key }}" in mail.text
    assert "&lt;mj-include" in mail.html
    assert "\x0b" not in mail.html


def test_without_a_region_the_mail_says_nothing_of_one(vocabulary: Vocabulary) -> None:
    edition = an_edition(an_article(1, "Over lachgas"))
    partner = Organisation(kind="partner", key="partner:x", name="Partner")
    for organisations in ((), (partner,)):
        mail = a_mail(vocabulary, edition, organisations=organisations)
        assert "In uw regio" not in mail.html
        assert "IN UW REGIO" not in mail.text
        assert "region⟧" not in mail.html + mail.text
    assert "GGD Drenthe werkt voor de gemeente Aa en Hunze." in a_mail(vocabulary, edition).html


def test_why_a_reader_gets_a_block(vocabulary: Vocabulary) -> None:
    def why(*slugs: str, language: str = "nl") -> str:
        return reason(slugs, vocabulary=vocabulary, language=language)

    assert why("lachgas") == "Omdat u lachgas volgt"
    assert why("lachgas", "horeca") == "Omdat u lachgas en horeca volgt"
    assert why("lachgas", "horeca", "sport") == "Omdat u lachgas, horeca en sport volgt"
    assert (
        why("lachgas", "horeca", "sport", "mbo", "media")
        == "Omdat u lachgas, horeca, sport en nog 2 onderwerpen volgt"
    )
    assert why() == "Een van de belangrijkste berichten van deze editie"
    assert why("gone-from-the-vocabulary") == why()


def test_a_block_for_everyone_says_so(vocabulary: Vocabulary) -> None:
    mail = a_mail(vocabulary, an_edition(an_article(1, "Welkom", everyone=True, link="", source_name="")))
    assert "Voor alle lezers" in mail.html
    assert "Voor alle lezers" in mail.text
    assert "Bron:" not in mail.html


def test_a_name_is_optional() -> None:
    assert greeting("Zoë", "nl") == "Beste Zoë,"
    assert greeting("", "nl") == "Beste lezer,"


def test_what_is_not_dutch_around_dutch_texts_says_so(vocabulary: Vocabulary) -> None:
    html = a_mail(vocabulary, an_edition(an_article(1, "Over lachgas")), language="en").html
    assert re.search(r'<h1[^>]* lang="nl"', html)


def test_a_mail_that_programs_would_cut_off_is_refused() -> None:
    small, large = (Rendered("Titel", "x" * size, "") for size in (LARGEST_HTML, LARGEST_HTML + 1))
    refuse_too_large(small)
    with pytest.raises(MailRefused, match=r"95,001 bytes.*lower the maximum"):
        refuse_too_large(large)


def test_the_size_leaves_room_for_what_goes_into_the_holes(vocabulary: Vocabulary) -> None:
    edition = an_edition(*(an_article(number, f"Bericht {number}") for number in range(12)))
    reasons = {
        str(number): ["jongvolwassenen-18-25", "primair-en-voortgezet-onderwijs"] for number in range(12)
    }
    rendered = render_issue(edition, settings=SETTINGS, language="nl")
    filled = a_mail(vocabulary, edition, name="Naam " * 20, reasons=reasons)
    assert len(filled.html.encode()) <= rendered.size < 40_000


def test_holes_survive_mjml_and_inlining_in_text_and_in_attributes() -> None:
    mjml = (
        f"<mjml><mj-head><mj-style>a {{ color: red }}</mj-style></mj-head><mj-body><mj-section><mj-column>"
        f'<mj-text><a href="{hole("link")}">{hole("words")}</a></mj-text></mj-column></mj-section></mj-body></mjml>'
    )
    pieces = split(mjml_to_html(mjml), present=frozenset())
    assert names(pieces) == {"link", "words"}
    assert re.search('<a href="L" style="color: ?red;?">W</a>', fill(pieces, {"link": "L", "words": "W"}))


def test_a_hole_without_a_value_is_an_error_and_never_an_empty_place() -> None:
    with pytest.raises(KeyError):
        fill(split(f"x {hole('name')}", present=frozenset()), {})


@pytest.mark.parametrize(
    ("link", "ascii_form"),
    [
        ("https://bron.example/a?b=1&c=2#d", "https://bron.example/a?b=1&c=2#d"),
        ("https://bron.example/cijfers%20é", "https://bron.example/cijfers%20%C3%A9"),
        ("https://café.example/x", "https://xn--caf-dma.example/x"),
        ("https://bron.example/a\u0301\\b", "https://bron.example/a%CC%81%5Cb"),
        ("", ""),
    ],
)
def test_links_are_in_ascii(link: str, ascii_form: str) -> None:
    assert ascii_link(link) == ascii_form


def test_wrapping_keeps_list_items_and_paragraphs_apart() -> None:
    assert wrap_text("a  b\n\n\n\n- c\n- d   \n") == "a b\n\n- c\n- d\n"


def test_the_standard_headings_are_known_to_the_catalogues() -> None:
    assert {title for _key, title in (*STANDARD_SECTIONS, *WELCOME_SECTIONS)} == set(SECTION_TITLES)
    assert translate("en", "Wet en beleid") == "Law and policy"
