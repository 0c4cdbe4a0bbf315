"""The inbox at the desk: what came in, why it has its tags, and one click to decide."""

import re
from html import unescape

import pytest
from colleague import ANNA, Colleague, a_colleague, an_item
from sqlmodel import select

from content.composing import open_issue
from content.inbox import tags_of
from content.issues import Block, blocks_of, issue_by_id
from content.items import Item
from content.sources import add_source
from service.database import reading, writing
from service.desk.evidence import Passage, passages
from service.runtime import Runtime


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


def put_items(runtime: Runtime, *titles: str, **more) -> list[int]:
    with writing(runtime.engine) as session:
        return [an_item(session, runtime.clock(), title, **more).id or 0 for title in titles]


def put_issue(runtime: Runtime, title: str = "December") -> int:
    with writing(runtime.engine) as session:
        return open_issue(session, title=title, by=ANNA, now=runtime.clock()).id or 0


def state_of(runtime: Runtime, item_id: int) -> str:
    with reading(runtime.engine) as session:
        item = session.get(Item, item_id)
        assert item is not None
        return item.state


def act(anna: Colleague, item_id: int, what: str, seen: str = "new", **fields: str):
    return anna.post(
        f"/redactie/inbox/{item_id}", {"act": what, "seen": seen, **fields}, via="/redactie/inbox"
    )


def test_an_empty_inbox_says_what_to_do_next(runtime: Runtime, anna: Colleague) -> None:
    assert "kennispost sources add" in anna.get("/redactie/inbox").text
    put_items(runtime, "Zwembad open", relevance=0, tags=())
    page = anna.get("/redactie/inbox").text
    assert "U bent bij" in page
    assert "Zwembad open" not in page
    assert "Zwembad open" in anna.get("/redactie/inbox?relevantie=0").text


def test_an_item_shows_its_tags_with_the_words_that_led_to_them(runtime: Runtime, anna: Colleague) -> None:
    put_items(
        runtime,
        "Nieuwe cijfers over lachgas",
        tags=(("substance", "lachgas", "lachgas"), ("domain", "gezondheid", "GGD")),
    )
    page = anna.get("/redactie/inbox").text
    assert "Nieuwe cijfers over <mark>lachgas</mark>" in page
    assert "De <mark>GGD</mark> telde" in page
    assert "gevonden: lachgas" in page
    assert "GGD Voorbeeld" in page


def test_passages_are_the_text_again_whatever_overlaps() -> None:
    cut = passages(
        "lachgasballonnen in mei", [(0, 7, "lachgas"), (0, 16, "drugs"), (20, 99, "mei"), (-3, 2, "x")]
    )
    assert "".join(piece.text for piece in cut) == "lachgasballonnen in mei"
    assert cut[0] == Passage("la", ("lachgas", "drugs", "x"))
    assert Passage(" in ", ()) in cut
    assert passages("", []) == []


def test_hostile_text_of_a_feed_is_shown_as_text(runtime: Runtime, anna: Colleague) -> None:
    put_items(
        runtime, "<script>alert('lachgas')</script>", summary='"><img src=x onerror=alert(1)> {{ 7*7 }} lachgas',
        tags=(("substance", "lachgas", "lachgas"),),
    )  # fmt: skip
    issue = put_issue(runtime)
    act(anna, 1, "use", into=str(issue))
    paths = ("/redactie/inbox?status=used", "/redactie/inbox?gedaan=used&bericht=1&was=new", "/redactie/inbox/1/onderwerpen",
             f"/redactie/edities/{issue}", f"/redactie/edities/{issue}/voorbeeld?volgt=lachgas")  # fmt: skip
    for path in paths:
        page = anna.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text, path
        assert "<img" not in page.text, path
        assert "49" not in re.sub(r'value="[^"]*"|id="[^"]*"', "", page.text) or "{{ 7*7 }}" in page.text
        assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "&lt;script&gt;" in anna.get("/redactie/inbox?status=used").text.replace("&lt;/", "&lt;/")
    mail = anna.get(f"/redactie/edities/{issue}/voorbeeld/mail?volgt=lachgas")
    assert "<script" not in mail.text
    assert "onerror=alert(1)>" not in mail.text


