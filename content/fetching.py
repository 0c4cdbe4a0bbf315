"""Fetching an address that others control: within a time and a size, and never from inside our network."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import httpx

from content.answers import Fetched, Redirect, Validators, read_answer
from content.errors import FetchFailed
from content.links import web_address
from content.network import Address, Network, permitted_addresses

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.8, */*;q=0.1"
)
PORTS = (80, 443)
REDIRECTS = 5


@dataclass(frozen=True)
class FetchRules:
    """What a fetch may cost: seconds in all, bytes after decompression. Networks in `allow` need not be public.

    `ports` may be asked besides 80 and 443; in the networks of `allow` any port may. `accept` is the Accept header, for
    who wants something else than a feed. `redirects` is how many are followed.
    """

    user_agent: str
    timeout: float = 20.0
    limit: int = 15 * 1024 * 1024
    allow: Sequence[Network] = ()
    ports: Sequence[int] = ()
    accept: str = ACCEPT
    redirects: int = REDIRECTS


def fetch_now(url: str, *, rules: FetchRules) -> Fetched:
    """`fetch` for a plain thread, without validators. Raises what `fetch` raises."""
    return asyncio.run(fetch(url, rules=rules))


async def fetch(
    url: str, *, rules: FetchRules, validators: Validators | None = None, now: datetime | None = None
) -> Fetched:
    """Get an address, following a few redirects, each of which is checked anew.

    Everything that leaves the house goes through here: feeds, databases, pages, links that are tried, images.

    Args:
        url: of the web, without a user name.
        rules: what it may cost.
        validators: of an earlier answer, so that this one may be "not modified".
        now: for dates in headers; the system's clock where it is not given.

    Raises:
        FetchFailed: refused, not found, too slow, too large, or an error status. The text says which.
    """
    try:
        async with asyncio.timeout(rules.timeout):
            return await _follow(url, rules=rules, validators=validators or Validators(), now=now)
    except TimeoutError as error:
        raise FetchFailed(
            f"There was no complete answer within {rules.timeout:g} seconds.", trouble="too-slow"
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        raise FetchFailed(f"The connection failed: {str(error) or type(error).__name__}.") from error


async def _follow(url: str, *, rules: FetchRules, validators: Validators, now: datetime | None) -> Fetched:
    seen: list[str] = []
    moved_to, for_good = "", True
    while True:
        target = _target(url)
        if str(target) in seen:
            raise FetchFailed("The address redirects in a circle.", trouble="redirects")
        seen.append(str(target))
        answer = await _get(target, rules=rules, validators=validators, now=now)
        if isinstance(answer, Fetched):
            return replace(answer, moved_to=moved_to)
        _check_redirect(target, answer.url, count=len(seen), rules=rules)
        for_good = for_good and answer.permanent
        moved_to = answer.url if for_good else moved_to
        url = answer.url


def _check_redirect(source: httpx.URL, url: str, *, count: int, rules: FetchRules) -> None:
    if source.scheme == "https" and url[:5].lower() == "http:":
        raise FetchFailed("The address redirects from https to http, which is refused.", trouble="forbidden")
    if count > rules.redirects:
        raise FetchFailed(f"The address redirects more than {rules.redirects} times.", trouble="redirects")


def _target(url: str) -> httpx.URL:
    try:
        target = httpx.URL(web_address(url)).copy_with(fragment=None)
    except httpx.InvalidURL:
        target = httpx.URL()
    if not target.host:
        raise FetchFailed(
            f"{url[:200]!r} is not a web address that can be fetched; it must begin with https:// or http://.",
            trouble="forbidden",
        )
    if target.userinfo:
        raise FetchFailed("An address with a user name or password in it is refused.", trouble="forbidden")
    return target


async def _get(
    target: httpx.URL, *, rules: FetchRules, validators: Validators, now: datetime | None
) -> Fetched | Redirect:
    """One request; the answer, or the address that it redirects to."""
    host = target.raw_host.decode("ascii")
    port = target.port or (443 if target.scheme == "https" else 80)
    addresses = await permitted_addresses(
        host.strip("[]"), port, allow=rules.allow, ports=(*PORTS, *rules.ports)
    )
    for position, address in enumerate(addresses, start=1):
        try:
            return await _get_from(address, target, rules=rules, validators=validators, now=now)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if position == len(addresses):
                raise FetchFailed(
                    f"{host} does not accept our connection: {str(error) or 'no answer'}."
                ) from error
    raise FetchFailed(f"The name {host} has no address.")


async def _get_from(
    address: Address, target: httpx.URL, *, rules: FetchRules, validators: Validators, now: datetime | None
) -> Fetched | Redirect:
    # A transport for each request, without a client around it: no cookie, no connection and no proxy out of the
    # environment is carried from one host to the next.
    request = httpx.Request(
        "GET",
        target.copy_with(host=str(address)),
        headers=_headers(target, rules=rules, validators=validators),
        extensions={
            "sni_hostname": target.raw_host.decode("ascii"),
            "timeout": httpx.Timeout(
                None, connect=rules.timeout / 2
            ).as_dict(),  # the whole is timed by `fetch`
        },
    )
    async with httpx.AsyncHTTPTransport(verify=_tls(), trust_env=False) as transport:
        response = await transport.handle_async_request(request)
        try:
            return await read_answer(response, target, limit=rules.limit, validators=validators, now=now)
        finally:
            await response.aclose()


def _headers(target: httpx.URL, *, rules: FetchRules, validators: Validators) -> list[tuple[bytes, bytes]]:
    headers = {
        "Host": target.netloc.decode("ascii"),
        "User-Agent": rules.user_agent,
        "Accept": rules.accept,
        "Accept-Encoding": "gzip, deflate",
    }
    if validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in headers.items()]


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    # Reading the certificates takes some 20 ms, so once a process. SSL_CERT_FILE and SSL_CERT_DIR are heeded.
    return httpx.create_ssl_context()
