"""The knowledge base at the desk: facts are checked, likenesses judged, crawls vouched for, changes used; all with a name."""

import re
from html import unescape

import pytest
from colleague import ANNA, Colleague, a_colleague, blocks
from knowledge import a_knowledge_base
from sqlmodel import col, select

from content.composing import open_issue
from content.interventions.tables import (
    ChangeEvent,
    Crawl,
    Fact,
    Intervention,
    Pair,
    Placing,
    SourceRecord,
    intervention_by_slug,
)
from service.audit import AuditEvent
from service.database import reading, writing
from service.runtime import Runtime

HOME = "/redactie/kennisbank"


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


@pytest.fixture
def full(runtime: Runtime) -> Runtime:
    """A runtime with a knowledge base and an issue in the making."""
    a_knowledge_base(runtime)
    with writing(runtime.engine) as session:
        open_issue(session, title="December", by="sam@kennispost.example", now=runtime.clock())
    return runtime


def number_of(runtime: Runtime, slug: str) -> int:
    with reading(runtime.engine) as session:
        return intervention_by_slug(session, slug).id or 0


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def acts(runtime: Runtime) -> list[tuple[str, str]]:
    with reading(runtime.engine) as session:
        rows = session.exec(select(AuditEvent).order_by(col(AuditEvent.id)))
        return [(row.action, row.actor) for row in rows if row.action != "signed-in"]


def test_every_empty_place_says_what_to_do_next(anna: Colleague) -> None:
    for path, expected in (
        ("", "kennispost migrate"),
        ("/wijzigingen", "Bekijk de rondes"),
        ("/koppelingen", "Niets om te beoordelen"),
        ("/rondes", "Naar de bronnen"),
    ):
        page = anna.get(f"{HOME}{path}")
        assert page.status_code == 200
        assert expected in page.text, path


def test_what_nobody_checked_stands_first(full: Runtime, anna: Colleague) -> None:
    page = anna.get(HOME).text
    names = re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', page)
    assert names[0] == "Unity"
    assert names.index("ROC Aanvalsplan") < names.index("Programma 0 tegen drugs")
    assert "Programma 3" in anna.get(f"{HOME}?zoek=programma+3").text


def test_facts_are_confirmed_one_by_one_and_all_at_once_with_who_and_when(
    full: Runtime, anna: Colleague
) -> None:
    unity = number_of(full, "unity")
    with reading(full.engine) as session:
        owner = (
            session.exec(select(Fact).where(Fact.intervention_id == unity, Fact.field == "owner")).one().id
        )
    path = f"{HOME}/{unity}"
    assert anna.post(f"{HOME}/feiten/{owner}", {"act": "confirm"}, via=path).status_code == 303
    assert f"nagekeken {ANNA}, 1 december 2026" in words(anna.get(path).text)
    anna.post(f"{HOME}/feiten/{owner}", {"act": "refuse"}, via=path)
    assert "klopt niet" in words(anna.get(path).text)
    anna.post(f"{HOME}/feiten/{owner}", {"act": "reopen"}, via=path)
    corrected = {"act": "correct", "value": "Jellinek; Arkin", "source": "jellinek.nl"}
    anna.post(f"{HOME}/feiten/{owner}", corrected, via=path)
    assert anna.post(f"{path}/feiten", via=path).status_code == 303
    with reading(full.engine) as session:
        facts = session.exec(select(Fact).where(Fact.intervention_id == unity)).all()
        assert {fact.checked_by for fact in facts} == {ANNA}
        assert next(fact.value for fact in facts if fact.field == "owner") == ["Jellinek", "Arkin"]
    assert acts(full) == [
        ("fact-confirmed", ANNA), ("fact-refused", ANNA), ("fact-reopened", ANNA), ("fact-corrected", ANNA),
        ("facts-confirmed", ANNA),
    ]  # fmt: skip
    assert "bevestigde alle gegevens" in anna.get(path).text
    assert "nog niet nagekeken" not in anna.get("/interventies/unity").text


def test_a_likeness_is_explained_and_accepted_and_the_merge_undone(full: Runtime, anna: Colleague) -> None:
    page = words(anna.get(f"{HOME}/koppelingen").text)
    assert "Wat ervoor pleit: dezelfde naam" in page
    with reading(full.engine) as session:
        pair = session.exec(select(Pair)).one().id
    done = anna.post(f"{HOME}/koppelingen/{pair}", {"act": "accept"}, via=f"{HOME}/koppelingen")
    moti = number_of(full, "moti-4")
    assert done.headers["location"] == f"{HOME}/{moti}?klaar=samengevoegd"
    assert "Niets om te beoordelen" in anna.get(f"{HOME}/koppelingen").text
    with reading(full.engine) as session:
        placing = session.exec(select(Placing)).one().id
    assert anna.post(f"{HOME}/plaatsingen/{placing}/ongedaan", via=f"{HOME}/{moti}").status_code == 303
    assert anna.post(f"{HOME}/plaatsingen/{placing}/ongedaan", via=f"{HOME}/{moti}").status_code == 409
    assert "dezelfde naam" in words(anna.get(f"{HOME}/koppelingen").text)
    anna.post(f"{HOME}/koppelingen/{pair}", {"act": "refuse"}, via=f"{HOME}/koppelingen")
    assert "Blijven apart" in anna.get(f"{HOME}/koppelingen").text
    assert [name for name, _by in acts(full)] == [
        "interventions-merged", "placing-undone", "placing-undone", "interventions-kept-apart", "interventions-kept-apart",
    ]  # fmt: skip


