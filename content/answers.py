"""What a server answered: a body, "not modified", a redirect, or a status that says no."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from content.bodies import read_body, readable
from content.errors import FetchFailed
from content.links import web_address

_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_VALIDATOR_LIMIT = 1000
_LONGEST_STAY_AWAY = 24 * 3600


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


async def read_answer(
    response: httpx.Response, target: httpx.URL, *, limit: int, validators: Validators
) -> Fetched | str:
    """What an answer to a request for `target` says; an address where it redirects to one.

    Raises:
        FetchFailed: an error status, or a body that is broken or larger than `limit` bytes.
    """
    status, location = response.status_code, response.headers.get("location", "")
    fresh = Validators(_raw_header(response, b"etag"), _raw_header(response, b"last-modified"))
    if status in _REDIRECTING and location:
        return web_address(location, base=str(target)) or location
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
        body=await _body(response, limit),
        content_type=response.headers.get("content-type", ""),
        validators=fresh,
    )


async def _body(response: httpx.Response, limit: int) -> bytes:
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise FetchFailed(
            f"The answer is larger than {readable(limit)}; it was not read.",
            status=response.status_code,
        )
    return await read_body(
        response.aiter_raw(), encoding=response.headers.get("content-encoding", ""), limit=limit
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
