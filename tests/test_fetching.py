"""Fetching what others control: within a time and a size, never from the inside, and always with a clear reason."""

import asyncio
import gzip
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from content.answers import Fetched, Validators
from content.errors import FetchFailed
from content.fetching import FetchRules, fetch, fetch_now
from content.network import is_permitted, networks, permitted_addresses
from tests.strange_server import (
    StrangeServer,
    bomb,
    redirecting,
    silent,
    strange_server,
    streaming,
    with_body,
    with_status,
)

LOOPBACK = networks(["127.0.0.0/8"])
RULES = FetchRules(
    user_agent="Kennispost/test (+https://kennispost.example)", timeout=5, limit=200_000, allow=LOOPBACK
)


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


def get(url: str, *, rules: FetchRules = RULES, validators: Validators | None = None) -> Fetched:
    return asyncio.run(fetch(url, rules=rules, validators=validators))


def reason(url: str, **more: object) -> str:
    with pytest.raises(FetchFailed) as refused:
        get(url, **more)
    return str(refused.value)


def test_an_answer_comes_back_whole_with_its_validators(server: StrangeServer) -> None:
    url = server.on("/feed", with_body(b"<rss/>", ETag='W/"a b"', Last_Modified="gisteren"))
    fetched = fetch_now(url, rules=RULES)
    assert (fetched.status, fetched.body, fetched.unchanged) == (200, b"<rss/>", False)
    assert fetched.validators == Validators(etag='W/"a b"', last_modified="gisteren")


def test_we_say_who_we_are_and_send_neither_cookie_nor_referrer(server: StrangeServer) -> None:
    server.on("/set", with_status(302, Location="/feed", Set_Cookie="a=b; Path=/"))
    server.on("/feed", with_body(b"x"))
    get(server.url + "/set")
    asked = server.requests[-1][1]
    assert asked["user-agent"] == RULES.user_agent
    assert asked["host"] == server.url.removeprefix("http://")
    assert not {"cookie", "referer", "authorization"} & set(asked)


def test_validators_go_back_byte_for_byte_and_each_on_its_own(server: StrangeServer) -> None:
    url = server.on("/feed", with_status(304, ETag="nieuw"))
    sent = Validators(etag='W/"oud;\xe9"', last_modified="Mon, 1 Jan 2041 00:00:00 +9999")
    fetched = get(url, validators=sent)
    asked = server.requests[0][1]
    assert (asked["if-none-match"], asked["if-modified-since"]) == (sent.etag, sent.last_modified)
    assert fetched.unchanged
    assert fetched.validators == Validators(etag="nieuw", last_modified=sent.last_modified)


def test_not_modified_without_having_asked_is_a_failure(server: StrangeServer) -> None:
    assert "304" in reason(server.on("/feed", with_status(304)))


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "nothing at this address"), (410, "gone for good"), (403, "refuses us"), (500, "error (500)")],
)
def test_an_error_status_is_said_in_words(server: StrangeServer, status: int, words: str) -> None:
    with pytest.raises(FetchFailed, match=str(status)) as refused:
        get(server.on("/feed", with_status(status)))
    assert words in str(refused.value)
    assert refused.value.status == status


def test_a_source_that_asks_us_to_stay_away_is_heard_for_at_most_a_day(server: StrangeServer) -> None:
    for header, expected in (
        ("120", 120),
        ("9999999", 86400),
        ("ooit", 0),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0),
    ):
        with pytest.raises(FetchFailed) as refused:
            get(server.on("/feed", with_status(429, Retry_After=header)))
        assert refused.value.retry_after == expected


