"""An issue is put together at the desk: texts, pages of others, order, undo, and the preview as any reader."""

import re

import pytest
from colleague import ANNA, BERT, Colleague, a_colleague, add, an_item, blocks
from sqlmodel import select

from content.composing import add_item, add_text, open_issue
from content.issues import Block, Issue, issue_by_id, sections_of
from service.audit import Act, AuditEvent
from service.database import reading, writing
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


def test_an_editor_opens_an_issue_and_is_told_what_comes_next(runtime: Runtime, anna: Colleague) -> None:
    page = anna.get("/redactie/edities").text
    assert "Er is geen editie in de maak" in page
    proposed = re.search(r'name="title" id="title" value="([^"]+)"', page)
    assert proposed is not None
    assert proposed[1] == "Kennispost december 2026"
    opened = anna.post("/redactie/edities", {"title": proposed[1]})
    address = opened.headers["location"]
    page = anna.get(address).text
    assert "Deze editie is nog leeg" in page
    assert "concept" in page
    with reading(runtime.engine) as session:
        event = session.exec(select(AuditEvent).where(AuditEvent.action == Act.ISSUE_OPENED)).one()
        assert (event.actor, event.detail) == (ANNA, "Kennispost december 2026")


def test_title_introduction_and_limits_change(runtime: Runtime, anna: Colleague, issue: str) -> None:
    fields = {
        "title": "Nieuwe titel",
        "introduction": "Dit is **vet**.",
        "minimum": "1",
        "maximum": "5",
        "allow_nothing": "true",
    }
    page = f"{issue}/gegevens"
    assert anna.post(page, fields, via=page).headers["location"] == f"{issue}?klaar=bewaard"
    shown = anna.get(issue).text
    assert "Nieuwe titel" in shown
    assert "<strong>vet</strong>" in shown
    refused = anna.post(page, {**fields, "title": "Andere", "minimum": "9"}, via=page)
    assert refused.status_code == 422
    assert 'value="Andere"' in refused.text
    with reading(runtime.engine) as session:
        kept = session.exec(select(Issue)).one()
        assert (kept.title, kept.minimum, kept.allow_nothing) == ("Nieuwe titel", 1, True)


def test_a_text_is_seen_before_it_is_kept(runtime: Runtime, anna: Colleague, issue: str) -> None:
    seen = add(
        anna,
        issue,
        "Welkom",
        body="**Dag** <script>alert(1)</script> [x](javascript:alert(1))",
        act="preview",
    )
    assert seen.status_code == 200
    assert "<strong>Dag</strong>" in seen.text
    assert "<script>alert" not in seen.text
    assert 'href="javascript' not in seen.text
    assert blocks(runtime, issue) == []
    kept = add(anna, issue, "Welkom", everyone="true", tags=["horeca", "lachgas"], weight="2")
    (block,) = blocks(runtime, issue)
    assert kept.headers["location"] == f"{issue}?klaar=toegevoegd#onderdeel-{block.id}"
    assert (block.everyone, block.tags, block.weight) == (True, ["lachgas", "horeca"], 2)
    page = anna.get(issue).text
    assert "voor iedereen" in page
    assert "heel belangrijk" in page


def test_a_text_that_lacks_something_keeps_what_was_typed(
    runtime: Runtime, anna: Colleague, issue: str
) -> None:
    refused = add(anna, issue, "", body="Een hele mooie tekst", tags=["lachgas"])
    assert refused.status_code == 422
    assert "Een hele mooie tekst" in refused.text
    assert re.search(r'value="lachgas" checked', refused.text)
    assert add(anna, issue, "X", tags=["bestaat-niet"]).status_code == 422
    assert add(anna, issue, "X", section="bestaat-niet").status_code == 404
    assert blocks(runtime, issue) == []


def test_a_change_that_is_refused_leaves_the_block_as_it_was(
    runtime: Runtime, anna: Colleague, issue: str
) -> None:
    add(anna, issue, "Welkom")
    (block,) = blocks(runtime, issue)
    page = f"{issue}/onderdelen/{block.id}"
    assert anna.post(page, {"section": "news", "title": "", "body": "weg"}, via=page).status_code == 422
    (same,) = blocks(runtime, issue)
    assert (same.title, same.body) == ("Welkom", "Over Welkom.")
    assert (
        anna.post(page, {"section": "agenda", "title": "Dag", "body": "Nieuw"}, via=page).status_code == 303
    )
    with reading(runtime.engine) as session:
        changed = session.exec(select(Block)).one()
        found = issue_by_id(session, changed.issue_id)
        assert changed.title == "Dag"
        assert {section.id: section.key for section in sections_of(session, found)}[
            changed.section_id
        ] == "agenda"


