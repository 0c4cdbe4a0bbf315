"""Leading on: the address of ours that a mail links to sends the reader to where the piece leads, and counts that in total.

Only what an issue linked to can be led to. Nobody waits for the counting, and whatever goes wrong with it, the reader arrives.
"""

from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask

from service.database import writing
from service.errors import TokenExpired, TokenRefused
from service.limits import RateLimit, may_happen
from service.mailing.counting import MailLink, count_click, link_behind, note_reading
from service.runtime import Runtime
from service.tokens import Purpose, read_token
from service.web.client import client_address
from service.web.dependencies import House, Transaction
from service.web.machines import is_person

router = APIRouter(prefix="/k")
log = structlog.get_logger()

PER_NETWORK = RateLimit("clicks", 10, 10)
"""Clicks of one network that are counted: who follows more in ten seconds is a scanner of mail, or wishes the figures ill."""

HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
"""Each click comes here, and where it leads learns neither of the mail nor of the mark."""


Code = Annotated[str, Path(max_length=40)]


@router.api_route("/{code}", methods=["GET", "HEAD"])
def lead_on(request: Request, house: House, session: Transaction, code: Code) -> Response:
    """On to where the link leads; 302, since the answer is about this click alone."""
    return _answer(request, house, link_behind(session, code), "")


@router.api_route("/{code}/{mark}", methods=["GET", "HEAD"])
def lead_reader_on(
    request: Request,
    house: House,
    session: Transaction,
    code: Code,
    mark: Annotated[str, Path(max_length=400)],
) -> Response:
    """The same from a mail of somebody who shows what they read."""
    return _answer(request, house, link_behind(session, code), mark)


def _answer(request: Request, house: Runtime, link: MailLink, mark: str) -> Response:
    counts = house.settings.count_clicks and is_person(request.method, request.headers)
    task = BackgroundTask(_count, house, request, link.id or 0, mark) if counts else None
    return Response(status_code=302, headers={"Location": link.address, **HEADERS}, background=task)


def _count(house: Runtime, request: Request, link_id: int, mark: str) -> None:
    now, secret = house.clock(), house.settings.secret_key.get_secret_value()
    reference = _reference(house, mark) if mark else ""
    try:
        with writing(house.engine) as session:
            network = client_address(request, house.settings)
            if may_happen(session, limit=PER_NETWORK, subject=network, secret=secret, now=now):
                count_click(session, link_id)
                if reference:
                    note_reading(session, reference=reference, link_id=link_id, now=now)
    except SQLAlchemyError as error:
        log.warning("click not counted", problem=type(error).__name__)


def _reference(house: Runtime, mark: str) -> str:
    """Whose mark it is; nobody's when it was mangled on its way or is too old: the click counts in total all the same."""
    try:
        return str(read_token(house.settings, Purpose.READING, mark, now=house.clock()))
    except (TokenRefused, TokenExpired):
        return ""
