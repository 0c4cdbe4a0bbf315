"""Signing in by a mailed link. Mail scanners follow links, so opening one only shows a button; the button signs in."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from service.audit import Act, note_act
from service.desk.access import Anyone, forget_session, keep_session
from service.errors import TokenExpired, TokenRefused
from service.limits import RateLimit, count_request
from service.mailing.letters import post_letter
from service.sessions import link_of_token, sign_in, sign_out
from service.users import DeskSession, make_sign_in_link, user_by_address
from service.web.csrf import cookie_name, csrf_protected
from service.web.dependencies import House, Now, Transaction, limited
from service.web.pages import page, see
from service.web.problems import PROBLEMS
from subscribers.addresses import parse_address
from subscribers.errors import NotAnAddress

ASKS = RateLimit("sign-in", times=10, seconds=3600)
TRIES = RateLimit("sign-in-link", times=30, seconds=3600)
LETTERS = RateLimit("sign-in-letters", times=5, seconds=3600)
"""To one address, so that nobody's mailbox can be filled from many places."""

TOWARDS = "kp_naar"
"""The cookie that remembers, for an hour, which page of the desk someone was on the way to."""
_PLACE = re.compile(r"/redactie(/(?!inloggen)[a-z0-9-]+)+")

router = APIRouter(prefix="/redactie", dependencies=[Depends(csrf_protected)])


@router.get("/inloggen")
def ask(request: Request, house: House, naar: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The form for a link."""
    response = page(request, "desk/signing_in/ask.html", address="", refused="")
    if _PLACE.fullmatch(naar):
        name, secure = cookie_name(house.settings, TOWARDS), house.settings.base_url.startswith("https://")
        response.set_cookie(name, naar, max_age=3600, httponly=True, samesite="lax", secure=secure, path="/")
    return response


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
    except NotAnAddress as error:
        return _refused(request, error, address=address)
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
    try:
        _link, user = link_of_token(session, house.settings, token, now=now)
    except (TokenRefused, TokenExpired) as error:
        return _refused(request, error)
    return page(request, "desk/signing_in/button.html", user=user, token=token)


@router.post("/inloggen/{token}", dependencies=[Depends(limited(TRIES))])
def use_link(request: Request, house: House, session: Transaction, now: Now, token: str) -> Response:
    """Sign in, once, and go on to where this browser was going."""
    try:
        user, begun = sign_in(session, house.settings, token, now=now)
    except (TokenRefused, TokenExpired) as error:
        return _refused(request, error)
    note_act(session, actor=user.address, action=Act.SIGNED_IN, now=now)
    towards = request.cookies.get(cookie_name(house.settings, TOWARDS), "")
    response = see(towards if _PLACE.fullmatch(towards) else "/redactie/inbox")
    keep_session(response, house.settings, begun)
    response.delete_cookie(
        cookie_name(house.settings, TOWARDS), path="/", secure=house.settings.base_url.startswith("https://")
    )
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


def _refused(request: Request, error: Exception, *, address: str = "") -> HTMLResponse:
    """What is wrong, above the form that sets it right."""
    status, message = PROBLEMS[type(error)]
    return page(request, "desk/signing_in/ask.html", status=status, address=address, refused=message)
