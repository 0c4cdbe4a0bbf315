"""Leaving: a page with a button on GET, the one-click POST of RFC 8058, and the way back. The link works for ever."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse, Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from service.errors import TokenRefused
from service.i18n import _
from service.limits import RateLimit, may_happen
from service.runtime import Runtime
from service.tokens import Purpose, read_token
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction
from service.web.pages import page
from subscribers.errors import UnknownSubscriber
from subscribers.following import streams_of
from subscribers.leaving import come_back, leave
from subscribers.people import Stream, Subscriber
from subscribers.reasons import note_reason
from subscribers.signup import subscriber_by_reference

router = APIRouter()

EVERYTHING = "all"
ONE_CLICK = "List-Unsubscribe"
ONE_REASON = RateLimit("leaving-reason", 1, 86400)

REASON_NAMES = {
    "other-work": _("Ik doe ander werk"),
    "too-often": _("Het kwam te vaak"),
    "too-seldom": _("Het kwam te weinig"),
    "not-my-topics": _("Het ging niet over mijn onderwerpen"),
    "too-long": _("Het was te lang"),
    "other-source": _("Ik lees het al ergens anders"),
    "other": _("Iets anders"),
}
"""Each of `subscribers.reasons.REASONS`, in words."""


async def fields(request: Request) -> Mapping[str, str]:
    """What was posted, as text. A body that cannot be read is no reason to keep mailing someone: it counts as empty."""
    try:
        posted = await request.form()
    except HTTPException:
        return {}
    return {name: value for name, value in posted.items() if isinstance(value, str)}


Fields = Annotated[Mapping[str, str], Depends(fields)]


# Both with and without a slash at the end: some mail programs add one, and a redirect would break the one-click POST.
@router.api_route("/afmelden/{token}", methods=["GET", "HEAD"])
@router.api_route("/afmelden/{token}/", methods=["GET", "HEAD"])
def ask(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """The button. Looking changes nothing: scanners of mail follow every link."""
    reference, stream = _read(house, token, now)
    subscriber = _reader(session, reference)
    receives = streams_of(session, subscriber) if subscriber else []
    if subscriber is None or not receives:
        return page(request, "left.html", token=token, **_after(session, subscriber, left=[]))
    return page(
        request,
        "leave.html",
        token=token,
        address=subscriber.address,
        stream=stream,
        choice=stream in receives and len(receives) > 1,
    )


# No CSRF token on these: a mail provider posts without a page, and the token in the address is what proves the right.
@router.post("/afmelden/{token}")
@router.post("/afmelden/{token}/")
def stop(
    *, token: str, request: Request, house: House, session: Transaction, now: Now, posted: Fields
) -> Response:
    """Stop at once, and for good until the reader comes back; 200, never a redirect (RFC 8058, 3.1)."""
    reference, stream = _read(house, token, now)
    one_click = ONE_CLICK in posted
    everything = stream == EVERYTHING or (posted.get("what") == EVERYTHING and not one_click)
    subscriber = _reader(session, reference, lock=True)
    left: list[str] = []
    if subscriber is not None:
        source = "one-click" if one_click else "page /afmelden"
        chosen = None if everything else stream
        left = leave(session, subscriber=subscriber, stream=chosen, source=source, now=now)
    if one_click:
        return PlainTextResponse("Unsubscribed.")
    return page(request, "left.html", token=token, **_after(session, subscriber, left=left))


@router.post("/afmelden/{token}/terug", dependencies=[Depends(csrf_protected)])
def back(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """Undo the leaving."""
    reference, _stream = _read(house, token, now)
    subscriber = subscriber_by_reference(session, reference, lock=True)
    come_back(session, subscriber=subscriber, source="page /afmelden", now=now)
    if not streams_of(session, subscriber):
        raise UnknownSubscriber("This reader never confirmed, so there is nothing to come back to.")
    return page(
        request,
        "came_back.html",
        token=token,
        address=subscriber.address,
    )


@router.post("/afmelden/{token}/reden", dependencies=[Depends(csrf_protected)])
def why(
    *, token: str, request: Request, house: House, session: Transaction, now: Now, posted: Fields
) -> Response:
    """Count why they left, once a day per link. What is kept names nobody."""
    reference, _stream = _read(house, token, now)
    secret = house.settings.secret_key.get_secret_value()
    if may_happen(session, limit=ONE_REASON, subject=reference, secret=secret, now=now):
        note_reason(session, reason=posted.get("reason", ""), now=now)
    subscriber = _reader(session, reference)
    values = _after(session, subscriber, left=[]) | {"thanked": True}
    return page(request, "left.html", token=token, **values)


def _read(house: Runtime, token: str, now: Now) -> tuple[str, str]:
    payload: Any = read_token(house.settings, Purpose.UNSUBSCRIBE, token, now=now)
    if not (
        isinstance(payload, list) and len(payload) == 2 and all(isinstance(part, str) for part in payload)
    ):
        raise TokenRefused("This link is not right. Copy it whole out of the mail.")
    reference, stream = payload
    if stream != EVERYTHING and stream not in set(Stream):
        raise TokenRefused("This link is about something that we do not send.")
    return reference, stream


def _reader(session: Session, reference: str, *, lock: bool = False) -> Subscriber | None:
    """None for someone who is not among the readers any more: their link still gets a friendly page."""
    try:
        return subscriber_by_reference(session, reference, lock=lock)
    except UnknownSubscriber:
        return None


def _after(session: Session, subscriber: Subscriber | None, *, left: list[str]) -> dict[str, Any]:
    """What the page says: who left what, and whether something still comes."""
    return {
        "address": subscriber.address if subscriber else "",
        "left": left,
        "remaining": streams_of(session, subscriber) if subscriber else [],
        "reasons": REASON_NAMES,
        "thanked": False,
        "can_return": subscriber is not None and subscriber.confirmed_at is not None,
    }