def test_a_body_of_100_mb_is_cut_off_at_the_limit(server: StrangeServer) -> None:
    url = server.on("/endless", streaming(b"x" * 1_000_000, times=100))
    tracemalloc.start()
    try:
        assert reason(url) == "The answer is larger than 195 KiB; reading stopped there."
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_declared_length_over_the_limit_is_not_read_at_all(server: StrangeServer) -> None:
    assert "it was not read" in reason(server.on("/big", with_body(b"x" * 300_000)))


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_counted_after_decompression(server: StrangeServer, encoding: str) -> None:
    packed = bomb(100_000_000) if encoding == "gzip" else zlib.compress(bytes(100_000_000))
    url = server.on("/bomb", with_body(packed, Content_Encoding=encoding))
    assert len(packed) < RULES.limit
    tracemalloc.start()
    try:
        assert "larger than" in reason(url)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_body_of_exactly_the_limit_passes_and_one_byte_more_does_not(server: StrangeServer) -> None:
    for size, passes in ((200_000, True), (200_001, False)):
        for packed, headers in (
            (bytes(size), {}),
            (gzip.compress(bytes(size)), {"Content_Encoding": "gzip"}),
        ):
            url = server.on("/edge", with_body(packed, **headers))
            if passes:
                assert len(get(url).body) == size
            else:
                assert "larger than" in reason(url)


def test_every_usual_compression_is_read(server: StrangeServer) -> None:
    text = b"<rss>" + b"nieuws " * 500
    raw = zlib.compressobj(wbits=-15)
    two = gzip.compress(text[:100]) + gzip.compress(text[100:])
    for encoding, packed in (
        ("gzip", gzip.compress(text)),
        ("x-gzip", two),
        ("deflate", zlib.compress(text)),
        ("deflate", raw.compress(text) + raw.flush()),
        ("identity", text),
    ):
        assert get(server.on("/feed", with_body(packed, Content_Encoding=encoding))).body == text


@pytest.mark.parametrize(
    ("body", "encoding", "words"),
    [
        (gzip.compress(b"x" * 9000, mtime=0)[:-20], "gzip", "ends halfway"),
        (b"geen gzip", "gzip", "broken"),
        (b"x", "br", "not asked for"),
    ],
)
def test_a_broken_compression_is_refused(
    server: StrangeServer, body: bytes, encoding: str, words: str
) -> None:
    assert words in reason(server.on("/feed", with_body(body, Content_Encoding=encoding)))


def test_an_answer_that_breaks_off_is_a_failure(server: StrangeServer) -> None:
    def broken(handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"half")

    assert reason(server.on("/feed", broken)).startswith("The connection failed")


def test_a_source_that_hangs_costs_no_more_than_its_time(server: StrangeServer) -> None:
    rules = FetchRules(user_agent="x", timeout=0.5, allow=LOOPBACK)
    begun = time.monotonic()
    assert (
        reason(server.on("/silent", silent(server)), rules=rules)
        == "There was no complete answer within 0.5 seconds."
    )
    assert time.monotonic() - begun < 2


def test_a_source_that_drips_costs_no_more_than_its_time(server: StrangeServer) -> None:
    rules = FetchRules(user_agent="x", timeout=0.6, allow=LOOPBACK)
    begun = time.monotonic()
    url = server.on("/drip", streaming(b"x", times=200, pause=0.05))
    assert "no complete answer" in reason(url, rules=rules)
    assert time.monotonic() - begun < 2


def test_redirects_share_the_time_of_the_whole(server: StrangeServer) -> None:
    def slow(handler) -> None:
        time.sleep(0.3)
        redirecting(f"/{len(server.requests)}")(handler)

    for path in ["/start", *(f"/{number}" for number in range(9))]:
        server.on(path, slow)
    assert "no complete answer" in reason(
        server.url + "/start", rules=FetchRules(user_agent="x", timeout=0.7, allow=LOOPBACK)
    )


def test_a_few_redirects_are_followed_and_many_are_not(server: StrangeServer) -> None:
    for number in range(10):
        server.on(f"/{number}", redirecting(f"/{number + 1}", status=(301, 302, 303, 307, 308)[number % 5]))
    server.on("/10", with_body(b"er"))
    assert get(server.url + "/5").url == server.url + "/10"
    assert "more than 5 times" in reason(server.url + "/4")


