"""The same news at the desk: one row, the rest folded under it with the reason, and set apart by hand."""

import re

import pytest
from colleague import ANNA, Colleague, a_colleague, an_item
from sqlmodel import col, select

from content.clusters import group_new
from content.composing import open_issue
from content.items import Item
from service.database import reading, writing
from service.harvesting import harvest_all
from service.runtime import Runtime
from tests.harvested import add, items
from tests.strange_server import rss, strange_server, with_body

SUMMARY = (
    "Kinderen vonden bij de Lindebrug in Waterkant een tas met 4000 xtc-pillen. De GGD waarschuwt jongeren."
)
TITLES = (
    "GGD waarschuwt voor xtc-pillen uit tas in Waterkant",
    "Tas vol xtc-pillen in Waterkant: GGD <waarschuwt>",
)


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


@pytest.fixture
def two(runtime: Runtime) -> list[int]:
    with writing(runtime.engine) as session:
        made = [
            an_item(
                session, runtime.clock(), title, summary=SUMMARY, tags=(("substance", "xtc", "xtc-pillen"),)
            )
            for title in TITLES
        ]
        group_new(session)
        return [item.id or 0 for item in made]


def states(runtime: Runtime) -> list[str]:
    with reading(runtime.engine) as session:
        return list(session.exec(select(Item.state).order_by(col(Item.id))))


def rows(page: str) -> list[str]:
    return re.findall(r'<li class="item" id="bericht-(\d+)"', page)


def test_the_same_news_is_one_row_and_says_by_which_words(
    runtime: Runtime, anna: Colleague, two: list[int]
) -> None:
    page = anna.get("/redactie/inbox").text
    assert rows(page) == [str(two[0])]
    assert "Nog 1 bericht over hetzelfde nieuws" in page
    assert "Tas vol xtc-pillen in Waterkant: GGD &lt;waarschuwt&gt;" in page
    assert re.search(r"zelfde woorden: [^<]*waterkant", page)
    assert ">1 bericht<" in page


def test_one_click_lays_all_of_it_aside_and_one_click_brings_it_back(
    runtime: Runtime, anna: Colleague, two: list[int]
) -> None:
    answer = anna.post(f"/redactie/inbox/{two[0]}", {"act": "dropped", "seen": "new"}, via="/redactie/inbox")
    assert states(runtime) == ["dropped", "dropped"]
    assert "Ongedaan maken" in anna.get(answer.headers["location"]).text
    anna.post(f"/redactie/inbox/{two[0]}/ongedaan", {"was": "new"}, via="/redactie/inbox")
    assert states(runtime) == ["new", "new"]


def test_using_it_and_taking_that_back_moves_all_of_it(
    runtime: Runtime, anna: Colleague, two: list[int]
) -> None:
    with writing(runtime.engine) as session:
        issue = open_issue(session, title="December", by=ANNA, now=runtime.clock()).id
    anna.post(
        f"/redactie/inbox/{two[0]}", {"act": "use", "seen": "new", "into": str(issue)}, via="/redactie/inbox"
    )
    assert states(runtime) == ["used", "used"]
    assert rows(anna.get("/redactie/inbox?status=used&relevantie=").text) == [str(two[0])]
    anna.post(f"/redactie/inbox/{two[0]}/ongedaan", {"was": "new"}, via="/redactie/inbox")
    assert states(runtime) == ["new", "new"]


def test_an_editor_sets_it_apart_and_takes_that_back(
    runtime: Runtime, anna: Colleague, two: list[int]
) -> None:
    answer = anna.post(
        f"/redactie/inbox/{two[1]}/apart", {"back": "relevantie=2&zoek=xtc"}, via="/redactie/inbox"
    )
    assert "zoek=xtc" in answer.headers["location"]
    page = anna.get(answer.headers["location"].split("#")[0]).text
    assert rows(page) == [str(two[1]), str(two[0])]
    assert "Staat nu apart:" in page
    assert f'action="/redactie/inbox/{two[1]}/bijeen"' in page
    anna.post(f"/redactie/inbox/{two[1]}/bijeen", {"cluster": str(two[0])}, via="/redactie/inbox")
    assert rows(anna.get("/redactie/inbox").text) == [str(two[0])]


def test_only_editors_set_apart(runtime: Runtime, two: list[int]) -> None:
    kees = a_colleague(runtime, "kijker@kennispost.example", "Kees", "publisher")
    assert kees.post(f"/redactie/inbox/{two[1]}/apart", via="/redactie/inbox").status_code == 403
    assert "Dit is ander nieuws" not in kees.get("/redactie/inbox").text


def test_a_harvest_groups_what_sources_bring(runtime: Runtime) -> None:
    with strange_server() as server:
        for number, title in enumerate(
            ("GGD waarschuwt voor xtc-pillen in Waterkant", "Xtc-pillen in Waterkant: GGD waarschuwt")
        ):
            entry = f"<item><guid>{number}</guid><title>{title}</title><description>{SUMMARY}</description></item>"
            add(runtime, f"bron-{number}", server.on(f"/{number}", with_body(rss(entry))))
        harvest_all(runtime)
    found = items(runtime)
    assert {item.cluster_id for item in found} == {found[0].id}
