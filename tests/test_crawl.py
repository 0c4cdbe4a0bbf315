"""Crawls of databases over real HTTP: complete ones, and all the ways in which one must not pass for complete."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from content.connectors.crawl import NOT_RECOGNISED, STOP_AFTER
from content.crawled import CrawlResult
from content.errors import RobotsRefused
from tests.databases import LOKET, SITES, asked, crawled, fields, fixture, mannered, put_site
from tests.strange_server import (
    StrangeServer,
    bomb,
    redirecting,
    strange_server,
    streaming,
    with_body,
    with_status,
)

NJI = "/interventies"
CAPTCHA = b"<!doctype html><html><body><main><h1>Bewijs dat u een mens bent</h1></main></body></html>"


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


def page(body: bytes, **more: object) -> object:
    return with_body(body, kind="text/html", **more)


def incomplete(result: CrawlResult, words: str) -> None:
    """Such a crawl never says that it saw the whole list."""
    assert not result.complete
    assert words in result.errors[""]


@pytest.mark.parametrize("key", SITES)
def test_each_shipped_database_is_read_to_its_end(server: StrangeServer, key: str) -> None:
    result = crawled(put_site(server, key))
    assert (result.complete, result.errors) == (True, {})
    assert {one.key for one in result.parsed} == {one.key for one in result.listed} != set()
    assert result.declared_total in (len(result.listed), None)
    for record in result.parsed:
        assert record.missing == (), record.key
        assert record.extra == {}, record.key
        assert len(record.raw_hash) == 64
    assert result.source_key == key


def test_a_list_is_followed_by_its_link_to_the_next_page(server: StrangeServer) -> None:
    result = crawled(put_site(server, "loketgezondleven"))
    assert [one.key for one in result.listed] == ["1400610", "1900032", "9999001"]
    assert fields(result, "1400610")["level_date"] == "2018-06-07"
    assert result.gone == {"9999001": NOT_RECOGNISED}
    assert result.parser_version == "1"


def test_a_list_that_counts_its_pages_stops_at_the_declared_total(server: StrangeServer) -> None:
    result = crawled(put_site(server, "movisie"))
    asked_for = [path for path, _headers in server.requests if path.startswith("/sociale")]
    assert (asked_for, result.complete) == (
        ["/sociale-interventies?page=0", "/sociale-interventies?page=1"],
        True,
    )


def test_a_total_that_does_not_match_is_an_incomplete_crawl(server: StrangeServer) -> None:
    declaration = put_site(server, "nji")
    list_page = fixture("nji", "list.html")
    server.on(NJI, page(list_page.replace(b"3 interventies", b"230 interventies")))
    result = crawled(declaration)
    incomplete(result, "says that it has 230 records; 3 were found")
    assert len(result.parsed) == 3  # what was found is still read


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The page is empty"),
        (CAPTCHA, "no record"),
        (b'{"error": 1}', "no HTML"),
        (fixture("nji", "list.html")[:-60], "ends halfway"),
        (bomb(1_000_000), "no HTML"),
    ],
)
def test_a_list_that_is_none_is_never_an_empty_complete_list(
    server: StrangeServer, body: bytes, words: str
) -> None:
    declaration = put_site(server, "nji")
    server.on(NJI, page(body))
    result = crawled(declaration)
    incomplete(result, words)
    assert (result.listed, result.parsed) == ((), ())


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_a_list_that_answers_with_an_error_is_incomplete(server: StrangeServer, status: int) -> None:
    declaration = put_site(server, "nji")
    server.on(NJI, with_status(status))
    incomplete(crawled(declaration), str(status))


def test_a_captcha_or_a_cut_page_halfway_is_not_the_end_of_the_list(server: StrangeServer) -> None:
    for body, words in (
        (CAPTCHA, "no record"),
        (fixture("loketgezondleven", "list-2.html")[:-60], "halfway"),
    ):
        declaration = put_site(server, "loketgezondleven")
        server.on(f"{LOKET}?pagina=2", page(body))
        result = crawled(declaration)
        incomplete(result, words)
        assert len(result.listed) == 2


def test_a_list_that_loses_its_link_to_the_next_page_is_caught_by_its_total(server: StrangeServer) -> None:
    declaration = put_site(server, "loketgezondleven")
    server.on(LOKET, page(fixture("loketgezondleven", "list.html").replace(b'rel="next"', b"")))
    incomplete(crawled(declaration), "3 records; 2 were found")


def test_a_list_that_goes_round_is_left(server: StrangeServer) -> None:
    declaration = put_site(server, "loketgezondleven")
    second = fixture("loketgezondleven", "list-2.html").replace(b'rel="prev"', b'rel="next"')
    server.on(f"{LOKET}?pagina=2", page(second))
    incomplete(crawled(declaration), "read already")


def test_a_gigantic_list_is_refused(server: StrangeServer) -> None:
    declaration = put_site(server, "nji")
    server.on(NJI, streaming(b"<a href=/interventies/x>x</a>" * 1000, times=1000))
    incomplete(crawled(declaration), "larger than")
    server.on(NJI, page(bomb(10_000_000), Content_Encoding="gzip"))
    incomplete(crawled(declaration), "larger than")


def test_a_record_that_cannot_be_read_is_an_error_of_that_record(server: StrangeServer) -> None:
    declaration = put_site(server, "nji")
    server.on(f"{NJI}/unity", page(CAPTCHA))
    server.on(f"{NJI}/voorbeeld-herbeoordeling", with_status(500))
    result = crawled(declaration)
    assert (result.complete, [one.key for one in result.parsed]) == (True, ["voorbeeld-niet-erkend"])
    assert "no record" in result.errors["unity"]
    assert "500" in result.errors["voorbeeld-herbeoordeling"]
    assert result.gone == {}


@pytest.mark.parametrize("status", [404, 410])
def test_a_known_record_whose_page_is_gone_is_said_to_be(server: StrangeServer, status: int) -> None:
    declaration = put_site(server, "nji")
    server.on(f"{NJI}/unity", with_status(status))
    link = f"{server.url}{NJI}/unity"
    assert crawled(declaration, known={"unity": link}).gone == {"unity": status}
    new = crawled(declaration)
    assert (new.gone, bool(new.errors["unity"])) == ({}, True)


def test_known_records_that_a_complete_list_no_longer_names_are_looked_up(server: StrangeServer) -> None:
    declaration = put_site(server, "nji")
    known = {
        key: server.url + f"{NJI}/{key}" for key in ("weg", "voorgoed", "ingetrokken", "nog-daar", "stuk")
    }
    gone = fixture("nji", "unity.html").replace(b"<h1>", b"<p>Niet meer erkend sinds 2020.</p><h1>")
    server.on(f"{NJI}/voorgoed", with_status(410))
    server.on(f"{NJI}/ingetrokken", page(gone))
    server.on(f"{NJI}/nog-daar", page(fixture("nji", "unity.html")))
    server.on(f"{NJI}/stuk", with_status(503))
    result = crawled(declaration, known=known)
    assert result.gone == {"weg": 404, "voorgoed": 410, "ingetrokken": NOT_RECOGNISED}
    assert set(result.errors) == {"stuk"}
    assert len(result.parsed) == 3
    server.on(NJI, page(CAPTCHA))
    assert crawled(declaration, known=known).gone == {}  # nobody is missed on an incomplete list


def test_a_site_that_is_down_is_left_alone_after_a_few_records(server: StrangeServer) -> None:
    declaration = put_site(server, "nji")
    links = "".join(f"<a href='{NJI}/r{number}'>x</a>" for number in range(40))
    server.on(NJI, page(f"<html><main>40 interventies{links}</main></html>".encode()))
    for status, most in ((503, STOP_AFTER), (429, 1)):
        server.requests.clear()
        for number in range(40):
            server.on(f"{NJI}/r{number}", with_status(status))
        result = crawled(declaration)
        assert len([path for path, _ in server.requests if "/r" in path.removeprefix("/robots")]) == most
        assert len(result.errors) == 40
        assert result.parsed == ()


def test_robots_txt_is_obeyed_for_the_list_and_for_each_record(server: StrangeServer) -> None:
    declaration = put_site(server, "nji")
    server.on("/robots.txt", with_body(b"User-agent: *\nDisallow: /interventies/unity\n", kind="text/plain"))
    result = crawled(declaration)
    assert result.complete
    assert "robots.txt" in result.errors["unity"]
    assert f"{NJI}/unity" not in [path for path, _ in server.requests]
    server.on("/robots.txt", with_body(b"User-agent: Kennispost\nDisallow: /\n", kind="text/plain"))
    server.requests.clear()
    incomplete(crawled(declaration), "robots.txt asks us not to")
    assert [path for path, _ in server.requests] == ["/robots.txt"]


def test_a_redirect_is_no_way_around_robots_txt(server: StrangeServer) -> None:
    declaration = put_site(server, "nji")
    server.on("/robots.txt", with_body(b"User-agent: *\nDisallow: /dicht\n", kind="text/plain"))
    server.on(f"{NJI}/unity", redirecting("/dicht/unity"))
    server.on("/dicht/unity", page(fixture("nji", "unity.html")))
    result = crawled(declaration)
    assert "robots.txt" in result.errors["unity"]
    with pytest.raises(RobotsRefused):
        mannered()(f"{server.url}/dicht/unity")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'<!DOCTYPE r [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>', "DOCTYPE or entities"),
        ("<!DOCTYPE r [<!ENTITY a 'b'>]><urlset/>".encode("utf-16"), "DOCTYPE or entities"),
        (b"<urlset><url><loc>x</loc></url>", "not well-formed"),
        (b"<rss></rss>", "no sitemap"),
        (b"", "empty"),
        (b"<urlset></urlset>", "The list is empty"),
        (b"<a>" * 30_000, "not well-formed"),
        (b"<?xml version='1.0' encoding='utf-7'?><urlset/>", "encoding"),
    ],
)
def test_a_sitemap_that_is_hostile_or_none_is_refused(server: StrangeServer, body: bytes, words: str) -> None:
    declaration = put_site(server, "euda-xchange")
    server.on("/sitemap.xml", with_body(body, kind="application/xml"))
    incomplete(crawled(declaration), words)


def test_one_sitemap_of_several_that_fails_makes_the_crawl_incomplete(server: StrangeServer) -> None:
    declaration = put_site(server, "euda-xchange")
    server.on("/sitemap.xml?page=1", with_status(500))
    incomplete(crawled(declaration), "500")


def test_a_list_may_say_by_itself_that_it_ended(server: StrangeServer) -> None:
    declaration = put_site(server, "movisie")
    rules = replace(declaration.list, total=None, end=".geen-resultaten")
    open_ended = replace(declaration, list=rules)
    incomplete(crawled(open_ended), "404")
    server.on("/sociale-interventies?page=2", page(CAPTCHA))
    incomplete(crawled(open_ended), "no record")
    server.on("/sociale-interventies?page=2", page(b"<html><main><p class=geen-resultaten></main></html>"))
    assert crawled(open_ended).complete


def test_the_fetcher_of_these_tests_is_the_real_one(server: StrangeServer) -> None:
    server.on("/x", with_status(410))
    assert asked(f"{server.url}/x").status == 410
