"""Every kind of feed is read: formats, encodings, dates, addresses, and what is not quite as it should be."""

import json
from datetime import UTC, datetime

import pytest

from content.dates import read_date
from content.entries import ENTRY_LIMIT, Feed
from content.identity import IdentityPolicy, identity_of
from content.reading import Reading, read_document
from tests.strange_server import rss, rss_item

RDF = b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
ITEM = b"<item><title>Nieuws</title><link>https://b.example/1</link></item>"


def feed(body: bytes | str, **more: str) -> Feed:
    reading = read_document(body if isinstance(body, bytes) else body.encode(), **more)
    assert reading.feed is not None, reading.problems
    return reading.feed


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'<rss version="0.91"><channel>' + ITEM + b"</channel></rss>", "rss 0.91"),
        (b'<rss version="0.92"><channel>' + ITEM + b"</channel></rss>", "rss 0.92"),
        (b'<rss version="2.0"><channel>' + ITEM + b"</channel></rss>", "rss 2.0"),
        (b"<rss><channel>" + ITEM + b"</channel></rss>", "rss"),
        (
            b'<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
            b'"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel>' + ITEM + b"</channel></rss>",
            "rss 0.91",
        ),
        (b"<rdf:RDF " + RDF + b' xmlns="http://my.netscape.com/rdf/simple/0.9/">' + ITEM + b"</rdf:RDF>", "rss 0.90"),
        (b"<rdf:RDF " + RDF + b' xmlns="http://purl.org/rss/1.0/">' + ITEM + b"</rdf:RDF>", "rdf"),
        (b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>Nieuws</title></entry></feed>', "atom 0.3"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Nieuws</title></entry></feed>', "atom 1.0"),
        (b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>Nieuws</a:title></a:entry></a:feed>', "atom 1.0"),
        (b'<CHANNEL HREF="http://b.example/"><ITEM HREF="http://b.example/1"><TITLE>Nieuws</TITLE></ITEM></CHANNEL>', "cdf"),
        (b'{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"Nieuws"}]}', "json feed 1"),
        (b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1,"title":"Nieuws"}]}', "json feed 1.1"),
    ],
)  # fmt: skip
def test_each_format_is_known_by_name(body: bytes, expected: str) -> None:
    read = feed(body)
    assert (read.format, read.entries[0].title) == (expected, "Nieuws")


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1252", "iso-8859-15"],
)  # fmt: skip
@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1", "klingon"])
def test_text_survives_its_encoding_whatever_is_declared(encoding: str, declared: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else "<?xml version='1.0'?>"
    text = f"{declaration}<rss version='2.0'><channel><item><title>Coëxistentie één</title></item></channel></rss>"
    for content_type in (
        "",
        "text/xml; charset=utf-8",
        "text/xml; charset=iso-8859-1",
        "text/xml;charset=us-ascii",
    ):
        assert feed(text.encode(encoding), content_type=content_type).entries[0].title == "Coëxistentie één"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("shift_jis", "日本語"),
        ("euc-jp", "日本語"),
        ("big5", "臺灣"),
        ("gb2312", "中文"),
        ("koi8-r", "Привет"),
        ("cp037", "Nieuws"),
    ],
)
def test_encodings_of_the_rest_of_the_world_are_read_when_they_are_declared(encoding: str, text: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?><rss><channel><item><title>{text}</title></item></channel></rss>'
    assert feed(body.encode(encoding)).entries[0].title == text


@pytest.mark.parametrize(
    ("text", "moment", "estimated"),
    [
        ("2003-12-31T10:14:55Z", "2003-12-31T10:14:55", False),
        ("2003-12-31T10:14:55.25-08:00", "2003-12-31T18:14:55", False),
        ("20031231T101455Z", "2003-12-31T10:14:55", False),
        ("2003-12-31T24:00:00Z", "2004-01-01T00:00:00", False),
        ("2003-12-31", "2003-12-31T00:00:00", True),
        ("2003-12", "2003-12-01T00:00:00", True),
        ("Thu, 01 Jan 2004 19:48:21 EST", "2004-01-02T00:48:21", False),
        ("01 Jan 04 19:48 +0100", "2004-01-01T18:48:00", False),
        ("Thu, 30 Aug 2012 17:26:16 +0200 (CEST)", "2012-08-30T15:26:16", False),
        ("Wed, 02 Oct 2002 15:00:00 GMT+2", "2002-10-02T13:00:00", False),
        ("Sun Jan  4 16:29:06 PDT 2004", "2004-01-04T23:29:06", False),
        ("January 5, 2004 10:00 pm", "2004-01-05T22:00:00", True),
        ("dinsdag 6 april 2027, 10.00 uur", "2027-04-06T08:00:00", False),
        ("wo 3 sept 2025 om 9.30", "2025-09-03T07:30:00", False),
        ("3 oktober 2025", "2025-10-02T22:00:00", True),
        ("01-02-2025", "2025-01-31T23:00:00", True),
        ("12/25/2004", "2004-12-24T23:00:00", True),
        ("1700000000", "2023-11-14T22:13:20", False),
        ("25-03-03", None, False),
        ("31-02-2025", None, False),
        ("13/13/2025", None, False),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None, False),
        ("2010-02-30T00:00:00Z", None, False),
        ("Mon, 01 Jan 2001 25:00:00 GMT", None, False),
        ("0000-00-00", None, False),
        ("volgende week", None, False),
        ("1-" * 5000, None, False),
    ],
)  # fmt: skip
def test_dates_climb_the_ladder(text: str, moment: str | None, estimated: bool) -> None:
    date = read_date(text)
    if moment is None:
        assert date is None
    else:
        assert date is not None
        assert (date.moment, date.estimated) == (
            datetime.fromisoformat(moment).replace(tzinfo=UTC),
            estimated,
        )