def test_an_editor_merges_by_searching_and_takes_a_source_out(full: Runtime, anna: Colleague) -> None:
    unity = number_of(full, "unity")
    found = anna.get(f"{HOME}/{unity}?zoek=lachgas").text
    other = number_of(full, "handreiking-lachgas")
    assert f'name="other" value="{other}"' in found
    anna.post(f"{HOME}/{unity}/samenvoegen", {"other": str(other)}, via=f"{HOME}/{unity}")
    assert anna.get(f"{HOME}/{other}").headers["location"] == f"{HOME}/{unity}"
    assert anna.get("/interventies/handreiking-lachgas").headers["location"] == "/interventies/unity"
    with reading(full.engine) as session:
        nji = session.exec(select(SourceRecord).where(SourceRecord.source_key == "nji")).one().id
    done = anna.post(f"{HOME}/gegevens/{nji}/losmaken", via=f"{HOME}/{unity}")
    assert done.headers["location"] == f"{HOME}/{number_of(full, 'unity-2')}?klaar=losgemaakt"


def test_a_stopped_crawl_says_why_and_an_editor_vouches_for_it(full: Runtime, anna: Colleague) -> None:
    page = words(anna.get(f"{HOME}/rondes").text)
    assert "De lijst is meer dan een tiende korter dan de vorige goede. Over 8 interventies" in page
    assert "Op veel pagina's niet meer gevonden: datum van erkenning" in page
    with reading(full.engine) as session:
        crawl = session.exec(select(Crawl).where(Crawl.guard == "shrunken")).one().id
    assert anna.post(f"{HOME}/rondes/{crawl}/accepteren", via=f"{HOME}/rondes").status_code == 303
    assert f"vertrouwd door {ANNA}" in words(anna.get(f"{HOME}/rondes").text)
    assert anna.post(f"{HOME}/rondes/{crawl}/accepteren", via=f"{HOME}").status_code == 409
    assert ("crawl-accepted", ANNA) in acts(full)
    with reading(full.engine) as session:
        assert session.exec(select(ChangeEvent).where(ChangeEvent.kind == "withdrawn")).all() == []
    assert "niet in de lijst" not in words(anna.get(f"{HOME}/wijzigingen").text)


def test_a_change_goes_into_the_issue_in_one_click_and_out_again(full: Runtime, anna: Colleague) -> None:
    page = anna.get(f"{HOME}/wijzigingen").text
    said = words(page)
    assert (
        "De erkenning is hoger: van goed onderbouwd naar eerste aanwijzingen voor effectiviteit, volgens"
        in said
    )
    event, into = re.search(r"wijzigingen/(\d+)", page)[1], re.search(r'name="into" value="(\d+)"', page)[1]
    done = anna.post(f"{HOME}/wijzigingen/{event}", {"act": "use", "into": into}, via=f"{HOME}/wijzigingen")
    (block,) = blocks(full, f"/redactie/edities/{into}")
    assert (block.kind, block.link) == ("change", "http://testserver/interventies/moti-4-2")
    assert "Toegevoegd aan de editie" in anna.get(done.headers["location"]).text
    anna.post(f"{HOME}/wijzigingen/{event}/ongedaan", via=f"{HOME}/wijzigingen")
    assert blocks(full, f"/redactie/edities/{into}") == []
    anna.post(f"{HOME}/wijzigingen/{event}", {"act": "dropped", "into": into}, via=f"{HOME}/wijzigingen")
    assert "hoger erkend" not in words(anna.get(f"{HOME}/wijzigingen").text)
    assert "hoger erkend" in words(anna.get(f"{HOME}/wijzigingen?status=dropped").text)


def test_a_card_goes_into_the_issue_once(full: Runtime, anna: Colleague) -> None:
    unity = number_of(full, "unity")
    page = f"{HOME}/{unity}"
    into = re.search(r'name="into" value="(\d+)"', anna.get(page).text)[1]
    first = anna.post(f"{page}/in-editie", {"into": into}, via=page)
    assert "klaar=toegevoegd" in first.headers["location"]
    assert "Goed onderbouwd, sinds 2018" in words(anna.get(f"/redactie/edities/{into}").text)
    assert "klaar=dubbel" in anna.post(f"{page}/in-editie", {"into": into}, via=page).headers["location"]


def test_tags_chosen_by_hand_are_kept_and_noted(full: Runtime, anna: Colleague) -> None:
    unity = number_of(full, "unity")
    anna.post(f"{HOME}/{unity}/onderwerpen", {"tags": ["xtc", "evenementen"]}, via=f"{HOME}/{unity}")
    assert "Gekozen door de redactie" in anna.get(f"{HOME}/{unity}").text
    refused = anna.post(f"{HOME}/{unity}/onderwerpen", {"tags": ["bestaatniet"]}, via=f"{HOME}/{unity}")
    assert refused.status_code == 422
    with reading(full.engine) as session:
        assert session.get_one(Intervention, unity).tagged_by == "editor"


def test_who_is_no_editor_reads_and_changes_nothing(full: Runtime, anna: Colleague) -> None:
    reader = a_colleague(full, "lezer@kennispost.example", "Lezer", "publisher")
    unity = number_of(full, "unity")
    assert reader.get(f"{HOME}/{unity}").status_code == 200
    assert "Klopt niet" not in reader.get(f"{HOME}/{unity}").text
    assert reader.post(f"{HOME}/{unity}/feiten").status_code == 403
    assert anna.client.post(f"{HOME}/{unity}/feiten", data={}).status_code == 403
    assert Colleague(full).get(HOME).headers["location"].startswith("/redactie/inloggen")
