"""Web addresses: which ones we follow and show, and when two are the same."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

LINK_LIMIT = 2000
_SCHEMES = ("http", "https")
_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|mc_[ce]id|at_\w+)$", re.IGNORECASE)
_ODD = re.compile(r"[\x00-\x20\x7f-\x9f\\]")


def web_address(text: str, *, base: str = "") -> str:
    """The absolute http or https address that `text` is; "" for anything else (javascript:, data:, a fault)."""
    try:
        joined = urljoin(base, text.strip()) if base else text.strip()
        parts = urlsplit(joined)
        usable = parts.scheme.lower() in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return joined if usable and len(joined) <= LINK_LIMIT and not _ODD.search(joined) else ""


def canonical(link: str) -> str:
    """A link for comparing, not for opening: without tracking and fragment, the host in lower case."""
    parts = urlsplit(link)
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.match(name)
    ]
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", urlencode(query), ""))


def same_site(link: str, other: str) -> bool:
    """Whether two addresses have one host, with or without "www." before it."""
    hosts = {(urlsplit(one).hostname or "").removeprefix("www.") for one in (link, other)}
    return len(hosts) == 1


def with_parameters(link: str, parameters: Mapping[str, str]) -> str:
    """An address with these parameters in its query; those that it had under the same names are replaced."""
    parts = urlsplit(link)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in parameters]
    return urlunsplit(parts._replace(query=urlencode([*kept, *parameters.items()])))


def host_of(url: str) -> str:
    """The host of an address, in lower case and with its port where it has one; "" for what is none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
