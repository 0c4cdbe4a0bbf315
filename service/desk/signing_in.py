"""Signing in by a mailed link. Mail scanners follow links, so opening one only shows a button; the button signs in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from service.audit import Act, note_act
from service.desk.access import Anyone, forget_session, keep_session
from service.limits import RateLimit, count_request
from service.mailing.letters import post_letter
from service.sessions import link_of_token, sign_in, sign_out
from service.users import DeskSession, make_sign_in_link, user_by_address
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction, limited
from service.web.pages import page, see
from subscribers.addresses import parse_address
from subscribers.errors import NotAnAddress

ASKS = RateLimit("sign-in", times=10, seconds=3600)
TRIES = RateLimit("sign-in-link", times=30, seconds=3600)
LETTERS = RateLimit("sign-in-letters", times=5, seconds=3600)
"""To one address, so that nobody's mailbox can be filled from many places."""

router = APIRouter(prefix="/redactie", dependencies=[Depends(csrf_protected)])


@router.get("/inloggen")
def ask(request: Request) -> HTMLResponse:
    """The form for a link."""
    return page(request, "desk/signing_in/ask.html", address="", refused=False)


@router.post("/inloggen", dependencies=[Depends(limited(ASKS))])
def post_link(
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    address: Annotated[str, Form(max_length=300)] = "",
) -> HTMLResponse:
    """Mail a link to whoever has this address. The answer is the same for an address that nobody has."""
    try:
        key = parse_address(address).key
    except NotAnAddress:
        return page(request, "desk/signing_in/ask.html", status=422, address=address, refused=True)
    secret = house.settings.secret_key.get_secret_value()
    count_request(session, limit=LETTERS, subject=key, secret=secret, now=now)
    user = user_by_address(session, key)
    if user is not None and user.active:
        link = make_sign_in_link(session, user=user, now=now)
        post_letter(session, kind="sign-in", user=user, context={"nonce": link.nonce}, now=now)
    return page(request, "desk/signing_in/posted.html", address=address.strip())


@router.get("/inloggen/{token}", dependencies=[Depends(limited(TRIES))])
def show_button(request: Request, house: House, session: Transaction, now: Now, token: str) -> HTMLResponse:
    """A page with a button; the link stays unused until a person presses it."""
    _link, user = link_of_token(session, house.settings, token, now=now)
    return page(request, "desk/signing_in/button.html", user=user, token=token)


@router.post("/inloggen/{token}", dependencies=[Depends(limited(TRIES))])
def use_link(house: House, session: Transaction, now: Now, token: str) -> Response:
    """Sign in, once."""
    user, begun = sign_in(session, house.settings, token, now=now)
    note_act(session, actor=user.address, action=Act.SIGNED_IN, now=now)
    response = see("/redactie/inbox")
    keep_session(response, house.settings, begun)
    return response


@router.post("/uitloggen")
def leave(house: House, session: Transaction, now: Now, person: Anyone) -> Response:
    """End the session, here and now."""
    desk_session = session.get(DeskSession, person.session_id)
    if desk_session is not None:
        sign_out(session, desk_session=desk_session, now=now)
    note_act(session, actor=person.address, action=Act.SIGNED_OUT, now=now)
    response = see("/redactie/inloggen")
    forget_session(response, house.settings)
    return response


@router.get("")
def desk(_person: Anyone) -> Response:
    """The desk begins at the inbox."""
    return see("/redactie/inbox")
