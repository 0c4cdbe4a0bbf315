"""Where fetching may go: redirects and names lead to public addresses only, and never to the inside."""

import asyncio
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from content.answers import Fetched
from content.errors import FetchFailed
from content.fetching import FetchRules, fetch
from content.network import is_permitted, networks, permitted_addresses
from tests.fetched import RULES, get, reason
from tests.strange_server import (
    StrangeServer,
    redirecting,
    strange_server,
    with_body,
)


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


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
        ("::ffff:9.9.9.9", False),
        ("2002:909:909::1", False),
        ("64:ff9b::9.9.9.9", False),
        ("2001:0:909:909::1", False),
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
    behind_nat64 = networks(["64:ff9b::/96"])
    assert is_permitted(ip_address("64:ff9b::9.9.9.9"), allow=behind_nat64)
    assert not is_permitted(ip_address("64:ff9b::10.0.0.1"), allow=behind_nat64)


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