def test_relative_links_follow_xml_base_then_the_site_or_the_address() -> None:
    entry = "<entry xml:base='diep/'><title>x</title><link href='1'/></entry>"
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://c.example/a/'>{entry}</feed>"
    assert feed(atom, url="https://b.example/").entries[0].link == "https://c.example/a/diep/1"
    plain = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>x</title><link href='1'/></entry></feed>"
    assert feed(plain, url="https://b.example/nieuws/feed").entries[0].link == "https://b.example/nieuws/1"
    item = "<title>x</title><link>1 2.html</link>"
    assert feed(rss(item), url="https://feeds.example/f").entries[0].link == "https://bron.example/1%202.html"
    item = "<title>x</title><guid>https://bron.example/als-link</guid>"
    assert feed(rss(item)).entries[0].link == "https://bron.example/als-link"


def test_a_guid_is_kept_as_it_is_wherever_the_feed_came_from() -> None:
    item = "<title>x</title><guid>42</guid>"
    assert feed(rss(item), url="https://a.example/feed").entries[0].guid == "42"
    assert feed(rss(item), url="https://b.example/feed").entries[0].guid == "42"


def test_json_feed_is_read_leniently() -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "<b>Bron</b>",
        "home_page_url": "https://b.example/",
        "items": [
            {"id": 7, "url": "/7", "content_html": "<p>Over <b>x()</b>GHB</p>", "date_published": "2026-01-02T03:04Z"},
            {"id": "8", "external_url": "javascript:alert(1)", "title": "a < b", "summary": "1 < 2", "date_modified": "2026"},
            "geen bericht",
            {"id": None, "title": ["x"], "url": {}},
        ],
    }  # fmt: skip
    read = feed(json.dumps(document), url="https://b.example/feed.json")
    assert (read.title, read.home_url, len(read.entries)) == ("Bron", "https://b.example/", 3)
    assert (read.entries[0].guid, read.entries[0].link, read.entries[0].summary) == (
        "7",
        "https://b.example/7",
        "Over x()GHB",
    )
    assert (read.entries[1].link, read.entries[1].title, read.entries[1].summary) == ("", "a < b", "1 < 2")
    assert read.entries[1].estimated
    for broken in (
        '{"version":"https://jsonfeed.org/version/1","items":[',
        '{"a":1}',
        "{" * 100_000,
        '{"items":[]}',
    ):
        assert read_document(broken.encode()).feed is None


