"""What a feed says is what comes out: one small feed for each way of saying it, and what must be read."""

import pytest

from content.dates import read_date
from content.encoding import decoded
from content.entries import Entry
from content.plaintext import plain
from content.reading import read_document

SPACES = " ".join(
    (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
        'xmlns:dc="http://purl.org/dc/elements/1.1/"',
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
        'xmlns:media="http://search.yahoo.com/mrss/"',
        'xmlns:atom="http://www.w3.org/2005/Atom"',
        'xmlns:x="http://www.w3.org/1999/xhtml"',
    )
)
LINK = "<link>http://e.example/1</link>"


def first(body: str) -> Entry:
    feed = read_document(body.encode()).feed
    assert feed is not None
    return feed.entries[0]


def in_rss(inside: str) -> Entry:
    channel = f"<channel><link>http://e.example/</link><item>{inside}</item></channel>"
    return first(f'<rss version="2.0" {SPACES}>{channel}</rss>')


def in_atom(inside: str) -> Entry:
    return first(
        f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}><entry><id>urn:1</id>{inside}</entry></feed>'
    )


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<content:encoded>&lt;p>alles&lt;/p></content:encoded><description>kort</description>", "kort"),
        ("<description>kort</description><content:encoded>alles</content:encoded>", "kort"),
        ("<description></description><content:encoded>alles</content:encoded>", "alles"),
        ("<content:encoded><![CDATA[<p>alles <b>x</b></p>]]></content:encoded>", "alles x"),
        ("<media:content><media:description>bij de foto</media:description></media:content>"
         "<description>kort</description>", "kort"),
        ("<media:description>bij de foto</media:description><description>kort</description>", "kort"),
        ("<description>kort</description><media:description>bij de foto</media:description>", "kort"),
        ("<media:group><media:description>over de film</media:description></media:group>", "over de film"),
        ("<itunes:summary>aflevering</itunes:summary><description>kort</description>", "kort"),
        ("<itunes:summary>aflevering</itunes:summary><content:encoded>alles</content:encoded>", "aflevering"),
        ("<x:body><p>alles</p></x:body>", "alles"),
        ("<dc:description>kort</dc:description>", "kort"),
        ("<description>Hallo<br>daar</description>", "Hallo daar"),
        ("<description><p>Hallo <b>daar</b></p></description>", "Hallo daar"),
        ("<description>&lt;p>A&lt;/p>&lt;ul>&lt;li>B&lt;li>C&lt;/ul></description>", "A B C"),
    ],
)  # fmt: skip
def test_the_summary_is_the_items_own(inside: str, expected: str) -> None:
    assert in_rss(f"<title>t</title>{inside}").summary == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<title>t</title><media:title>foto</media:title>", "t"),
        ("<media:content><media:title>foto</media:title></media:content><title>t</title>", "t"),
        ("<media:title>foto</media:title>", "foto"),
        ("<image><title>plaatje</title></image><title>t</title>", "t"),
        ("<dc:title>t</dc:title>", "t"),
        ("<title>if x&lt;y then</title>", "if x<y then"),
        ("<title>List&lt;String&gt; in Java</title>", "List<String> in Java"),
        ("<title>mail &lt;jan@e.example&gt; nu</title>", "mail <jan@e.example> nu"),
        ("<title>zie &lt;https://e.example/1&gt; nu</title>", "zie <https://e.example/1> nu"),
        ("<title>The &lt;b&gt; tag</title>", "The <b> tag"),
        ("<title>Use &lt;b&gt;bold&lt;/b&gt;</title>", "Use bold"),
        ("<title>een &lt;br&gt; twee</title>", "een twee"),
        ("<title>&lt;xss onclick=alert(1)&gt;x</title>", "x"),
        ("<title>x &lt;svg onload=alert(1)</title>", "x"),
        ("<title>x &lt;script&gt; y</title>", "x"),
        ("<title>a < b</title>", "a < b"),
        ("<title>Hal<!-- x -->lo</title>", "Hallo"),
        ("<title>AT&amp;amp;T</title>", "AT&T"),
        ("<title>caf&#233; &#146;s &#xD83D;&#xDE00; &#55357;&#56832;</title>", "café ’s 😀 😀"),
    ],
)  # fmt: skip
def test_the_title_is_the_items_own_and_no_word_of_it_is_taken_for_a_tag(inside: str, expected: str) -> None:
    assert in_rss(inside).title == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("<title>History of the &lt;blink&gt; tag</title>", "History of the <blink> tag"),
        ('<title type="text">The &lt;b&gt; tag</title>', "The <b> tag"),
        ('<title type="html">The &lt;b&gt; tag</title>', "The tag"),
        ('<title type="html">Over &amp;lt;b&amp;gt; en &lt;i&gt;x&lt;/i&gt;</title>', "Over <b> en x"),
        ('<title type="html">1 &amp;lt; 2 &amp;amp; 3</title>', "1 < 2 & 3"),
        ('<title type="xhtml"><x:div>A <x:b>B</x:b> &lt;x&gt; &amp; y</x:div></title>', "A B <x> & y"),
        ("<title><![CDATA[1 < 2 & 3]]></title>", "1 < 2 & 3"),
    ],
)
def test_a_title_in_atom_is_what_its_type_says(title: str, expected: str) -> None:
    assert in_atom(title).title == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ('<link rel="self" href="http://e.example/s"/><link href="http://e.example/1"/>'
         '<link rel="related" href="http://e.example/r"/>', "http://e.example/1"),
        ('<link rel="alternate" type="application/pdf" href="http://e.example/1"/>', "http://e.example/1"),
        ('<link rel="http://www.iana.org/assignments/relation/alternate" href="http://e.example/1"/>', "http://e.example/1"),
        ('<link rel="Alternate" type="TEXT/HTML" href="http://e.example/1"/>', "http://e.example/1"),
        ('<link rel="self" href="http://e.example/s"/>', ""),
        ('<link rel="alternate" type="application/pdf" href="javascript:alert(1)"/>', ""),
    ],
)  # fmt: skip
def test_the_link_in_atom_is_the_alternate(inside: str, expected: str) -> None:
    assert in_atom(f"<title>t</title>{inside}").link == expected