@pytest.mark.parametrize(("what", "after"), [("kept", "kept"), ("dropped", "dropped")])
def test_one_click_decides_and_one_click_takes_it_back(
    runtime: Runtime, anna: Colleague, what: str, after: str
) -> None:
    (item, other) = put_items(runtime, "Lachgas een", "Lachgas twee")
    answer = act(anna, item, what, back="relevantie=2&zoek=lachgas", next_item=str(other))
    assert state_of(runtime, item) == after
    assert answer.headers["location"].endswith(f"#bericht-{other}")
    assert "zoek=lachgas" in answer.headers["location"]
    told = anna.get(answer.headers["location"].split("#")[0]).text
    assert "Ongedaan maken" in told
    assert "Lachgas een" in told
    anna.post(f"/redactie/inbox/{item}/ongedaan", {"was": "new"}, via="/redactie/inbox")
    assert state_of(runtime, item) == "new"


def test_an_item_goes_into_the_issue_that_leaves_first_and_comes_out_again(
    runtime: Runtime, anna: Colleague
) -> None:
    (item,) = put_items(
        runtime, "Nieuwe wet", tags=(("substance", "lachgas", "wet"), ("theme", "wet-en-beleid", "wet"))
    )
    issue = put_issue(runtime)
    assert f'name="into" value="{issue}"' in anna.get("/redactie/inbox").text
    act(anna, item, "use", into=str(issue))
    with reading(runtime.engine) as session:
        block = session.exec(select(Block)).one()
        assert (block.title, block.tags) == ("Nieuwe wet", ["lachgas", "wet-en-beleid"])
    assert state_of(runtime, item) == "used"
    anna.post(f"/redactie/inbox/{item}/ongedaan", {"was": "new"}, via="/redactie/inbox")
    with reading(runtime.engine) as session:
        assert session.exec(select(Block)).all() == []
    assert state_of(runtime, item) == "new"


def test_an_item_is_in_an_issue_once(runtime: Runtime, anna: Colleague) -> None:
    (item,) = put_items(runtime, "Lachgas")
    issue = put_issue(runtime)
    act(anna, item, "use", into=str(issue))
    again = act(anna, item, "use", "used", into=str(issue))
    assert "gedaan=dubbel" in again.headers["location"]
    assert "Stond al in de editie" in anna.get(again.headers["location"]).text
    with reading(runtime.engine) as session:
        assert len(session.exec(select(Block)).all()) == 1


def test_a_colleague_who_was_first_is_not_overruled(runtime: Runtime, anna: Colleague) -> None:
    (item,) = put_items(runtime, "Lachgas")
    act(anna, item, "kept")
    late = act(anna, item, "dropped", "new")
    assert "gedaan=anders" in late.headers["location"]
    assert "Een collega was u voor" in anna.get(late.headers["location"]).text
    assert state_of(runtime, item) == "kept"


def test_filters_narrow_the_list(runtime: Runtime, anna: Colleague) -> None:
    put_items(runtime, "Lachgas op school")
    put_items(runtime, "Café zonder GHB", tags=(("substance", "ghb", "GHB"),))
    with writing(runtime.engine) as session:
        add_source(
            session, key="leeg", name="Lege bron", url="https://leeg.example/feed", now=runtime.clock()
        )
    for query, shown in (
        ("onderwerp=ghb", ["Café zonder GHB"]),
        ("zoek=lachgas+school", ["Lachgas op school"]),
        ("zoek=cafe", []),
        ("bron=leeg", []),
        ("bron=ggd", ["Lachgas op school", "Café zonder GHB"]),
        ("status=dropped&relevantie=", []),
    ):
        page = anna.get(f"/redactie/inbox?{query}").text
        found = [unescape(title) for title in re.findall(r'id="titel-\d+"><a [^>]*>([^<]+)<', page)]
        assert sorted(found) == sorted(shown), query


