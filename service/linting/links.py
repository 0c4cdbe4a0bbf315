"""Links: where they go, and what they say."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from service.linting.findings import Findings, found
from service.linting.page import Element, Page

VAGUE = frozenset(
    (
        "klik hier", "klik", "hier", "lees meer", "lees verder", "lees hier meer", "lees hier verder", "meer", "meer lezen",
        "meer informatie", "meer info", "verder", "verder lezen", "link", "deze link", "deze pagina", "website", "bekijk",
        "download", "click here", "click", "here", "read more", "more", "more info", "more information", "learn more",
        "continue", "continue reading", "this link", "this page", "website", "view", "details",
    )
)  # fmt: skip
"""Words that say nothing about where a link goes (WCAG 2.2, 2.4.4)."""

Fetch = Callable[[str], str]
"""Tries a link over the network: empty when there is a page, else what went wrong."""

_LOCAL = re.compile(r"localhost|.*\.(localhost|local|internal|lan|home\.arpa)", re.I)
_ADDRESS = re.compile(r"(https?://|www\.)\S+", re.I)
_SCRIPTS = ("javascript", "data", "vbscript", "file")


def check_links(page: Page, *, own: str = "") -> Findings:
    """What is wrong with the links. Those that begin with `own`, the address of this site, are judged by their text alone."""
    for link in page.all("a"):
        if "href" not in link.attributes:
            continue
        yield from _says(link)
        address = link.attributes["href"]
        if not (own and address.startswith(own)):
            yield from judge_address(address, link.where)


def judge_address(address: str, where: str) -> Findings:
    """Whether an address can be reached by a reader, judged by its form."""
    bare = re.sub(r"[\s\x00-\x1f]", "", address)
    scheme = bare.partition(":")[0].lower()
    if scheme in _SCRIPTS:
        yield found("link-script", where, link=address)
        return
    if scheme in {"mailto", "tel"} and bare == address and len(bare) > len(scheme) + 1:
        return
    host = _host(address)
    if not host or bare != address or scheme not in {"http", "https"}:
        yield found("link-broken", where, link=address)
    elif _is_local(host):
        yield found("link-local", where, link=address)
    elif "." not in host and ":" not in host:
        yield found("link-broken", where, link=address)
    elif scheme == "http":
        yield found("link-insecure", where, link=address)


def try_links(page: Page, *, fetch: Fetch) -> Findings:
    """Follow each link once. Those with a personal token must not be among them: following one may do something."""
    addresses = dict.fromkeys(link.attributes.get("href", "") for link in page.all("a"))
    for address in (one for one in addresses if one.startswith(("http://", "https://"))):
        if problem := fetch(address):
            yield found("link-dead", link=address, problem=problem)


def _says(link: Element) -> Findings:
    pictured = " ".join(image.attributes.get("alt", "") for image in link.within("img"))
    text = " ".join(f"{link.text} {pictured} {link.attributes.get('aria-label', '')}".split())
    bare = text.strip(" .…:>»→!").casefold()
    if not bare:
        yield found("link-empty", link.where)
    elif bare in VAGUE:
        yield found("link-text-vague", link.where, text=text)
    elif _ADDRESS.fullmatch(text):
        yield found("link-text-address", link.where)


def _is_local(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return bool(_LOCAL.fullmatch(host))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