@pytest.mark.parametrize(
    ("inside", "link", "guid"),
    [
        ("<guid>http://e.example/g</guid>", "http://e.example/g", "http://e.example/g"),
        ("<guid isPermaLink='false'>http://e.example/g</guid>", "", "http://e.example/g"),
        ("<guid>42</guid>", "", "42"),
        (f"<guid>42</guid>{LINK}", "http://e.example/1", "42"),
        ("<guid>&lt;CAF1@e.example&gt;</guid>", "", "<CAF1@e.example>"),
        ("<link>/1</link>", "http://e.example/1", ""),
        ("<atom:link href='http://e.example/1'/>", "http://e.example/1", ""),
        (f"{LINK}<atom:link rel='self' href='http://e.example/s'/>", "http://e.example/1", ""),
    ],
)
def test_a_guid_is_a_link_where_it_is_an_address(inside: str, link: str, guid: str) -> None:
    entry = in_rss(f"<title>t</title>{inside}")
    assert (entry.link, entry.guid) == (link, guid)


@pytest.mark.parametrize("fault", ["", " & ", "</oeps>", "<oeps>"])
@pytest.mark.parametrize(
    "address",
    [
        "<![CDATA[http://e.example/?a=1&b=2]]>",
        "http://e.example/?a=1&amp;b=2",
        "<![CDATA[http://e.example/?a=1&]]>b=2",
    ],
)
def test_a_fault_elsewhere_changes_no_address_and_no_guid(fault: str, address: str) -> None:
    entry = in_rss(
        f"<title>t{fault}</title><link>{address}</link><guid>{address}</guid><description><![CDATA[x & y]]></description>"
    )
    assert (entry.link, entry.guid) == ("http://e.example/?a=1&b=2", "http://e.example/?a=1&b=2")
    assert entry.summary == "x & y"


@pytest.mark.parametrize(
    "content",
    [
        '<content type="image/png">iVBORw0KGgo=</content>',
        '<content type="image/svg+xml"><svg xmlns="http://www.w3.org/2000/svg"><text>hoi</text></svg></content>',
        '<content type="image/png" src="http://e.example/x.png"/>',
    ],
)
def test_a_picture_is_no_summary(content: str) -> None:
    assert in_atom(f"<title>t</title>{content}").summary == ""


def test_an_entry_by_itself_and_a_feed_without_its_first_tag_are_read() -> None:
    assert first('<entry xmlns="http://www.w3.org/2005/Atom"><title>t</title></entry>').title == "t"
    assert first("<channel><title>c</title><item><title>t</title></item></channel>").title == "t"
    assert first("<item><title>t</title></item></channel></rss>").title == "t"
    assert read_document(b"<woordenboek><entry><title>t</title></entry></woordenboek>").feed is None


def test_a_slip_of_the_pen_does_not_garble_the_rest() -> None:
    assert decoded("Coëx ‘één’".encode() + b" \x93ja\x94 \xe9t\xe9") == "Coëx ‘één’ “ja” été"
    assert decoded(b"caf\xc3\xa9 \xed\xa0\xbd\xed\xb8\x80 \xed\xa0\xbd!") == "café 😀 í\xa0½!"
    assert decoded(b"Caf\xe9 \x805 \xe9\xe9n") == "Café €5 één"
    assert len(decoded(b"\xc3\xa9" + b"\xff" * 100_000)) == 100_002


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2003.12.31", "2003-12-31 00:00:00"),
        ("2004-335", "2004-11-30 00:00:00"),
        ("2004-366T10:00Z", "2004-12-31 10:00:00"),
        ("2003-366", None),
        ("2004-W01-4", "2004-01-01 00:00:00"),
        ("2009-W53-7", "2010-01-03 00:00:00"),
        ("20040101T19:48:21Z", "2004-01-01 19:48:21"),
        ("2003-12-31T23:59:60Z", "2004-01-01 00:00:00"),
        ("Mon,26 Jan 2004 16:31:00 GMT", "2004-01-26 16:31:00"),
        ("Jan 1, 2004", "2004-01-01 00:00:00"),
        ("5th November 2018", "2018-11-05 00:00:00"),
        ("Fri, 2004/07/15 23:23:09 +0900", "2004-07-15 23:23:09"),
        ("12:30", None),
        ("2004년", None),
    ],
)
def test_a_date_is_not_filled_up_with_the_day_of_today(text: str, expected: str | None) -> None:
    body = f"<rss><channel><item><title>t</title><pubDate>{text}</pubDate></item></channel></rss>"
    moment = first(body).published_at
    assert (moment and f"{moment:%Y-%m-%d %H:%M:%S}") == expected


def test_words_that_look_like_tags_cost_no_time_and_let_nothing_through() -> None:
    for nasty in ("<scr" * 10 + "<script>ipt>alert(1)" + "</scr</script>ipt>" * 10, "&lt;" * 50 + "script>x"):
        assert "<script" not in plain(nasty)
    for long in ("<a ", '<a="<', "<x on" + "a" * 90_000, "<b>", "</a", "<a:"):
        assert len(plain((long * 50_000)[:100_000], is_text=True)) <= 100_000
    assert read_date("x" * 99) is None
