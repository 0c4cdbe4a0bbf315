"""Hostile feeds, served by real servers on loopback: each ends in a reason or in harmless text, in time, and stops no other."""

import gzip
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from content.fetching import FetchRules
from content.network import networks
from service.harvesting import harvest_all
from service.runtime import Runtime
from tests.fetched import LOOPBACK, get, reason
from tests.harvested import add, items, source
from tests.strange_server import (
    Answer,
    StrangeServer,
    bomb,
    redirecting,
    rss,
    rss_item,
    strange_server,
    streaming,
    with_body,
)

MIB = 1024 * 1024
XSS = (
    "<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
    "<![CDATA[<script>alert(1)</script><img src=x onerror=alert(1)>]]>",
    "<![CDATA[<svg/onload=alert(1)>]]>",
    "<![CDATA[<scr<script>ipt>alert(1)</scr</script>ipt>]]>",
    "<![CDATA[<a href='javascript:alert(1)'>x</a><iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'>]]>",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<![CDATA[<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>]]>",
)
LINKS = (
    "javascript:alert(1)",
    "JaVaScRiPt&#58;alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "&#1;javascript:x",
    "//evil",
    "java&#10;script:x",
)


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


def declared(size: int) -> Answer:
    """Declares a length and then sends a little of it."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(size))
        handler.end_headers()
        handler.wfile.write(b"<rss>")

    return answer


def one_chunk(body: bytes) -> Answer:
    """A compressed body in a single chunk of a chunked answer."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")

    return answer


