"""What a source changed in an item is shown at the desk, word by word."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from colleague import ANNA, Colleague, a_colleague
from hypothesis import given
from hypothesis import strategies as st

from content.differing import How, Piece, difference
from service.harvesting import harvest_all
from service.runtime import Runtime
from tests.conftest import SetClock
from tests.harvested import add, items
from tests.strange_server import StrangeServer, rss, rss_item, strange_server, with_body


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


def marked(html: str, name: str) -> list[str]:
    inside = re.findall(rf"<{name}><span[^>]*>[^<]*</span>([^<]*)</{name}>", html)
    return [unescape(text).strip() for text in inside]


@given(before=st.text("ab c.é", max_size=30), after=st.text("ab c.é", max_size=30))
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.how != How.NEW) == before
    assert "".join(piece.text for piece in pieces if piece.how != How.GONE) == after


def test_words_are_not_cut() -> None:
    assert difference("Drie doden", "Vier doden") == (
        Piece("Drie", How.GONE),
        Piece("Vier", How.NEW),
        Piece(" doden", How.SAME),
    )


def test_an_editor_reads_what_a_source_changed_and_when(
    runtime: Runtime, server: StrangeServer, anna: Colleague, clock: SetClock
) -> None:
    add(runtime, "bron", server.url + "/feed")
    for title in ("Drie doden door lachgas", "Vier doden door lachgas", "Vier <doden> door lachgas"):
        body = rss(rss_item(1, title=title.replace("<", "&lt;").replace(">", "&gt;")))
        server.on("/feed", with_body(body))
        harvest_all(runtime, early=True)
        clock.advance(hours=2)
    (item,) = items(runtime)
    inbox = anna.get("/redactie/inbox?relevantie=").text
    assert f"/redactie/inbox/{item.id}/versies" in inbox
    assert "2 keer veranderd" in inbox
    page = anna.get(f"/redactie/inbox/{item.id}/versies?terug=zoek%3Dx").text
    assert marked(page, "del") == ["Drie"]
    assert marked(page, "ins") == ["<", ">", "Vier"]
    seen = re.findall(r"<h2>[^<]* (\d\d)\.\d\d uur</h2>", page)
    assert len(seen) == 2
    assert int(seen[0]) == int(seen[1]) + 2
    assert "<doden>" not in page
    assert 'href="/redactie/inbox?zoek=x#bericht-' in page


def test_an_item_that_stayed_as_it_was_says_so(
    runtime: Runtime, server: StrangeServer, anna: Colleague
) -> None:
    add(runtime, "bron", server.on("/feed", with_body(rss(rss_item(1)))))
    harvest_all(runtime)
    (item,) = items(runtime)
    assert "keer veranderd" not in anna.get("/redactie/inbox?relevantie=").text
    assert "Er is niets veranderd" in anna.get(f"/redactie/inbox/{item.id}/versies").text
    assert anna.get("/redactie/inbox/99999/versies").status_code == 404