def test_a_filter_that_cannot_be_is_refused_or_finds_nothing(runtime: Runtime, anna: Colleague) -> None:
    for query in ("status=weg", "relevantie=7", "pagina=0", "pagina=x"):
        assert anna.get(f"/redactie/inbox?{query}").status_code == 422, query
    assert "Niets gevonden" in anna.get("/redactie/inbox?onderwerp=bestaat-niet").text
    assert anna.get("/redactie/inbox?zoek=%25%27%3B--&pagina=900").status_code == 200
    assert act(anna, 999, "kept").status_code == 404


def test_a_long_inbox_has_pages_that_keep_the_filter(runtime: Runtime, anna: Colleague) -> None:
    put_items(runtime, *(f"Lachgas nummer {number:03}" for number in range(45)))
    first = anna.get("/redactie/inbox?zoek=lachgas").text
    assert "Bladzijde 1 van 2" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = anna.get(unescape(following[1])).text
    assert "Lachgas nummer 000" in second
    assert "Lachgas nummer 044" not in second


def test_an_editor_changes_the_tags_and_the_evidence_of_what_stays_is_kept(
    runtime: Runtime, anna: Colleague
) -> None:
    (item,) = put_items(
        runtime,
        "Lachgas in de horeca",
        tags=(("substance", "lachgas", "Lachgas"), ("domain", "jeugd", "jongeren")),
    )
    page = f"/redactie/inbox/{item}/onderwerpen"
    assert "„Lachgas”" in anna.get(page).text
    answer = anna.post(page, {"tags": ["lachgas", "horeca"], "relevance": "1"}, via=page)
    assert answer.headers["location"].startswith("/redactie/inbox?klaar=onderwerpen")
    with reading(runtime.engine) as session:
        found = session.get(Item, item)
        assert found is not None
        tags = {tag.slug: tag for tag in tags_of(session, [found])[item]}
        assert set(tags) == {"lachgas", "horeca"}
        assert tags["lachgas"].evidence
        assert tags["horeca"].origin == "editor"
        assert found.relevance == 1
    assert anna.post(page, {"tags": ["bestaat-niet"]}, via=page).status_code == 422


def test_who_is_no_editor_looks_and_does_not_touch(runtime: Runtime) -> None:
    (item,) = put_items(runtime, "Lachgas")
    bert = a_colleague(runtime, "bert@kennispost.example", "Bert", "publisher")
    page = bert.get("/redactie/inbox").text
    assert "Lachgas" in page
    assert "Wegleggen" not in page
    assert act(bert, item, "dropped").status_code == 403
    assert state_of(runtime, item) == "new"


def test_what_comes_without_the_token_of_a_form_changes_nothing(runtime: Runtime, anna: Colleague) -> None:
    (item,) = put_items(runtime, "Lachgas")
    refused = anna.client.post(f"/redactie/inbox/{item}", data={"act": "dropped", "seen": "new"})
    assert refused.status_code == 403
    assert state_of(runtime, item) == "new"


def test_the_way_back_leads_nowhere_else(runtime: Runtime, anna: Colleague) -> None:
    (item,) = put_items(runtime, "Lachgas")
    answer = act(anna, item, "kept", back="https://kwaad.example/?zoek=x&gedaan=used&klaar=goedgekeurd")
    assert answer.headers["location"] == f"/redactie/inbox?gedaan=kept&bericht={item}&was=new"


def test_an_issue_that_was_sent_takes_no_more_items(runtime: Runtime, anna: Colleague) -> None:
    (item,) = put_items(runtime, "Lachgas")
    issue = put_issue(runtime)
    with writing(runtime.engine) as session:
        found = issue_by_id(session, issue)
        found.closed_at = runtime.clock()
        session.add(found)
    assert act(anna, item, "use", into=str(issue)).status_code == 409
    with reading(runtime.engine) as session:
        assert blocks_of(session, issue_by_id(session, issue)) == []
    assert "In editie" not in anna.get("/redactie/inbox").text
