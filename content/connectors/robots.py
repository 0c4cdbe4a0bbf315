"""robots.txt (RFC 9309), by Protego: with wildcards and the longest match, which the standard library has not."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

from content.connectors.port import Answer
from content.encoding import decoded

LONGEST_DELAY = 120.0
"""Seconds. A site that asks for more between two requests would take days; it is left alone."""

_LIMIT = 500 * 1024  # RFC 9309, 2.5


@dataclass(frozen=True)
class Robots:
    """What a site's robots.txt asks of us. `refusal` says why nothing of the site may be read, "" where something may."""

    may_read: Callable[[str], bool]
    delay: float = 0.0
    refusal: str = ""


def robots_address(link: str) -> str:
    """Where the robots.txt of an address stands."""
    parts = urlsplit(link)
    return urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))


def read_robots(answer: Answer | None, *, agent: str) -> Robots:
    """What a robots.txt asks of the robot named `agent`.

    Without one (4xx) all may be read. A site that is in trouble (5xx), that says we come too often (429), or that does not
    answer at all (None) is left alone for now (RFC 9309, 2.3.1).
    """
    if answer is None or answer.status >= 500 or answer.status == 429:
        said = f"answered {answer.status}" if answer else "did not answer"
        return Robots(lambda _link: False, refusal=f"robots.txt {said}; the site is left alone for now.")
    if answer.status != 200:
        return Robots(lambda _link: True)
    rules = Protego.parse(decoded(answer.body[:_LIMIT], content_type=answer.content_type))
    delay = float(rules.crawl_delay(agent) or 0.0)
    if delay > LONGEST_DELAY:
        return Robots(
            lambda _link: False, refusal=f"robots.txt asks for {delay:g} seconds between two requests."
        )
    return Robots(lambda link: bool(rules.can_fetch(link, agent)), delay=delay)