def test_what_is_nearly_well_formed_is_mended() -> None:
    item = b"<item><title>Lach &amp; gas & caf&eacute; &onbekend;</title><link>https://b.example/?a=1&b=2</link></item>"
    reading = read_document(b"\n <rss version='2.0'><channel>" + item + b"</channel></rss>", calm_only=True)
    assert reading.feed is not None
    assert reading.feed.entries[0].title == "Lach & gas & café &onbekend;"
    assert reading.feed.entries[0].link == "https://b.example/?a=1&b=2"
    assert "not well-formed" in reading.problems[0]
    assert not reading.trouble


def test_text_that_speaks_of_entities_is_not_hostile() -> None:
    item = '<title>XML</title><description><![CDATA[ <!ENTITY lol "x"> ]]></description>'
    assert feed(rss(item)).entries[0].title == "XML"
    assert feed(rss("<title>a</title><!-- <!ENTITY x 'y'> -->")).entries[0].title == "a"


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE rss [<!ENTITY a "b">]>',
        '<!-- <rss --><!DOCTYPE rss SYSTEM "<!--" [<!ENTITY a "b">]><!-- -->',
        '<!DOCTYPE rss [<!ENTITY % a "b">]>',
        "<?pi <rss?><!DOCTYPE rss [\n\n<!ENTITY a 'b'>\n]>",
    ],
)
def test_entities_do_not_hide_in_the_prolog(prolog: str) -> None:
    reading = read_document(f'<?xml version="1.0"?>{prolog}'.encode() + rss(rss_item(1)).partition(b"\n")[2])
    assert reading.feed is None
    assert "<!ENTITY" in reading.problems[0]


def test_a_feed_is_read_up_to_a_number_of_entries() -> None:
    for end in ("", "<oeps>"):
        body = rss(*("<title>x</title>" for _ in range(ENTRY_LIMIT + 500)), end)
        reading = read_document(body)
        assert reading.feed is not None
        assert len(reading.feed.entries) == ENTRY_LIMIT
        assert f"more than {ENTRY_LIMIT} entries" in reading.problems[-1]


def test_a_feed_says_how_long_it_may_be_kept() -> None:
    assert feed(b"<rss><channel><ttl>90</ttl>" + ITEM + b"</channel></rss>").lifetime == 5400
    syndicated = (
        b'<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><sy:updatePeriod>daily</sy:updatePeriod>'
        b"<sy:updateFrequency>2</sy:updateFrequency>" + ITEM + b"</channel></rss>"
    )
    assert feed(syndicated).lifetime == 43200
    assert feed(b"<rss><channel><ttl>-5</ttl>" + ITEM + b"</channel></rss>").lifetime == 0


def test_entries_are_known_by_what_the_policy_says() -> None:
    one, other = feed(
        rss(
            "<title>Zelfde</title><guid isPermaLink='false'>1</guid><link>https://b.example/1?utm_source=a</link>",
            "<title>Zelfde</title><guid isPermaLink='false'>2</guid><link>https://b.example/1</link>",
        )
    ).entries
    assert identity_of(one) != identity_of(other)
    assert identity_of(one, policy=IdentityPolicy.LINK) == identity_of(other, policy=IdentityPolicy.LINK)
    assert identity_of(one, policy=IdentityPolicy.TITLE) == identity_of(other, policy=IdentityPolicy.TITLE)


def test_a_reading_of_anything_is_a_reading() -> None:
    for body in (
        b"<",
        b"<rss",
        b"<rss>",
        b"<?xml",
        b"\xff\xfe",
        b"\0",
        b"{",
        b"<rss/>",
        b"<feed/>",
        b"<rdf:RDF/>",
        b"&" * 99,
    ):
        assert isinstance(read_document(body), Reading)
