"""Fetching what others control: within a time and a size, and always with a clear reason."""

import gzip
import time
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from content.answers import Validators
from content.errors import FetchFailed
from content.fetching import FetchRules, fetch_now
from tests.fetched import LOOPBACK, RULES, get, reason
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


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


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