def test_a_redirect_in_a_circle_is_said(server: StrangeServer) -> None:
    server.on("/a", redirecting("/b"))
    server.on("/b", redirecting("/a"))
    assert reason(server.url + "/a") == "The address redirects in a circle."


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/feed",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://0.0.0.0/",
        "http://[::ffff:10.0.0.1]/",
        "http://2130706433.0x7f.example:1@192.168.1.1/",
        "http://0xa.1/",
    ],
)
def test_a_redirect_to_a_private_address_is_refused(server: StrangeServer, target: str) -> None:
    assert "refused" in reason(server.on("/feed", redirecting(target)))


@pytest.mark.parametrize("target", ["ftp://bron.example/feed", "file:///etc/passwd", "javascript:alert(1)"])
def test_a_redirect_to_something_else_than_the_web_is_refused(server: StrangeServer, target: str) -> None:
    assert "not a web address" in reason(server.on("/feed", redirecting(target)))


def test_loopback_is_refused_where_the_operator_did_not_allow_it(server: StrangeServer) -> None:
    url = server.on("/feed", with_body(b"x"))
    rules = FetchRules(user_agent="x", timeout=5)
    for address in (url, url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "127.1")):
        assert "not a public address" in reason(address, rules=rules)
    assert server.requests == []


@pytest.mark.parametrize(
    ("address", "permitted"),
    [
        ("9.9.9.9", True),
        ("2620:fe::fe", True),
        ("::ffff:9.9.9.9", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("0.0.0.0", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::10.0.0.1", False),
    ],
)
def test_only_public_addresses_are_permitted(address: str, permitted: bool) -> None:
    assert is_permitted(ip_address(address), allow=()) is permitted


def test_an_allowed_network_is_permitted_in_every_notation() -> None:
    allow = networks(["10.0.0.0/8", " "])
    assert is_permitted(ip_address("10.1.2.3"), allow=allow)
    assert is_permitted(ip_address("::ffff:10.1.2.3"), allow=allow)
    assert not is_permitted(ip_address("192.168.0.1"), allow=allow)


def test_a_name_with_one_private_address_is_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve() -> None:
        answers = [(2, 1, 6, "", ("9.9.9.9", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]

        async def getaddrinfo(*_args: object, **_more: object) -> list[object]:
            return answers

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
        await permitted_addresses("bron.example", 80, allow=())

    with pytest.raises(FetchFailed, match=r"leads to 10\.0\.0\.1"):
        asyncio.run(resolve())


def test_the_connection_goes_to_the_address_that_was_checked(
    server: StrangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.on("/feed", with_body(b"er")).replace("127.0.0.1", "bron.example")
    asked: list[str] = []

    async def go() -> Fetched:
        async def getaddrinfo(host: str, port: int, **_more: object) -> list[object]:
            asked.append(host)
            # A rebinding name: checked once it is ours, asked again it would be another machine.
            return [(2, 1, 6, "", ("127.0.0.1" if asked == ["bron.example"] else "10.0.0.1", port))]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
        return await fetch(url, rules=RULES)

    assert asyncio.run(go()).body == b"er"
    assert [host for host in asked if host == "bron.example"] == ["bron.example"]
    assert server.requests[0][1]["host"].startswith("bron.example:")


def test_a_name_that_does_not_exist_and_a_port_that_is_closed_are_told_apart(server: StrangeServer) -> None:
    assert "could not be found" in reason("http://bestaat-niet.invalid/feed")
    assert "does not accept our connection" in reason("http://127.0.0.1:9/feed")


@pytest.mark.parametrize(
    "url", ["", "geen adres", "ftp://x.example/", "http://", "http://[::1", "//x.example", "http://x:99999/"]
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert "is not a web address" in reason(url)


def test_an_address_with_a_password_in_it_is_refused() -> None:
    assert "password" in reason("https://jan:geheim@bron.example/feed")
