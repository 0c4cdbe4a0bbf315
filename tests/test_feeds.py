"""Feeds become entries in plain text, or a reason that a person understands."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

import content.feeds
from content.errors import FeedUnreadable
from content.feeds import SUMMARY_LIMIT, Entry, Feed, read_feed
from content.links import canonical, web_address
from content.plaintext import folded, plain
from content.webpage import read_page
from tests.strange_server import rss, rss_item

SAMPLE_FEEDS = Path(content.feeds.__file__).parent / "starter" / "feeds"
PAGE = (
    b"<!DOCTYPE html><html><head><title>Nieuws</title>"
    b'<link rel="alternate" type="application/rss+xml" href="/feed/"></head><body><p>hallo</p></body></html>'
)


def reason(body: bytes, **more: str) -> str:
    with pytest.raises(FeedUnreadable) as refused:
        read_feed(body, **more)
    return str(refused.value)


def only(inside: str, **more: str) -> Entry:
    (entry,) = read_feed(rss(inside), **more).entries
    return entry


def test_an_rss_feed_is_read() -> None:
    feed = read_feed(rss(rss_item(1), rss_item(2), title="GGD &amp; co"))
    assert (feed.title, feed.home_url, len(feed.entries)) == ("GGD & co", "https://bron.example/", 2)
    assert feed.entries[0] == Entry(
        guid="bericht-1",
        title="Bericht 1 over lachgas",
        summary="Jongeren gebruiken minder lachgas.",
        link="https://bron.example/1",
        published_at=datetime(2026, 11, 30, 9, 1, tzinfo=UTC),
    )


def test_an_atom_feed_is_read() -> None:
    feed = read_feed(
        b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>urn:1</id>'
        b'<title type="html">&lt;b&gt;Vapen&lt;/b&gt; op school</title><link href="https://bron.example/1"/>'
        b"<updated>2026-01-02T03:04:05+01:00</updated><summary>Kort.</summary></entry></feed>"
    )
    assert feed.entries == (
        Entry(
            "urn:1",
            "Vapen op school",
            "Kort.",
            "https://bron.example/1",
            datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC),
            estimated=True,  # only the moment of its last change is given
        ),
    )


@pytest.mark.parametrize("body", [b"", b" \n\t ", b"\xef\xbb\xbf"[:0] + b"\0\0"])
def test_an_empty_body_is_not_the_absence_of_news(body: bytes) -> None:
    assert reason(body) == "The answer is empty."


def test_a_web_page_is_not_a_feed_and_the_feed_that_it_names_is_passed_on() -> None:
    assert "names a feed: https://bron.example/feed/" in reason(PAGE, url="https://bron.example/nieuws/")
    assert "Look on the page" in reason(b"<html><body>Wij zijn zo terug</body></html>")
    assert "web page" in reason(
        b"\n<!-- cache --><html lang=nl><head></head></html>", content_type="text/html"
    )


@pytest.mark.parametrize("cut", [20, 60, 200])
def test_a_feed_that_was_cut_off_is_refused_as_a_whole(cut: int) -> None:
    assert "ends halfway" in reason(rss(rss_item(1), rss_item(2))[:-cut])


def test_a_feed_without_entries_says_so() -> None:
    assert reason(rss()) == "The feed has no entries."
    assert reason(rss("<guid>1</guid>")) == "The feed has no entries."


@pytest.mark.parametrize(
    "body", [b"%PDF-1.7", b"<opml></opml>", b"hallo", b"<?xml version='1.0'?><urlset/>", bytes(range(256))]
)
def test_what_is_no_feed_at_all_is_said_to_be_none(body: bytes) -> None:
    assert reason(body) == "This is neither RSS nor Atom nor JSON Feed."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32"])
def test_entities_of_its_own_are_refused_in_every_encoding(encoding: str) -> None:
    lol = '<!DOCTYPE r [<!ENTITY a "ha"><!eNtItY b "&a;&a;&a;&a;">]>'
    body = f'<?xml version="1.0"?>{lol}<rss version="2.0"><channel><item><title>&b;</title></item></channel></rss>'
    assert "<!ENTITY" in reason(body.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-7", "unicode_escape", "raw_unicode_escape", "rot13", "punycode"])
def test_an_encoding_in_which_entities_could_hide_is_refused(encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?><rss><channel><item><title>x</title></item></channel></rss>'
    assert "which feeds are not" in reason(body.encode())


def test_a_title_with_a_script_in_it_becomes_plain_text() -> None:
    entry = only(
        "<title>&lt;script&gt;alert(1)&lt;/script&gt;Nieuws &lt;img src=x onerror=alert(1)&gt;over GHB</title>"
        "<description>&lt;p&gt;Een&lt;/p&gt;&lt;p&gt;twee&lt;/p&gt;&lt;style&gt;p{}&lt;/style&gt;</description>"
    )
    assert (entry.title, entry.summary) == ("Nieuws over GHB", "Een twee")


def test_text_that_was_escaped_twice_is_unwrapped_and_a_comparison_survives() -> None:
    entry = only(
        "<title>Caf&amp;amp;eacute; &amp;amp; bar: alcohol &lt;18 &amp;lt;b&amp;gt;vet&amp;lt;/b&amp;gt;</title>"
    )
    assert entry.title == "Café & bar: alcohol <18 vet"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "  JaVaScRiPt:alert(1)", "ftp://a.example/"]
)
def test_a_link_that_is_not_of_the_web_is_dropped_and_the_entry_stays(link: str) -> None:
    entry = only(f"<title>Nieuws</title><link>{link}</link>", url="https://bron.example/feed")
    assert (entry.title, entry.link) == ("Nieuws", "")


def test_a_relative_link_is_completed() -> None:
    assert (
        only("<title>x</title><link>/nieuws/1</link>", url="https://bron.example/feed").link
        == "https://bron.example/nieuws/1"
    )


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (rss("<title>Coëxistentie € 5</title>").decode().encode("cp1252"), ""),
        (
            rss("<title>Coëxistentie € 5</title>").replace(b'"utf-8"', b'"iso-8859-1"'),
            "text/xml; charset=utf-8",
        ),
        (rss("<title>Coëxistentie € 5</title>"), "text/xml; charset=iso-8859-1"),
        (rss("<title>Coëxistentie € 5</title>", encoding="utf-16"), ""),
        (
            rss("<title>Coëxistentie € 5</title>").replace(b'"utf-8"', b'"klingon"'),
            "text/xml; charset=klingon",
        ),
    ],
    ids=[
        "cp1252 that says utf-8",
        "utf-8 that says latin-1",
        "a header that is wrong",
        "utf-16",
        "an unknown name",
    ],
)
def test_a_wrong_charset_does_not_garble(body: bytes, content_type: str) -> None:
    assert read_feed(body, content_type=content_type).entries[0].title == "Coëxistentie € 5"


def test_characters_that_a_database_refuses_are_gone() -> None:
    entry = only("<title>a&#0;b&#xD83D;&#xDE00;c\u202ed&#55357;e&#99999999;</title>")
    assert entry.title == "ab😀cde"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri, 15 Feb 2019 11:53:00 GMT", datetime(2019, 2, 15, 11, 53, tzinfo=UTC)),
        ("03-03-2025", datetime(2025, 3, 2, 23, 0, tzinfo=UTC)),
        ("3-7-2025 14:05", datetime(2025, 7, 3, 12, 5, tzinfo=UTC)),
        ("3 maart 2025", datetime(2025, 3, 2, 23, 0, tzinfo=UTC)),
        ("ma, 3 mrt. 2025 10:00 uur", datetime(2025, 3, 3, 9, 0, tzinfo=UTC)),
        ("31-02-2025", None),
        ("gisteren", None),
        ("", None),
    ],
)
def test_dates_are_read_as_the_dutch_write_them_or_not_at_all(text: str, expected: datetime | None) -> None:
    assert only(f"<title>x</title><pubDate>{text}</pubDate>").published_at == expected


def test_a_long_summary_is_cut_between_words() -> None:
    entry = only(f"<title>x</title><description>{'preventie ' * 200}</description>")
    assert len(entry.summary) <= SUMMARY_LIMIT
    assert entry.summary.endswith("preventie…")


def test_an_entry_without_a_title_is_called_by_its_summary() -> None:
    assert only("<description>Een kort bericht</description>").title == "Een kort bericht"


def test_the_sample_feeds_are_feeds() -> None:
    feeds: list[Feed] = [read_feed(path.read_bytes()) for path in sorted(SAMPLE_FEEDS.glob("*.xml"))]
    assert len(feeds) == 5
    assert all(8 <= len(feed.entries) <= 14 for feed in feeds)
    assert all(
        entry.published_at and entry.summary and ".example/" in entry.link
        for feed in feeds
        for entry in feed.entries
    )


def test_a_page_tells_its_title_description_and_feeds() -> None:
    page = read_page(
        b"<html><head><title>Titel | Site</title><meta property='og:title' content='Lachgas &amp;amp; de wet'>"
        b"<meta name=description content='Wat &lt;b&gt;verandert&lt;/b&gt; er?'><meta property=og:site_name content=Site>"
        b"<link rel=alternate type=application/atom+xml href=atom.xml>"
        b"<link rel=alternate type=application/rss+xml href='javascript:alert(1)'></head>",
        url="https://bron.example/nieuws/1",
    )
    assert (page.title, page.description, page.site_name) == ("Lachgas & de wet", "Wat verandert er?", "Site")
    assert page.feeds == ("https://bron.example/nieuws/atom.xml",)


def test_a_page_that_says_nothing_gives_nothing() -> None:
    assert read_page(b"\xff\xfe\x00", url="https://bron.example/").title == ""


def test_links_are_the_same_without_tracking_and_fragment() -> None:
    assert canonical("HTTPS://Bron.Example?utm_source=x&id=1#top") == canonical("https://bron.example/?id=1")
    assert web_address("https://bron.example/a b") == ""


def test_folding_forgets_case_accents_and_space() -> None:
    assert folded("  Cocaïne\n ÉÉN ") == "cocaine een"
    assert plain("a<br>b&nbsp;c") == "a b c"