def test_blocks_move_and_stay_at_the_ends(runtime: Runtime, anna: Colleague, issue: str) -> None:
    for title in ("een", "twee", "drie"):
        add(anna, issue, title)
    first, _second, third = blocks(runtime, issue)
    for block, direction in ((third, "omhoog"), (first, "omhoog"), (first, "omlaag")):
        assert anna.post(f"{issue}/onderdelen/{block.id}/{direction}").status_code == 303
    assert [block.title for block in blocks(runtime, issue)] == ["drie", "een", "twee"]
    assert anna.post(f"{issue}/onderdelen/{first.id}/opzij").status_code == 422


def test_a_removed_block_comes_back_where_and_as_it_was(
    runtime: Runtime, anna: Colleague, issue: str
) -> None:
    with writing(runtime.engine) as session:
        item = an_item(session, runtime.clock(), "Lachgas")
        made = issue_by_id(session, int(issue.rsplit("/", 1)[1]))
        add_item(
            session,
            issue=made,
            item=item,
            section_key="news",
            vocabulary=runtime.vocabulary,
            by=ANNA,
            now=runtime.clock(),
        )
    add(anna, issue, "Slot", everyone="true", weight="1")
    block = blocks(runtime, issue)[0]
    page = f"{issue}/onderdelen/{block.id}"
    fields = {
        "section": "news",
        "title": "Lachgas, herschreven",
        "body": "Anders",
        "link": block.link,
        "tags": ["horeca"],
    }
    anna.post(page, fields, via=page)
    before = blocks(runtime, issue)
    removed = anna.post(f"{page}/weg")
    assert [block.title for block in blocks(runtime, issue)] == ["Slot"]
    told = anna.get(removed.headers["location"]).text
    event = re.search(r'name="event" value="(\d+)"', told)
    assert event is not None
    back = anna.post(f"{issue}/onderdelen/terugzetten", {"event": event[1]})
    assert "klaar=teruggezet" in back.headers["location"]
    after = blocks(runtime, issue)
    shown = ("kind", "title", "body", "link", "source_name", "item_id", "tags", "everyone", "weight")
    assert [block.model_dump(include=set(shown)) for block in after] == [
        block.model_dump(include=set(shown)) for block in before
    ]
    again = anna.post(f"{issue}/onderdelen/terugzetten", {"event": event[1]})
    assert again.status_code == 404
    assert len(blocks(runtime, issue)) == 2


def test_a_record_of_another_issue_puts_nothing_back(runtime: Runtime, anna: Colleague, issue: str) -> None:
    add(anna, issue, "Welkom")
    (block,) = blocks(runtime, issue)
    anna.post(f"{issue}/onderdelen/{block.id}/weg")
    other = anna.post("/redactie/edities", {"title": "Andere"}).headers["location"].split("?")[0]
    with reading(runtime.engine) as session:
        event = session.exec(select(AuditEvent).where(AuditEvent.action == Act.BLOCK_REMOVED)).one()
    assert anna.post(f"{other}/onderdelen/terugzetten", {"event": str(event.id)}).status_code == 404
    assert anna.post(f"{issue}/onderdelen/terugzetten", {"event": "12345"}).status_code == 404
    assert blocks(runtime, other) == []


def test_only_editors_build(runtime: Runtime, anna: Colleague, issue: str) -> None:
    add(anna, issue, "Welkom")
    (block,) = blocks(runtime, issue)
    bert = a_colleague(runtime, BERT, "Bert", "publisher")
    assert "Wijzigen" not in bert.get(issue).text
    assert bert.get(f"{issue}/onderdelen/nieuw").status_code == 403
    for path in (
        "/gegevens",
        "/onderdelen/tekst",
        f"/onderdelen/{block.id}",
        f"/onderdelen/{block.id}/weg",
        "/onderdelen/ophalen",
    ):
        assert (
            bert.post(f"{issue}{path}", {"section": "news", "title": "X", "body": "Y"}).status_code == 403
        ), path
    assert [one.title for one in blocks(runtime, issue)] == ["Welkom"]


def test_without_the_token_of_a_form_nothing_changes(runtime: Runtime, anna: Colleague, issue: str) -> None:
    add(anna, issue, "Welkom")
    (block,) = blocks(runtime, issue)
    for path in (
        "",
        "/gegevens",
        "/onderdelen/tekst",
        "/onderdelen/ophalen",
        f"/onderdelen/{block.id}",
        f"/onderdelen/{block.id}/weg",
    ):
        answer = anna.client.post(
            f"{issue}{path}" if path else "/redactie/edities", data={"title": "X", "csrf": "vals"}
        )
        assert answer.status_code == 403, path
    assert len(blocks(runtime, issue)) == 1


def test_a_block_belongs_to_its_own_issue(runtime: Runtime, anna: Colleague, issue: str) -> None:
    with writing(runtime.engine) as session:
        other = open_issue(session, title="Andere", by=ANNA, now=runtime.clock())
        strange = add_text(
            session, issue=other, section_key="news", title="T", body="B", by=ANNA, now=runtime.clock()
        )
        number = strange.id
    assert anna.get(f"{issue}/onderdelen/{number}").status_code == 404
    assert anna.post(f"{issue}/onderdelen/{number}/weg").status_code == 404
    assert anna.get("/redactie/edities/999").status_code == 404
