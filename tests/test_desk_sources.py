"""Sources at the desk: finding and adding them, exchanging lists, and a health page that says what happened and why."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from colleague import ANNA, BERT, Colleague, a_colleague
from sqlmodel import select

from content.discovering import discover
from content.errors import FeedUnreadable, FetchFailed
from content.opml import read_opml
from content.sources import Fetch, list_sources, set_enabled, source_by_key
from service.audit import acts
from service.database import reading, writing
from service.harvesting import harvest_all
from service.runtime import Runtime
from service.schedule.actions import tell_of_gone_sources, tidy
from service.users import RoleName
from service.visiting import fetch_rules
from tests.conftest import SetClock
from tests.harvested import add, source
from tests.strange_server import (
    StrangeServer,
    redirecting,
    rss,
    rss_item,
    strange_server,
    with_body,
    with_status,
)

FORM = "/redactie/bronnen/nieuw/zoeken"


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


def page_naming(*links: tuple[str, str]) -> bytes:
    named = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{link}">'
        for link, title in links
    )
    return f"<!doctype html><html><head><title>GGD</title>{named}</head><body>Welkom</body></html>".encode()


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_feeds_of_a_site_are_found_by_what_its_page_names(
    runtime: Runtime, server: StrangeServer
) -> None:
    server.on("/a", with_body(rss(rss_item(1), rss_item(2), title="Nieuws")))
    server.on("/b", with_body(rss(rss_item(3), title="Agenda")))
    url = server.on(
        "/",
        with_body(
            page_naming(("a", "Nieuws"), ("/b", "Agenda"), ("/weg", "Weg"), ("a", "Nog eens")),
            kind="text/html",
        ),
    )
    found = discover(url, rules=fetch_rules(runtime.settings))
    assert [(one.url, one.title, one.entries, one.format) for one in found] == [
        (server.url + "/a", "Nieuws", 2, "rss 2.0"),
        (server.url + "/b", "Agenda", 1, "rss 2.0"),
    ]
    assert found[0].newest is not None
    assert discover(server.url + "/a", rules=fetch_rules(runtime.settings))[0].title == "Nieuws"


def test_a_site_that_names_none_is_tried_where_feeds_usually_are(
    runtime: Runtime, server: StrangeServer
) -> None:
    url = server.on("/nieuws", with_body(b"<html><body>Welkom</body></html>", kind="text/html"))
    with pytest.raises(FeedUnreadable):
        discover(url, rules=fetch_rules(runtime.settings))
    server.on("/feed/", with_body(rss(rss_item(1), title="WordPress")))
    server.on("/rss", redirecting("/feed/"))
    assert [one.title for one in discover(url, rules=fetch_rules(runtime.settings))] == ["WordPress"]
    with pytest.raises(FetchFailed):
        discover("http://10.0.0.1/", rules=fetch_rules(runtime.settings))


def test_an_editor_chooses_among_the_feeds_of_a_site(
    runtime: Runtime, server: StrangeServer, anna: Colleague
) -> None:
    server.on("/a", with_body(rss(rss_item(1), title="GGD <b>Nieuws</b>")))
    server.on("/b", with_body(rss(rss_item(2), title="GGD Agenda")))
    site = server.on("/", with_body(page_naming(("/a", "x"), ("/b", "y")), kind="text/html"))
    assert "Bron toevoegen" in anna.get("/redactie/bronnen").text
    found = anna.post(FORM, {"address": site}, via=FORM)
    assert "Wij vonden 2 feeds" in text_of(found.text)
    assert "Bericht 1 over lachgas" in found.text
    added = anna.post(
        "/redactie/bronnen/nieuw/toevoegen",
        {"url": server.url + "/a", "name": "GGD Nieuws", "home_url": site},
        via=FORM,
    )
    assert added.headers["location"] == "/redactie/bronnen/ggd-nieuws?klaar=bron-nieuw"
    assert "Deze bron staat al in de lijst" in anna.post(FORM, {"address": site}, via=FORM).text
    twice = anna.post("/redactie/bronnen/nieuw/toevoegen", {"url": server.url + "/a", "name": "x"}, via=FORM)
    assert (twice.status_code, "staat al in de lijst" in twice.text) == (422, True)
    with reading(runtime.engine) as session:
        assert [act.action for act in acts(session, subject="source ggd-nieuws")] == ["source-added"]
    assert harvest_all(runtime).new == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://10.0.0.1/", "om veiligheidsredenen niet"),
        ("javascript:alert(1)", "om veiligheidsredenen niet"),
        ("", "om veiligheidsredenen niet"),
        ("http://bestaat-niet.invalid/", "bestaat niet (meer)"),
        ("{server}/weg", "staat niets meer"),
        ("{server}/pagina", "geen lijst met berichten"),
        ("{server}/kwaad", "schadelijk"),
    ],
)
def test_what_cannot_be_a_source_is_said_in_words(
    runtime: Runtime, server: StrangeServer, anna: Colleague, address: str, words: str
) -> None:
    server.on("/pagina", with_body(b"<html><body>Welkom</body></html>", kind="text/html"))
    server.on("/kwaad", with_body(b'<!DOCTYPE r [<!ENTITY a "b">]>' + rss(rss_item(1))))
    answer = anna.post(FORM, {"address": address.replace("{server}", server.url)}, via=FORM)
    assert answer.status_code == 422
    assert words in text_of(answer.text)


def test_the_health_page_tells_what_happened_when_next_and_why(
    runtime: Runtime, server: StrangeServer, anna: Colleague, clock: SetClock
) -> None:
    add(runtime, "ggd", server.on("/feed", with_body(rss(rss_item(1), title="GGD"), ETag='"a"')))
    before = text_of(anna.get("/redactie/bronnen/ggd").text)
    assert "nog niet opgehaald" in before
    assert "Nog geen bezoek" in before
    harvest_all(runtime)
    clock.advance(hours=1)
    server.on("/feed", with_status(304))
    harvest_all(runtime)
    clock.advance(hours=2)
    server.on("/feed", with_status(503, Retry_After="10800"))
    harvest_all(runtime)
    shown = text_of(anna.get("/redactie/bronnen/ggd").text)
    assert "De server van de bron had een storing." in shown
    assert "dinsdag 1 december 2026, 16.00 uur" in shown
    assert "De bron vroeg ons om tot dan weg te blijven." in shown
    assert "1 nieuw van 1" in shown
    assert "niets veranderd" in shown
    assert "HTTP 503" in shown
    listed = text_of(anna.get("/redactie/bronnen").text)
    assert "probleem" in listed


def test_a_source_is_visited_now_when_an_editor_wants_it(
    runtime: Runtime, server: StrangeServer, anna: Colleague
) -> None:
    add(runtime, "ggd", server.on("/feed", with_body(rss(rss_item(1)))))
    page = "/redactie/bronnen/ggd"
    done = anna.post(f"{page}/ophalen", via=page)
    assert done.headers["location"] == f"{page}?klaar=bron-opgehaald"
    server.on("/feed", with_status(500))
    assert anna.post(f"{page}/ophalen", via=page).headers["location"].endswith("bron-mislukt")
    assert anna.post("/redactie/bronnen/bestaat-niet/ophalen", via=page).status_code == 404


def test_a_source_that_is_gone_is_told_to_the_desk_and_can_get_a_new_address(
    runtime: Runtime, server: StrangeServer, anna: Colleague
) -> None:
    add(runtime, "ggd", server.on("/feed", with_status(410)), name="GGD Noord")
    report = harvest_all(runtime)
    with writing(runtime.engine) as session:
        assert tell_of_gone_sources(session, report, runtime.clock()) == 1
    assert "voorgoed weg" in text_of(anna.get("/redactie/bronnen").text)
    page = "/redactie/bronnen/ggd"
    assert "wij komen niet meer" in text_of(anna.get(page).text)
    new = server.on("/nieuw", with_body(rss(rss_item(1))))
    fields = {"name": "GGD Noord", "url": new, "home_url": "", "identity_policy": "link"}
    assert anna.post(f"{page}/wijzigen", fields, via=page).status_code == 303
    assert anna.post(page, {"enabled": "true"}, via=page).status_code == 303
    changed = source(runtime, "ggd")
    assert (changed.url, changed.identity_policy, changed.enabled, changed.last_trouble) == (
        new,
        "link",
        True,
        "",
    )
    assert harvest_all(runtime).new == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"url": "javascript:alert(1)"}, 422),
        ({"url": "https://jan:geheim@b.example/"}, 422),
        ({"url": "https://ander.example/feed"}, 422),
        ({"url": "https://b.example/", "identity_policy": "gevoel"}, 422),
        ({"url": "https://b.example/", "name": "<script>x</script>"}, 303),
    ],
)
def test_a_change_that_cannot_be_is_refused_beside_its_form(
    runtime: Runtime, anna: Colleague, fields: dict[str, str], status: int
) -> None:
    add(runtime, "ggd", "https://ggd.example/feed")
    add(runtime, "ander", "https://ander.example/feed")
    page = "/redactie/bronnen/ggd"
    assert anna.post(f"{page}/wijzigen", fields, via=page).status_code == status
    assert "<script>x" not in anna.get(page).text
    assert source(runtime, "ggd").url == (
        "https://ggd.example/feed" if status == 422 else "https://b.example/"
    )


def test_lists_of_sources_go_out_and_come_in(runtime: Runtime, anna: Colleague) -> None:
    add(
        runtime,
        "een",
        "https://een.example/feed?a=1&b=2",
        name='Een & "twee" <b>',
        home_url="https://een.example/",
    )
    add(runtime, "uit", "https://uit.example/feed", enabled=False)
    out = anna.get("/redactie/bronnen/lijst/opml")
    assert "attachment" in out.headers["content-disposition"]
    (outline,) = read_opml(out.content)
    assert (outline.url, outline.home_url) == ("https://een.example/feed?a=1&b=2", "https://een.example/")
    new = b'<opml version="2.0"><body><outline text="Nieuw" xmlUrl="https://nieuw.example/"/><outline text="Fout" xmlUrl="ftp://x/"/></body></opml>'
    token = re.search(r'name="csrf" value="([^"]+)"', anna.get(FORM).text)
    assert token
    for content, status in (
        (out.content.replace(b"</body>", new[new.index(b"<outline") : -14] + b"</body>"), 200),
        (b"geen lijst", 422),
    ):
        answer = anna.client.post(
            "/redactie/bronnen/lijst/inlezen", data={"csrf": token[1]}, files={"file": ("x.opml", content)}
        )
        assert answer.status_code == status
        if status == 200:
            assert "1 toegevoegd, 1 stonden er al, 1 kunnen niet." in text_of(answer.text)
    with reading(runtime.engine) as session:
        assert [one.key for one in list_sources(session)] == ["een", "nieuw", "uit"]


def test_who_is_no_editor_looks_and_does_not_touch(runtime: Runtime, server: StrangeServer) -> None:
    bert = a_colleague(runtime, BERT, "Bert", RoleName.PUBLISHER)
    add(runtime, "ggd", server.on("/feed", with_body(rss(rss_item(1)))))
    page = "/redactie/bronnen/ggd"
    assert bert.get(page).status_code == 200
    assert "wijzigen" not in bert.get(page).text
    for path in (f"{page}/wijzigen", f"{page}/ophalen", page, FORM, "/redactie/bronnen/nieuw/toevoegen"):
        assert bert.post(path, {"url": "https://x.example/"}, via="/redactie/edities").status_code == 403
    assert server.requests == []


def test_visits_are_forgotten_after_ninety_days(
    runtime: Runtime, server: StrangeServer, clock: SetClock
) -> None:
    add(runtime, "ggd", server.on("/feed", with_body(rss(rss_item(1)))))
    harvest_all(runtime)
    clock.advance(days=60)
    harvest_all(runtime)
    clock.advance(days=31)
    with writing(runtime.engine) as session:
        tidy(session, runtime, None, clock())
    with reading(runtime.engine) as session:
        rows = session.exec(select(Fetch)).all()
        assert [row.started_at for row in rows] == [clock() - timedelta(days=31)]


def test_switching_on_again_begins_afresh(runtime: Runtime, server: StrangeServer) -> None:
    add(runtime, "ggd", server.on("/feed", with_status(429, Retry_After="80000")))
    harvest_all(runtime)
    with writing(runtime.engine) as session:
        set_enabled(session, source=source_by_key(session, "ggd"), enabled=True)
    assert harvest_all(runtime).sources == 1
