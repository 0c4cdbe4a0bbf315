"""Pages of others come into an issue by their address, and the preview shows what any reader gets."""

import re
from html import unescape

import pytest
from builders import a_municipality
from colleague import ANNA, Colleague, a_colleague, add, blocks
from strange_server import strange_server, with_body

from content.composing import open_issue
from service.database import writing
from service.runtime import Runtime


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


@pytest.fixture
def issue(runtime: Runtime) -> str:
    """The address of an open issue."""
    with writing(runtime.engine) as session:
        made = open_issue(session, title="December", by=ANNA, now=runtime.clock())
        return f"/redactie/edities/{made.id}"


def test_a_pasted_page_is_fetched_for_the_editor_to_finish(
    runtime: Runtime, anna: Colleague, issue: str
) -> None:
    html = b"""<!doctype html><html><head><title>Genegeerd</title><meta property="og:title" content="Handreiking &amp; GHB">
      <meta name="description" content="Voor *gemeenten*."><meta property="og:site_name" content="VNG"></head></html>"""
    form = f"{issue}/onderdelen/nieuw?soort=link&rubriek=policy"
    with strange_server() as server:
        address = server.on("/pagina", with_body(html, kind="text/html; charset=utf-8"))
        found = anna.post(f"{issue}/onderdelen/ophalen", {"address": address, "section": "policy"}, via=form)
    assert found.status_code == 200
    fields = {
        name: unescape(re.search(rf'name="{name}"[^>]* value="([^"]*)"', found.text)[1])  # type: ignore[index]
        for name in ("title", "link", "source_name")
    }
    assert fields == {"title": "Handreiking & GHB", "link": address, "source_name": "VNG"}
    assert r"Voor \*gemeenten\*." in found.text
    assert re.search(r'value="policy" selected', found.text)
    assert blocks(runtime, issue) == []
    kept = anna.post(
        f"{issue}/onderdelen/link",
        {**fields, "section": "policy", "body": "Kort.", "tags": ["ghb"]},
        via=form,
    )
    assert kept.status_code == 303
    (block,) = blocks(runtime, issue)
    assert (block.kind, block.source_name, block.tags, block.link) == ("link", "VNG", ["ghb"], address)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/niets", "geen adres", "", "file:///etc/passwd", "http://10.0.0.1/"]
)
def test_a_page_that_gives_no_answer_lets_the_editor_type(
    runtime: Runtime, anna: Colleague, issue: str, address: str
) -> None:
    runtime.settings.fetch_timeout = 2
    form = f"{issue}/onderdelen/nieuw?soort=link"
    failed = anna.post(f"{issue}/onderdelen/ophalen", {"address": address, "section": "news"}, via=form)
    assert failed.status_code == 422
    assert "Controleer het adres" in failed.text
    assert "Zelf invullen" in failed.text
    typed = anna.post(f"{issue}/onderdelen/zelf", {"address": address, "section": "news"}, via=form)
    assert typed.status_code == 200
    refused = anna.post(
        f"{issue}/onderdelen/link",
        {"section": "news", "title": "T", "body": "B", "link": "javascript:alert(1)"},
        via=form,
    )
    assert refused.status_code == 422
    assert blocks(runtime, issue) == []


def test_the_preview_shows_what_a_reader_gets_and_why(runtime: Runtime, anna: Colleague, issue: str) -> None:
    with writing(runtime.engine) as session:
        a_municipality(session, "Emmen", "GGD Drenthe")
    add(anna, issue, "Welkom", everyone="true")
    add(anna, issue, "Over lachgas", tags=["lachgas"])
    add(anna, issue, "Over sport", tags=["sport"])
    anna.post(
        f"{issue}/gegevens", {"title": "December", "minimum": "0", "maximum": "9"}, via=f"{issue}/gegevens"
    )
    page = anna.get(f"{issue}/voorbeeld?organisatie=emmen&volgt=lachgas")
    text = unescape(page.text)
    assert "2 van de 3" in text
    assert "volgt lachgas" in text
    assert "GGD Drenthe" in text
    frame = re.search(r'<iframe[^>]* sandbox="([^"]*)" src="([^"]+)"', page.text)
    assert frame is not None
    assert "allow-scripts" not in frame[1]
    assert "allow-same-origin" not in frame[1]
    mail = anna.get(unescape(frame[2]))
    assert "Over lachgas" in mail.text
    assert "Over sport" not in mail.text
    assert mail.headers["content-security-policy"].startswith("sandbox")
    assert "script-src" not in mail.headers["content-security-policy"]


def test_the_preview_works_for_any_reader(runtime: Runtime, anna: Colleague, issue: str) -> None:
    assert "De editie is nog leeg" in anna.get(f"{issue}/voorbeeld").text
    with writing(runtime.engine) as session:
        a_municipality(session, "Emmen")
        a_municipality(session, "Ermelo")
    add(anna, issue, "Over sport", tags=["sport"])
    assert "aanvulling" in anna.get(f"{issue}/voorbeeld").text
    unsure = anna.get(
        f"{issue}/voorbeeld?organisatie=Nergenshuizen&volgt=bestaat-niet&mailtaal=xx&breedte=9999"
    )
    assert unsure.status_code == 200
    assert "Deze kennen we niet precies" in unsure.text
    assert 'lang="en"' in anna.get(f"{issue}/voorbeeld/mail?mailtaal=en").text
    anna.post(
        f"{issue}/gegevens",
        {"title": "December", "minimum": "0", "maximum": "9", "allow_nothing": "true"},
        via=f"{issue}/gegevens",
    )
    assert "krijgt deze keer geen mail" in anna.get(f"{issue}/voorbeeld?volgt=ghb").text