def dripping_headers(server: StrangeServer) -> Answer:
    """A header that never ends, a byte at a time."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not server.stopping.wait(0.02):
            handler.wfile.write(b"a")
            handler.wfile.flush()

    return answer


def test_a_gigabyte_is_not_read_when_it_is_declared_and_not_when_it_is_not(server: StrangeServer) -> None:
    assert "larger than 195 KiB; it was not read" in reason(server.on("/a", declared(1024**3)))
    assert "Content-Length" in reason(server.on("/b", declared(10**30)))
    assert "reading stopped there" in reason(server.on("/c", streaming(b"x" * 65536, times=20_000)))


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_in_one_chunk_costs_no_more_than_its_limit(server: StrangeServer, encoding: str) -> None:
    packed = bomb(300 * MIB) if encoding == "gzip" else zlib.compress(bytes(300 * MIB), 9)
    rules = FetchRules(user_agent="x", timeout=20, limit=MIB, allow=LOOPBACK)
    for path, answer in (
        ("/a", with_body(packed, Content_Encoding=encoding)),
        ("/b", one_chunk(packed) if encoding == "gzip" else with_body(packed, Content_Encoding=encoding)),
    ):
        url = server.on(path, answer)
        tracemalloc.start()
        assert "larger than 1 MiB" in reason(url, rules=rules)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 12 * MIB


def test_a_bomb_inside_a_bomb_and_many_members_are_held_too(server: StrangeServer) -> None:
    twice = gzip.compress(bomb(50 * MIB))
    assert get(server.on("/a", with_body(twice, Content_Encoding="gzip"))).body[:2] == b"\x1f\x8b"
    assert "not asked for" in reason(server.on("/b", with_body(twice, Content_Encoding="gzip, gzip")))
    members = b"".join(bomb(100_000) for _ in range(50))
    assert "larger than" in reason(server.on("/c", with_body(members, Content_Encoding="gzip")))


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/", "http://localhost/", "http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/",
        "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://[::1]/", "http://[fe80::1]/", "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[::127.0.0.1]/",
        "http://0/", "http://0177.0.0.1/", "http://2130706433/", "http://127.1/", "http://0x7f000001/",
    ],
)  # fmt: skip
def test_a_redirect_to_a_place_inside_is_refused(server: StrangeServer, target: str) -> None:
    only_here = FetchRules(user_agent="x", timeout=5, allow=networks(["127.0.0.99/32"]))
    with strange_server(host="127.0.0.99") as allowed:
        said = reason(allowed.on("/feed", redirecting(target)), rules=only_here)
        assert "refused" in said or "is not a web address" in said
        assert [path for path, _headers in allowed.requests] == ["/feed"]
    assert server.requests == []


def test_other_ports_are_asked_only_where_that_is_allowed(
    server: StrangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = FetchRules(user_agent="x", timeout=5)
    assert "Port 22 of 9.9.9.9 may not be asked" in reason("http://9.9.9.9:22/", rules=rules)
    assert "Port 8080" in reason("http://9.9.9.9:8080/", rules=rules)
    assert get(server.on("/feed", with_body(b"er"))).body == b"er"


def test_a_slow_drip_ends_in_time_in_the_headers_and_in_the_body(server: StrangeServer) -> None:
    rules = FetchRules(user_agent="x", timeout=1, allow=LOOPBACK)
    for path, answer in (("/a", streaming(b"x", times=500, pause=0.02)), ("/b", dripping_headers(server))):
        began = time.monotonic()
        assert "within 1 seconds" in reason(server.on(path, answer), rules=rules)
        assert time.monotonic() - began < 3


def test_redirects_do_not_add_up_to_more_time(server: StrangeServer) -> None:
    def slow_hop(target: str) -> Answer:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            time.sleep(0.4)
            redirecting(target)(handler)

        return answer

    for number in range(6):
        server.on(f"/{number}", slow_hop(f"/{number + 1}"))
    began = time.monotonic()
    assert "within 1 seconds" in reason(
        server.url + "/0", rules=FetchRules(user_agent="x", timeout=1, allow=LOOPBACK)
    )
    assert time.monotonic() - began < 2


def test_headers_without_end_and_headers_that_lie_are_a_reason(server: StrangeServer) -> None:
    def raw(text: bytes) -> Answer:
        return lambda handler: handler.wfile.write(text) and None

    server.on("/a", raw(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 2_000_000 + b"\r\n\r\n"))
    server.on("/b", raw(b"SSH-2.0-OpenSSH\r\n\r\n"))
    server.on("/c", raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"))
    server.on("/d", raw(b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\x00\r\n\r\n"))
    server.on("/e", raw(b"HTTP/1.1 200 OK\r\nETag: " + b"\xe9" * 3000 + b"\r\nContent-Length: 1\r\n\r\nx"))
    for path in "abcd":
        assert reason(f"{server.url}/{path}")
    assert get(server.url + "/e").validators.etag == ""


@pytest.mark.parametrize("payload", XSS)
def test_no_field_lets_a_script_through(runtime: Runtime, server: StrangeServer, payload: str) -> None:
    inside = "".join(
        f"<{name}>{payload}</{name}>" for name in ("title", "description", "guid", "category", "author")
    )
    linked = "".join(
        f"<item><title>x{number}</title><link>{link}</link><guid>{number}</guid></item>"
        for number, link in enumerate(LINKS)
    )
    body = (
        f"<rss version='2.0'><channel><title>{payload}</title><link>javascript:alert(1)</link><item>{inside}</item>"
        f"<item><title>gewoon</title><guid>g</guid></item>{linked}</channel></rss>"
    )
    add(runtime, "bron", server.on("/feed", with_body(body.encode(), Content_Location="javascript:alert(1)")))
    report = harvest_all(runtime)
    stored = items(runtime)
    assert report.fetched == 1, report.problems
    assert len(stored) >= len(LINKS) + 1
    for item in stored:
        said = f"{item.title} {item.summary} {item.link}".lower()
        assert "<script" not in said
        assert "onerror=" not in said or "<" not in said
        assert "<svg" not in said
        assert item.link == "" or item.link.startswith(("http://", "https://"))
    assert "<" not in source(runtime, "bron").name
    assert source(runtime, "bron").home_url == ""


def test_hostile_documents_each_end_in_a_reason_and_stop_no_other(
    runtime: Runtime, server: StrangeServer
) -> None:
    good = rss(rss_item(1))
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    rest = "<rss><channel><item><title>&l9;</title></item></channel></rss>"
    laughs = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{lol}]>{rest}'
    outside = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title></item></channel></rss>'
    documents = {
        "lachen": (laughs.encode(), "<!ENTITY"),
        "lachen-breed": (laughs.encode("utf-16"), "<!ENTITY"),
        "buiten": (outside.encode(), "<!ENTITY"),
        "diep": (b"<rss><channel><item>" + b"<a>" * 200_000, "deeper than 200"),
        "json-diep": (b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 500_000, "broken"),
        "attributen": (b"<rss><item " + b" ".join(b'a%d="1"' % n for n in range(5000)) + b"/></rss>", "attributes"),
        "basis": (b'<rss xml:base="http://a/' + b"b/" * 5000 + b'"><channel><item/></channel></rss>', "xml:base"),
        "utf-7": (b'<?xml version="1.0" encoding="utf-7"?>' + good, "which feeds are not"),
        "nullen": (b"\0" * 100_000, "empty"),
        "ruis": (bytes(range(256)) * 400, "neither RSS"),
    }  # fmt: skip
    harmless = {
        "nul": good.replace(b"Bericht", b"Be\0richt"),
        "charset": good.replace(b'"utf-8"', b'"utf-16"'),
        "klingon": good.replace(b'"utf-8"', b'"klingon"'),
        "emoji": good.replace(b"Bericht", b"&#xD83D;&#xDE00;Bericht&#0;&#xFFFFFFFFF;"),
        "lang": good.replace(b"lachgas", b"lachgas" + b" x" * 400_000),
        "haken": good.replace(b"Jongeren", b"&lt;" * 50_000),
        "datum": good.replace(b"Mon, 30 Nov 2026", b"Mon, 99 Foo 99999999"),
    }
    for key, body in {**{key: body for key, (body, _words) in documents.items()}, **harmless}.items():
        add(runtime, key, server.on(f"/{key}", with_body(body)))
    began = time.monotonic()
    report = harvest_all(runtime)
    assert time.monotonic() - began < 60
    for key, (_body, words) in documents.items():
        assert words in report.problems[key], key
    assert set(report.problems) == set(documents)
    assert report.new == len(harmless)
    for item in items(runtime):
        assert "\0" not in item.title
        assert len(item.title) <= 300


def test_a_source_that_turns_hostile_keeps_what_it_brought(runtime: Runtime, server: StrangeServer) -> None:
    add(runtime, "bron", server.on("/feed", with_body(rss(rss_item(1)), ETag='"goed"')))
    harvest_all(runtime)
    server.on("/feed", with_body(b'<!DOCTYPE r [<!ENTITY a "b">]>' + rss(rss_item(2)), ETag='"kwaad"'))
    assert harvest_all(runtime, early=True).failed == 1
    assert [item.identity for item in items(runtime)] == ["bericht-1"]
    assert (source(runtime, "bron").etag, source(runtime, "bron").last_trouble) == ('"goed"', "hostile")


def test_many_slow_sources_do_not_keep_a_good_one_waiting(runtime: Runtime, server: StrangeServer) -> None:
    runtime.settings.fetch_timeout = 1.5
    for number in range(8):
        add(runtime, f"traag-{number}", server.on(f"/{number}", streaming(b"x", times=500, pause=0.05)))
    add(runtime, "goed", server.on("/goed", with_body(rss(rss_item(1)))))
    began = time.monotonic()
    report = harvest_all(runtime)
    assert (report.fetched, report.failed) == (1, 8)
    assert time.monotonic() - began < 8  # four at once from one host: 8 slow ones take two turns


def test_no_thread_and_no_process_stays_behind(runtime: Runtime, server: StrangeServer) -> None:
    add(
        runtime,
        "bron",
        server.on("/feed", with_body(b"<rss><channel><item><title>x</titel></channel></rss>")),
    )
    before = threading.active_count()
    harvest_all(runtime)
    assert threading.active_count() <= before + 1
