"""The interventions on the site: found by filters and words, and a card that hides no doubt."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from crawls import a_crawl, a_page, day
from knowledge import a_knowledge_base, record

from content.interventions.checking import confirm_fact
from content.interventions.labelling import current_facts
from content.interventions.merging import merge
from content.interventions.tables import intervention_by_slug
from service.database import writing
from service.runtime import Runtime
from tests.visitor import Visitor


class Tags(HTMLParser):
    """All start tags of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.fixture
def visitor(runtime: Runtime) -> Visitor:
    a_knowledge_base(runtime)
    return Visitor(runtime)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_an_empty_list_says_what_to_do(runtime: Runtime) -> None:
    page = Visitor(runtime).get("/interventies")
    assert page.status_code == 200
    assert "Er staan nog geen interventies in" in page.text


def test_the_list_is_filtered_by_term_and_level_and_searched(visitor: Visitor) -> None:
    def names(query: str) -> list[str]:
        page = visitor.get(f"/interventies?{query}").text
        return re.findall(r'<h2><a href="/interventies/([^"]+)"', page)

    assert names("middel=lachgas") == ["handreiking-lachgas"]
    assert names("plek=evenementen&middel=alcohol") == ["alcohol-drugs-en-tabak-op-evenementen", "unity"]
    assert names("groep=risicogroepen") == ["kopopouders-online", "open-en-alert"]
    assert names("niveau=eerste-aanwijzingen") == ["moti-4-2"]
    assert names("zoek=IJslandse") == ["opgroeien-in-een-kansrijke-omgeving"]
    assert names("zoek=bestaatniet") == []
    assert len(names("")) == 20
    assert len(names("pagina=2")) == 8
    assert "Niets gevonden" in visitor.get("/interventies?middel=nietbestaand").text


def test_a_card_says_what_the_evidence_means_who_says_it_and_what_is_derived(visitor: Visitor) -> None:
    said = words(visitor.get("/interventies/unity").text)
    for expected in (
        "Goed onderbouwd · sinds 7 juni 2018",
        "Met theorie is aannemelijk gemaakt",
        "Waarschijnlijk verlopen op 7 juni 2023. Dat rekenden wij uit",
        "Loketgezondleven (RIVM) , Databank Effectieve Jeugdinterventies (NJi)",
        "Hier zeggen bronnen niet hetzelfde",
        "18-36 Databank Effectieve Jeugdinterventies (NJi) (in de tekst over doelgroep)",
        "Opnieuw erkend op 7 juni 2018, met hetzelfde niveau",
        "nog niet nagekeken",
        "In 2022 kenden 7 van 37 gemeenten met preventiebeleid dit, en 3 gebruikten het.",
    ):
        assert expected in said, expected
    assert "niet in de lijst" not in said


def test_a_card_in_english_keeps_the_words_of_the_sources_in_dutch(visitor: Visitor) -> None:
    page = visitor.get("/interventies/unity?taal=en").text
    said = words(page)
    assert "Theoretically sound · since 7 June 2018" in said
    assert "Recognised again on 7 June 2018, at the same level" in said
    assert '<p class="lead" lang="nl">' in page
    assert "Voor wie" not in said


def test_the_address_of_what_was_merged_leads_to_the_whole(runtime: Runtime, visitor: Visitor) -> None:
    with writing(runtime.engine) as session:
        one, other = (intervention_by_slug(session, slug) for slug in ("moti-4-2", "moti-4"))
        merge(
            session, source=one, target=other, vocabulary=runtime.vocabulary, by="noor", now=runtime.clock()
        )
    moved = visitor.get("/interventies/moti-4-2")
    assert (moved.status_code, moved.headers["location"]) == (303, "/interventies/moti-4")
    assert visitor.get("/interventies/bestaat-niet").status_code == 404


def test_an_unchecked_fact_gives_way_to_a_database_and_a_checked_one_stands_beside_it(
    runtime: Runtime, visitor: Visitor
) -> None:
    now = runtime.clock()
    with writing(runtime.engine) as session:
        one, other = (intervention_by_slug(session, slug) for slug in ("moti-4-2", "moti-4"))
        merge(session, source=one, target=other, vocabulary=runtime.vocabulary, by="noor", now=now)
        owner = next(fact for fact in current_facts(session, other) if fact.field == "owner")
    page = visitor.get("/interventies/moti-4").text
    assert "Novadic-Kentron" in page
    assert "Mondriaan" not in page
    with writing(runtime.engine) as session:
        confirm_fact(session, fact=session.merge(owner), by="noor", now=now)
    page = visitor.get("/interventies/moti-4").text
    assert "Hier zeggen bronnen niet hetzelfde" in page
    assert "Mondriaan" in page


def test_what_a_database_says_is_text_and_never_markup(runtime: Runtime, visitor: Visitor) -> None:
    bad = "<script>alert(1)</script>"
    page = a_page(
        "x",
        name=f"Drugs {bad}",
        owner=bad,
        summary=f"Over drugs {bad}",
        level=bad,
        costs=bad,
        target_group=bad,
    )
    record(runtime, a_crawl(day(20), [page], source=bad))
    for path in ("/interventies?zoek=alert", "/interventies/drugs-script-alert-1-script"):
        found = visitor.get(path)
        assert found.status_code == 200
        assert "<script>alert" not in found.text
        assert "&lt;script&gt;" in found.text


@pytest.mark.parametrize("path", ["/interventies", "/interventies/unity", "/interventies?zoek=niets"])
def test_the_pages_can_be_used_by_everyone(visitor: Visitor, path: str) -> None:
    html = visitor.get(path).text
    tags = Tags(html).tags
    ids = [attributes["id"] for _tag, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = {attributes.get("for") for tag, attributes in tags if tag == "label"}
    for tag, attributes in tags:
        assert "style" not in attributes
        if tag in ("input", "select") and attributes.get("type") != "hidden":
            assert attributes["id"] in labelled
    assert sum(tag == "h1" for tag, _attributes in tags) == 1
    levels = [int(tag[1]) for tag, _attributes in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_card_says_who_does_this_in_a_municipality(visitor: Visitor, house: Runtime) -> None:
    said = words(visitor.get("/interventies/unity?gemeente=gemeente+emmen").text)
    assert "Met deze partners in Emmen kunt u bespreken of zij dit uitvoeren" in said
    assert "Verslavingszorg Noord Nederland (VNN)" in said
    assert "RIVM nog niet nagekeken" not in said
    assert "We kennen geen gemeente die zo heet" in words(
        visitor.get("/interventies/unity?gemeente=xqz").text
    )
