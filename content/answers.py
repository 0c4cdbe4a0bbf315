"""What a server answered: a body, "not modified", a redirect, or a status that says no."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from content.bodies import read_body, readable
from content.errors import FetchFailed
from content.freshness import freshness
from content.links import web_address

_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_VALIDATOR_LIMIT = 1000
TROUBLES = {401: "refused", 403: "refused", 404: "not-found", 410: "gone", 429: "too-often"}


@dataclass(frozen=True)
class Validators:
    """What an earlier answer said about itself; opaque, sent back byte for byte, each on its own."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Fetched:
    """An answer. `url` is where it came from in the end; `body` is decompressed; `unchanged` is a 304.

    `fresh_for` is for how many seconds the answer says it stays as it is (Cache-Control, Expires, Retry-After), a day at
    most. `moved_to` is where the address itself moved for good (301, 308), "" where it did not.
    """

    url: str
    status: int
    body: bytes
    content_type: str = ""
    validators: Validators = field(default_factory=Validators)
    unchanged: bool = False
    fresh_for: int = 0
    moved_to: str = ""


@dataclass(frozen=True)
class Redirect:
    """An answer that sends us on. `permanent` is 301 or 308."""

    url: str
    permanent: bool


async def read_answer(
    response: httpx.Response,
    target: httpx.URL,
    *,
    limit: int,
    validators: Validators,
    now: datetime | None = None,
) -> Fetched | Redirect:
    """What an answer to a request for `target` says, or where it sends us.

    Args:
        response: whose body was not read yet.
        target: the address that was asked.
        limit: bytes, after decompression.
        validators: what was sent along.
        now: for dates in headers, where the answer does not say what time it is there.

    Raises:
        FetchFailed: an error status, or a body that is broken or larger than `limit` bytes.
    """
    status, location = response.status_code, response.headers.get("location", "")
    if status in _REDIRECTING and location:
        return Redirect(web_address(location, base=str(target)) or location, status in _PERMANENT)
    stay = freshness(response.headers, now=now or datetime.now(tz=UTC))
    fresh = Validators(_raw_header(response, b"etag"), _raw_header(response, b"last-modified"))
    if status == 304 and (validators.etag or validators.last_modified):
        kept = Validators(fresh.etag or validators.etag, fresh.last_modified or validators.last_modified)
        return Fetched(str(target), status, b"", validators=kept, unchanged=True, fresh_for=stay.fresh_for)
    if status != 200:
        trouble = TROUBLES.get(status, "server" if status >= 500 else "status")
        raise FetchFailed(_status_text(status), status=status, retry_after=stay.retry_after, trouble=trouble)
    return Fetched(
        url=str(target),
        status=status,
        body=await _body(response, limit),
        content_type=response.headers.get("content-type", ""),
        validators=fresh,
        fresh_for=max(stay.fresh_for, stay.retry_after),
    )


async def _body(response: httpx.Response, limit: int) -> bytes:
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > 18 or int(declared) > limit):
        raise FetchFailed(
            f"The answer is larger than {readable(limit)}; it was not read.",
            status=response.status_code,
            trouble="too-large",
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
