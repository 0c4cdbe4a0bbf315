"""Manners: one request at a time to a host, with time in between, and only where its robots.txt lets us."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from content.connectors.port import Answer, Fetch
from content.connectors.robots import Robots, read_robots, robots_address
from content.errors import FetchFailed, RobotsRefused

AGENT = "Kennispost"
"""The name that a robots.txt knows us by: the first word of our User-Agent."""


@dataclass
class _Met:
    """What we know of the hosts that we met: what they ask, and when they last answered."""

    robots: dict[str, Robots] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)


def well_mannered(
    fetch: Fetch,
    *,
    delay: float,
    pause: Callable[[float], None],
    monotonic: Callable[[], float],
    obeys_robots: bool = True,
) -> Fetch:
    """A fetch that waits before it comes to a host again, and that raises RobotsRefused where robots.txt says no.

    Args:
        fetch: asks for an address.
        delay: seconds between an answer of a host and the next request to it; robots.txt may ask for more.
        pause: waits a number of seconds; it may raise, to end the whole.
        monotonic: seconds that only ever go up.
        obeys_robots: False for interfaces that are made for machines.
    """
    met = _Met()

    def ask(link: str, *, seconds: float) -> Answer:
        host = urlsplit(link).netloc.lower()
        if host in met.last and (wait := met.last[host] + seconds - monotonic()) > 0:
            pause(wait)
        try:
            return fetch(link)
        finally:
            met.last[host] = monotonic()

    def robots_of(link: str) -> Robots:
        host = urlsplit(link).netloc.lower()
        if host not in met.robots:
            met.robots[host] = read_robots(_asked(ask, link, seconds=delay), agent=AGENT)
        return met.robots[host]

    def politely(link: str) -> Answer:
        if not obeys_robots:
            return ask(link, seconds=delay)
        robots = robots_of(link)
        _refuse(robots, link)
        answer = ask(link, seconds=max(delay, robots.delay))
        if answer.url != link:  # a redirect is no way around it
            _refuse(robots_of(answer.url), answer.url)
        return answer

    return politely


def _asked(ask: Callable[..., Answer], link: str, *, seconds: float) -> Answer | None:
    try:
        return ask(robots_address(link), seconds=seconds)
    except FetchFailed:
        return None


def _refuse(robots: Robots, link: str) -> None:
    if robots.refusal:
        raise RobotsRefused(robots.refusal)
    if not robots.may_read(link):
        raise RobotsRefused(f"robots.txt asks us not to read {link[:200]}.")
