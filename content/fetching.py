"""Fetching an address that others control: within a time and a size, and never from inside our network."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

import httpx

from content.bodies import read_body, readable
from content.errors import FetchFailed
from content.links import web_address
from content.network import Address, Network, permitted_addresses

ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
REDIRECTS = 5
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_VALIDATOR_LIMIT = 1000
_LONGEST_STAY_AWAY = 24 * 3600


@dataclass(frozen=True)
class FetchRules:
    """What a fetch may cost: seconds in all, bytes after decompression. Networks in `allow` need not be public."""

    user_agent: str
    timeout: float = 20.0
    limit: int = 15 * 1024 * 1024
    allow: Sequence[Network] = ()


@dataclass(frozen=True)
class Validators:
    """What an earlier answer said about itself; opaque, sent back byte for byte, each on its own."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Fetched:
    """An answer. `url` is where it came from in the end; `body` is decompressed; `unchanged` is a 304."""

    url: str
    status: int
    body: bytes
    content_type: str = ""
    validators: Validators = field(default_factory=Validators)
    unchanged: bool = False


def fetch_now(url: str, *, rules: FetchRules) -> Fetched:
    """`fetch` for a plain thread, without validators. Raises what `fetch` raises."""
    return asyncio.run(fetch(url, rules=rules))


async def fetch(url: str, *, rules: FetchRules, validators: Validators | None = None) -> Fetched:
    """Get an address, following a few redirects, each of which is checked anew.

    Raises:
        FetchFailed: refused, not found, too slow, too large, or an error status. The text says which.
    """
    try:
        async with asyncio.timeout(rules.timeout):
            return await _follow(url, rules=rules, validators=validators or Validators())
    except TimeoutError as error:
        raise FetchFailed(f"There was no complete answer within {rules.timeout:g} seconds.") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        raise FetchFailed(f"The connection failed: {str(error) or type(error).__name__}.") from error


async def _follow(url: str, *, rules: FetchRules, validators: Validators) -> Fetched:
    seen: list[str] = []
    while True:
        target = _target(url)
        if str(target) in seen:
            raise FetchFailed("The address redirects in a circle.")
        seen.append(str(target))
        answer = await _get(target, rules=rules, validators=validators)
        if isinstance(answer, Fetched):
            return answer
        if target.scheme == "https" and answer.startswith("http:"):
            raise FetchFailed("The address redirects from https to http, which is refused.")
        if len(seen) > REDIRECTS:
            raise FetchFailed(f"The address redirects more than {REDIRECTS} times.")
        url = answer


def _target(url: str) -> httpx.URL:
    address = web_address(url)
    if not address:
        raise FetchFailed(
            f"{url[:200]!r} is not a web address that can be fetched; it must begin with https:// or http://."
        )
    target = httpx.URL(address).copy_with(fragment=None)
    if target.userinfo:
        raise FetchFailed("An address with a user name or password in it is refused.")
    return target


async def _get(target: httpx.URL, *, rules: FetchRules, validators: Validators) -> Fetched | str:
    """One request; the answer, or the address that it redirects to."""
    host = target.raw_host.decode("ascii")
    port = target.port or (443 if target.scheme == "https" else 80)
    addresses = await permitted_addresses(host.strip("[]"), port, allow=rules.allow)
    for position, address in enumerate(addresses, start=1):
        try:
            return await _get_from(address, target, rules=rules, validators=validators)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if position == len(addresses):
                raise FetchFailed(
                    f"{host} does not accept our connection: {str(error) or 'no answer'}."
                ) from error
    raise FetchFailed(f"The name {host} has no address.")


async def _get_from(
    address: Address, target: httpx.URL, *, rules: FetchRules, validators: Validators
) -> Fetched | str:
    # A client for each request: no cookie and no connection is carried from one host to the next.
    timeout = httpx.Timeout(None, connect=rules.timeout / 2)  # the whole is timed by `fetch`
    async with httpx.AsyncClient(
        verify=_tls(), trust_env=False, timeout=timeout, follow_redirects=False
    ) as client:
        pinned = target.copy_with(host=str(address))
        headers = _headers(target, rules=rules, validators=validators)
        extensions = {"sni_hostname": target.raw_host.decode("ascii")}
        async with client.stream("GET", pinned, headers=headers, extensions=extensions) as response:
            return await _answer(response, target, rules=rules, validators=validators)


def _headers(target: httpx.URL, *, rules: FetchRules, validators: Validators) -> list[tuple[bytes, bytes]]:
    headers = {
        "Host": target.netloc.decode("ascii"),
        "User-Agent": rules.user_agent,
        "Accept": ACCEPT,
        "Accept-Encoding": "gzip, deflate",
    }
    if validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in headers.items()]


async def _answer(
    response: httpx.Response, target: httpx.URL, *, rules: FetchRules, validators: Validators
) -> Fetched | str:
    status, location = response.status_code, response.headers.get("location", "")
    fresh = Validators(_raw_header(response, b"etag"), _raw_header(response, b"last-modified"))
    if status in _REDIRECTING and location:
        return str(target.join(location))
    if status == 304 and (validators.etag or validators.last_modified):
        kept = Validators(fresh.etag or validators.etag, fresh.last_modified or validators.last_modified)
        return Fetched(url=str(target), status=status, body=b"", validators=kept, unchanged=True)
    if status != 200:
        raise FetchFailed(
            _status_text(status),
            status=status,
            retry_after=_retry_after(response.headers.get("retry-after", "")),
        )
    return Fetched(
        url=str(target),
        status=status,
        body=await _body(response, rules),
        content_type=response.headers.get("content-type", ""),
        validators=fresh,
    )


async def _body(response: httpx.Response, rules: FetchRules) -> bytes:
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > rules.limit:
        raise FetchFailed(
            f"The answer is larger than {readable(rules.limit)}; it was not read.",
            status=response.status_code,
        )
    return await read_body(
        response.aiter_raw(), encoding=response.headers.get("content-encoding", ""), limit=rules.limit
    )


def _raw_header(response: httpx.Response, name: bytes) -> str:
    """A header as it came, a character for each byte; "" when it is missing or too long to be meant."""
    values = [value for key, value in response.headers.raw if key.lower() == name]
    return values[0].decode("latin-1") if values and len(values[0]) <= _VALIDATOR_LIMIT else ""


def _status_text(status: int) -> str:
    known = {
        403: "The site refuses us (403).",
        404: "There is nothing at this address (404).",
        410: "The site says that this address is gone for good (410). Remove or replace the source.",
        429: "The site says that we come too often (429).",
    }
    return known.get(
        status,
        f"The site answered with an error ({status})."
        if status >= 400
        else f"The site answered {status}, without a feed.",
    )


def _retry_after(text: str) -> int:
    """Seconds to stay away, from a Retry-After header (RFC 9110, 10.2.3) in either form; at most a day."""
    if text.strip().isdecimal():
        return min(int(text), _LONGEST_STAY_AWAY)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, min(int((aware - datetime.now(tz=UTC)).total_seconds()), _LONGEST_STAY_AWAY))


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    # Reading the certificates takes some 20 ms, so once a process. SSL_CERT_FILE and SSL_CERT_DIR are heeded.
    return httpx.create_ssl_context()
