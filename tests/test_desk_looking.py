"""A source that was never seen to answer is looked at before it is switched on at the desk, and its report is shown."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from colleague import ANNA, BERT, Colleague, a_colleague
from sqlmodel import select

from content.connectors.shelf import SHELF, declaration_of
from content.sources import Fetch, UrlConfidence, add_source
from service.audit import acts
from service.database import reading, writing
from service.harvesting import harvest_all
from service.runtime import Runtime
from service.users import RoleName
from tests.databases import moved, put_site
from tests.harvested import add, source
from tests.strange_server import StrangeServer, rss, rss_item, strange_server, with_body, with_status

PAGE = "/redactie/bronnen/ggd"


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def unproven(runtime: Runtime, url: str) -> None:
    add(runtime, "ggd", url, name="GGD", enabled=False, url_confidence=UrlConfidence.INFERRED)


def test_an_unproven_feed_is_shown_as_it_answers_and_switched_on_by_a_second_press(
    runtime: Runtime, server: StrangeServer, anna: Colleague
) -> None:
    unproven(runtime, server.on("/feed", with_body(rss(rss_item(1), rss_item(2)))))
    assert "Eerst bekijken" in anna.get(PAGE).text
    report = anna.post(PAGE, {"enabled": "true"}, via=PAGE)
    assert report.status_code == 200
    said = text_of(report.text)
    assert "Wij kunnen deze bron lezen" in said
    assert "Er staan 2 berichten in." in said
    assert "Titel 2 van 2 Bericht 1 over lachgas" in said
    assert "Bron aanzetten" in said
    assert not source(runtime, "ggd").enabled
    with reading(runtime.engine) as session:
        assert session.exec(select(Fetch)).all() == []
    done = anna.post(PAGE, {"enabled": "true", "bekeken": "true"}, via=PAGE)
    assert done.headers["location"] == "/redactie/bronnen?klaar=bron-aan#bron-ggd"
    assert (source(runtime, "ggd").enabled, source(runtime, "ggd").url_confidence) == (True, "inferred")
    assert harvest_all(runtime).new == 2
    assert source(runtime, "ggd").url_confidence == "verified"
    with reading(runtime.engine) as session:
        assert [act.action for act in acts(session, subject="source ggd")] == ["source-enabled"]


def test_a_feed_that_cannot_be_read_is_switched_on_only_deliberately(
    runtime: Runtime, server: StrangeServer, anna: Colleague
) -> None:
    unproven(runtime, server.on("/feed", with_status(404)))
    said = text_of(anna.post(PAGE, {"enabled": "true"}, via=PAGE).text)
    assert "Wij kunnen deze bron niet lezen" in said
    assert "Op dit adres staat niets (404)." in said
    assert "Toch aanzetten" in said
    assert "Bron aanzetten" not in said
    assert not source(runtime, "ggd").enabled
    anna.post(PAGE, {"enabled": "true", "bekeken": "true"}, via=PAGE)
    assert harvest_all(runtime).failed == 1
    assert (source(runtime, "ggd").enabled, source(runtime, "ggd").url_confidence) == (True, "inferred")


def test_a_proven_source_is_switched_without_a_look_and_looked_at_when_asked(
    runtime: Runtime, server: StrangeServer, anna: Colleague
) -> None:
    add(runtime, "ggd", server.on("/feed", with_body(rss(rss_item(1)))))
    for enabled in ("false", "true"):
        assert anna.post(PAGE, {"enabled": enabled}, via=PAGE).status_code == 303
    assert server.requests == []
    looked = text_of(anna.post(f"{PAGE}/bekijken", via=PAGE).text)
    assert "Er staat 1 bericht in." in looked
    assert "Toch aanzetten" not in looked
    assert anna.post("/redactie/bronnen/bestaat-niet/bekijken", via=PAGE).status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("whole", [True, False])
def test_a_database_is_shown_field_by_field_with_what_is_missing(
    runtime: Runtime, server: StrangeServer, anna: Colleague, tmp_path: Path, *, whole: bool
) -> None:
    put_site(server, "loketgezondleven")
    declaration = moved(declaration_of("loketgezondleven"), server)
    text = (SHELF / "loketgezondleven.yaml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^url: .*$", f"url: {declaration.url}", text).replace("delay: 5", "delay: 0")
    if not whole:
        text = re.sub(r"Eigenaar", "Bezitter", text)
    (tmp_path / "loketgezondleven.yaml").write_text(text, encoding="utf-8")
    runtime.settings.declarations_dir = tmp_path
    with writing(runtime.engine) as session:
        add_source(
            session, key="loketgezondleven", url=declaration.url, enabled=False, kind=declaration.kind,
            now=runtime.clock(), url_confidence=UrlConfidence.INFERRED,
        )  # fmt: skip
    page = "/redactie/bronnen/loketgezondleven"
    said = text_of(anna.post(page, {"enabled": "true"}, via=page).text)
    if whole:
        assert "Wij kunnen deze bron lezen" in said
        assert "Op het begin van de lijst staan 2 interventies van 3. Wij lazen er 2." in said
        assert "Eigenaar 2 van 2 Voorbeeldinstelling" in said
    else:
        assert "Wij kunnen deze bron niet helemaal lezen Nergens gevonden: eigenaar." in said
        assert "Eigenaar nergens –" in said
        assert "Kopjes die wij niet kennen" in said
        assert "Toch aanzetten" in said
    assert not source(runtime, "loketgezondleven").enabled


def test_who_is_no_editor_does_not_make_us_look(runtime: Runtime, server: StrangeServer) -> None:
    bert = a_colleague(runtime, BERT, "Bert", RoleName.PUBLISHER)
    unproven(runtime, server.on("/feed", with_body(rss(rss_item(1)))))
    for path in (PAGE, f"{PAGE}/bekijken"):
        assert bert.post(path, {"enabled": "true"}, via="/redactie/edities").status_code == 403
    assert server.requests == []


def test_problems_of_a_database_are_said_in_the_readers_language(
    runtime: Runtime, server: StrangeServer, anna: Colleague
) -> None:
    add(runtime, "ggd", server.on("/feed", with_body(rss(rss_item(1)))))
    with writing(runtime.engine) as session:
        found = source(runtime, "ggd")
        found.last_problem = "The list says that it has 230 records; 12 were found."
        session.add(found)
    assert "De databank zegt dat zij 230 interventies heeft; wij vonden er 12." in anna.get(PAGE).text
    assert "The list says" not in anna.get("/redactie/bronnen").text
    assert "The database says that it has 230 interventions" in anna.get(f"{PAGE}?taal=en").text
