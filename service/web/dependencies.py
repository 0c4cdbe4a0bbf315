"""What routes ask for: the runtime, a transaction, the reader's language, a rate limit."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from service.database import reading, writing
from service.i18n import LANGUAGES
from service.limits import RateLimit, count_request
from service.runtime import Runtime
from service.tokens import Purpose, read_token
from service.web.client import client_address

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LANGUAGE_COOKIE = "kp_taal"


def runtime(request: Request) -> Runtime:
    """The runtime that the application was made with."""
    made: Runtime = request.app.state.runtime
    return made


House = Annotated[Runtime, Depends(runtime)]


def transaction(request: Request, house: House) -> Iterator[Session]:
    """One request, one transaction: reading for GET and HEAD, writing for the rest. The edge commits, before the answer."""
    with reading(house.engine) if request.method in SAFE_METHODS else writing(house.engine) as session:
        yield session


# scope="function": otherwise FastAPI answers before the exit of the dependency, and a failing commit would still say 200.
Transaction = Annotated[Session, Depends(transaction, scope="function")]


def now(house: House) -> datetime:
    """The time of this request."""
    return house.clock()


Now = Annotated[datetime, Depends(now)]


def language(request: Request) -> str:
    """The reader's choice (?taal=, then its cookie), then Accept-Language, then Dutch."""
    for choice in (request.query_params.get("taal"), request.cookies.get(LANGUAGE_COOKIE)):
        if choice in LANGUAGES:
            return choice
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.split(";")[0].strip().lower().split("-")[0]
        if tag in LANGUAGES:
            return tag
    return LANGUAGES[0]


Language = Annotated[str, Depends(language)]


def limited(limit: RateLimit) -> Callable[..., None]:
    """A dependency that counts the client against `limit`, in a transaction of its own so that a refusal counts too.

    Give it in the route's `dependencies=[...]`: those run before the route's own transaction begins.
    """

    def count(request: Request, house: House) -> None:
        _count(house, limit, client_address(request, house.settings))

    return count


def limited_by_link(limit: RateLimit, purpose: Purpose) -> Callable[..., None]:
    """The same for a page behind a personal link, `token` in its path: who has the link is counted, wherever they are.

    An office of any size shares a network, and nobody can make a link: so colleagues do not stand in each other's way.

    Raises:
        TokenRefused, TokenExpired: it is no link of ours for this purpose.
    """

    def count(token: str, house: House) -> None:
        payload = read_token(house.settings, purpose, token, now=house.clock())
        _count(house, limit, json.dumps(payload))

    return count


def _count(house: Runtime, limit: RateLimit, subject: str) -> None:
    with writing(house.engine) as session:
        secret = house.settings.secret_key.get_secret_value()
        count_request(session, limit=limit, subject=subject, secret=secret, now=house.clock())
