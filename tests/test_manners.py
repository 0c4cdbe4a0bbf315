"""Manners: robots.txt as RFC 9309 has it, and time between two requests to a host."""

from itertools import pairwise

import pytest

from content.connectors.manners import well_mannered
from content.connectors.port import Answer
from content.connectors.robots import read_robots, robots_address
from content.errors import FetchFailed, RobotsRefused

HOST = "https://databank.example"


def robots(text: str | bytes, status: int = 200) -> Answer:
    body = text if isinstance(text, bytes) else text.encode()
    return Answer(status, f"{HOST}/robots.txt", body, {"content-type": "text/plain"})


class Site:
    """A host that answers each address, and a clock that only waiting moves."""

    def __init__(self, robots_txt: Answer | None) -> None:
        self.robots_txt = robots_txt
        self.now = 0.0
        self.asked: list[tuple[float, str]] = []
        self.waited: list[float] = []

    def fetch(self, link: str) -> Answer:
        self.asked.append((self.now, link))
        if link.endswith("/robots.txt"):
            if self.robots_txt is None:
                raise FetchFailed("no answer")
            return self.robots_txt
        return Answer(200, link)

    def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    def politely(self, delay: float = 2.0, **more: object):  # type: ignore[no-untyped-def]  # a Fetch
        return well_mannered(self.fetch, delay=delay, pause=self.pause, monotonic=lambda: self.now, **more)


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /zoek", "/zoeken", False),
        ("User-agent: *\nDisallow: /zoek$", "/zoeken", True),
        ("User-agent: *\nDisallow: /*?page=", "/lijst?page=2", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: ander\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: kennispost\nDisallow:", "/a", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: Kennispost\nDisallow: /", "/a", False),
        ("<html>Bewijs dat u een mens bent</html>", "/a", True),
        ("\0\xff\r\n:::", "/a", True),
        ("User-agent: *\nDisallow: /" + "x" * 600_000, "/a", True),
    ],
)
def test_robots_txt_is_read_as_the_standard_says(text: str, path: str, allowed: bool) -> None:
    assert read_robots(robots(text), agent="Kennispost").may_read(HOST + path) is allowed


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_without_a_robots_txt_all_may_be_read(status: int) -> None:
    assert read_robots(robots("", status), agent="Kennispost").may_read(f"{HOST}/a")


@pytest.mark.parametrize("answer", [robots("", 500), robots("", 503), robots("", 429), None])
def test_a_site_in_trouble_is_left_alone_for_now(answer: Answer | None) -> None:
    read = read_robots(answer, agent="Kennispost")
    assert not read.may_read(f"{HOST}/a")
    assert "left alone for now" in read.refusal
    with pytest.raises(RobotsRefused):
        Site(answer).politely()(f"{HOST}/a")


def test_robots_txt_stands_at_the_top_of_a_host() -> None:
    assert robots_address("https://a.example:8443/b/c?d=e#f") == "https://a.example:8443/robots.txt"


def test_there_is_time_between_two_requests_to_a_host_and_none_between_hosts() -> None:
    site = Site(robots("", 404))
    fetch = site.politely(delay=2.0)
    for link in (f"{HOST}/1", f"{HOST}/2", "https://ander.example/1", f"{HOST}/3"):
        fetch(link)
    assert [link.rpartition("/")[2] for _moment, link in site.asked] == [
        "robots.txt",
        "1",
        "2",
        "robots.txt",
        "1",
        "3",
    ]
    assert site.waited == [2.0, 2.0, 2.0]  # none before another host; its own time runs meanwhile
    moments = [moment for moment, link in site.asked if link.startswith(HOST)]
    assert all(later - earlier >= 2.0 for earlier, later in pairwise(moments))


def test_the_longer_of_our_delay_and_theirs_counts() -> None:
    site = Site(robots("User-agent: *\nCrawl-delay: 10"))
    fetch = site.politely(delay=2.0)
    fetch(f"{HOST}/1")
    fetch(f"{HOST}/2")
    assert site.waited == [10.0, 10.0]
    refused = Site(robots("User-agent: *\nCrawl-delay: 3600")).politely()
    with pytest.raises(RobotsRefused, match="3600 seconds"):
        refused(f"{HOST}/1")


def test_an_interface_for_machines_is_asked_without_robots_txt_but_with_time_between() -> None:
    site = Site(None)
    fetch = site.politely(delay=1.0, obeys_robots=False)
    fetch(f"{HOST}/sru?a=1")
    fetch(f"{HOST}/sru?a=2")
    assert (len(site.asked), site.waited) == (2, [1.0])
