"""Databases and documents among the sources of the desk: their pages say what is true of them."""

import re
from datetime import timedelta
from html import unescape

import pytest
from colleague import ANNA, Colleague, a_colleague

from content.calls import record_crawl
from content.crawled import CrawlResult, Listed
from content.pacing import Why
from content.sources import SourceKind, add_source
from service.database import writing
from service.runtime import Runtime
from service.schedule.table import upcoming
from tests.conftest import SetClock
from tests.harvested import source
from tests.moments import local


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def a_source_of(runtime: Runtime, key: str, kind: SourceKind) -> None:
    with writing(runtime.engine) as session:
        add_source(
            session,
            key=key,
            url=f"https://{key}.example/",
            name=key.upper(),
            kind=kind,
            now=runtime.clock(),
        )


def test_the_health_page_of_a_database_speaks_of_nights_and_interventions(
    runtime: Runtime, clock: SetClock, anna: Colleague
) -> None:
    a_source_of(runtime, "nji", SourceKind.DATABASE)
    result = CrawlResult(
        source_key="nji", started=clock(), finished=clock() + timedelta(minutes=5), complete=True,
        listed=(Listed("unity", "https://nji.example/unity"),), declared_total=1, parsed=(), parser_version="1",
        gone={}, errors={},
    )  # fmt: skip
    with writing(runtime.engine) as session:
        record_crawl(session, result=result, vocabulary=runtime.vocabulary)
    crawled = source(runtime, "nji")
    assert (crawled.not_before, crawled.wait_why) == (None, Why.NIGHTLY)
    crawl_at = dict(upcoming(runtime.settings, runtime.clock()))["crawl"]
    page = text_of(anna.get("/redactie/bronnen/nji").text)
    assert "Databank van interventies https://nji.example/" in page
    assert "interventies in de databank, bij het laatste volledige bezoek 1" in page
    assert local(crawl_at)[-5:] in page.replace(".", ":")
    assert "Databanken van interventies bekijken wij elke nacht" in page
    assert "5 minuten" in page
    assert "berichten in de inbox" not in page
    for absent in ("Nu ophalen", "Adres van de feed", "Waaraan wij een bericht herkennen", "Daarna"):
        assert absent not in page
    assert "nji.example" not in anna.get("/redactie/bronnen/lijst/opml").text


def test_a_database_keeps_its_address_whatever_a_form_says(runtime: Runtime, anna: Colleague) -> None:
    a_source_of(runtime, "nji", SourceKind.DATABASE)
    page = "/redactie/bronnen/nji"
    filled = {"name": "NJi", "url": "https://elders.example/", "home_url": "", "identity_policy": "title"}
    assert anna.post(f"{page}/wijzigen", filled, via=page).status_code == 303
    kept = source(runtime, "nji")
    assert (kept.name, kept.url, kept.identity_policy) == ("NJi", "https://nji.example/", "guid")
    assert anna.post(f"{page}/ophalen", via=page).status_code == 422


def test_the_health_page_of_documents_says_what_is_asked_for(runtime: Runtime, anna: Colleague) -> None:
    a_source_of(runtime, "tweede-kamer", SourceKind.DOCUMENTS)
    page = text_of(anna.get("/redactie/bronnen/tweede-kamer").text)
    assert "Documenten van de overheid, opgevraagd met een zoekopdracht" in page
    assert "Wij vragen alleen naar wat er sinds het vorige bezoek bij kwam." in page
    assert "Nu ophalen" in page
    assert "Adres van de feed" not in page
