"""OPML: lists of feeds are read, and hostile ones are refused."""

import pytest

from content.errors import OpmlUnreadable
from content.opml import Outline, read_opml

LIST = b"""<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0"><head><title>Mijn feeds</title></head><body>
  <outline text="Preventie"><outline type="rss" text="GGD &amp;amp; co" xmlUrl="https://ggd.example/feed" htmlUrl="https://ggd.example/"/>
    <outline text="Dieper"><outline title="School" text="x" xmlurl="https://school.example/rss"/></outline></outline>
  <outline text="Nog eens" xmlUrl="https://ggd.example/feed"/>
  <outline text="Fout" xmlUrl="javascript:alert(1)"/>
</body></opml>"""


def test_folders_are_flattened_and_each_address_counts_once() -> None:
    feeds = {feed.url: feed for feed in read_opml(LIST)}
    assert set(feeds) == {"https://ggd.example/feed", "https://school.example/rss", ""}
    assert feeds["https://school.example/rss"].title == "School"
    assert feeds[""] == Outline(title="Fout", url="")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_or_entities_are_refused(encoding: str) -> None:
    hostile = '<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "b">]><opml><body/></opml>'.encode(encoding)
    with pytest.raises(OpmlUnreadable, match="DOCTYPE"):
        read_opml(hostile)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not well-formed"),
        (LIST[:-20], "not well-formed"),
        (b"<html></html>", "not OPML"),
        (b"<opml><body><outline text='map'/></body></opml>", "no feeds"),
        (b"<?xml version='1.0' encoding='klingon'?><opml/>", "not well-formed"),
        (b" " * (5 * 1024 * 1024 + 1), "larger than 5 MiB"),
    ],
    ids=["empty", "cut off", "a web page", "only folders", "an unknown encoding", "too large"],
)
def test_what_is_no_list_of_feeds_is_refused_with_a_reason(body: bytes, words: str) -> None:
    with pytest.raises(OpmlUnreadable, match=words):
        read_opml(body)
