"""Machines: telling whether it was a person who followed a link out of a mail, as far as a request says so. Pure."""

import re
from collections.abc import Mapping

PREFETCHING = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""Headers with which browsers say that nobody asked for this yet."""

_BROWSER = re.compile(r"^(Mozilla|Opera)/\d")
_MACHINE = re.compile(
    r"(?<!cu)bot(\b|_)|crawl|spider|slurp|preview|scan|monitor|headless|phantomjs|externalhit|imageproxy|mailproxy|prefetch"
    r"|barracuda|mimecast|proofpoint|symantec|messagelabs|forcepoint|trend ?micro|fireeye|zscaler|cloudmark|ironport"
    r"|existence discovery|google-safety|safe-?links|urlscan|virustotal|python|curl|wget|okhttp|java/|go-http|libwww|ruby|perl",
    re.IGNORECASE,
)
"""How scanners of mail, previews in chat programs, and tools call themselves."""


def is_person(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request looks like a person who opens a page in a browser. `headers` are those of the request, in lower case.

    A scanner that calls itself a browser and behaves like one cannot be told apart: totals are an indication.
    """
    if method != "GET" or any("pre" in headers.get(name, "").lower() for name in PREFETCHING):
        return False
    if headers.get("sec-fetch-dest", "document") != "document":
        return False
    agent = headers.get("user-agent", "")
    return bool(_BROWSER.match(agent)) and not _MACHINE.search(agent)
