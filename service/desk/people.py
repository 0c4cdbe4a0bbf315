"""People of the desk: an administrator adds them, gives them roles, and takes their access away."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.audit import Act, acts, note_act
from service.desk.access import Administrator, Person
from service.desk.frame import desk_page, refusal
from service.desk.issues import Names
from service.errors import UserExists
from service.i18n import _
from service.mailing.letters import post_letter
from service.users import (
    RoleName,
    User,
    add_user,
    all_users,
    deactivate,
    make_sign_in_link,
    reactivate,
    roles_of,
    set_roles,
    user_by_id,
)
from service.web.csrf import csrf_protected
from service.web.dependencies import Now, Transaction, language
from service.web.pages import see
from subscribers.errors import NotAnAddress

ROLE_HINTS = {
    RoleName.EDITOR: _("Beoordeelt de inbox en stelt edities samen."),
    RoleName.PUBLISHER: _("Keurt edities van anderen goed en verstuurt ze."),
    RoleName.ADMINISTRATOR: _("Voegt mensen toe en geeft ze rollen."),
}
router = APIRouter(prefix="/redactie/beheer", dependencies=[Depends(csrf_protected)])

Roles = Annotated[list[RoleName], Form()]


@router.get("")
def shown(request: Request, session: Transaction, person: Administrator) -> HTMLResponse:
    """Everyone of the desk, and what was done lately."""
    return _page(request, session, person)


@router.post("")
def added(
    *,
    request: Request,
    session: Transaction,
    now: Now,
    person: Administrator,
    address: Annotated[str, Form(max_length=300)] = "",
    name: Annotated[str, Form(max_length=120)] = "",
    roles: Roles = [],  # noqa: B006  FastAPI copies it
) -> Response:
    """Add someone, and mail them a link to sign in."""
    try:
        with session.begin_nested():
            user = add_user(session, address=address, name=name, roles=roles, now=now)
    except (NotAnAddress, UserExists) as error:
        filled = {"address": address, "name": name, "roles": roles}
        return _page(request, session, person, filled=filled, error=refusal(error), status=422)
    _post_link(session, user, now)
    note_act(
        session,
        actor=person.address,
        action=Act.USER_ADDED,
        now=now,
        subject=user.address,
        detail=", ".join(roles),
    )
    return see("/redactie/beheer?klaar=persoon")


@router.get("/{user_id}")
def one(request: Request, session: Transaction, person: Administrator, user_id: int) -> HTMLResponse:
    """One person: their roles, a new link, their access."""
    user = user_by_id(session, user_id)
    return desk_page(
        request,
        "people/one.html",
        person=person,
        place="beheer",
        user=user,
        roles=roles_of(session, user),
        role_hints=ROLE_HINTS,
    )


@router.post("/{user_id}/rollen")
def changed(
    session: Transaction,
    now: Now,
    person: Administrator,
    user_id: int,
    roles: Roles = [],  # noqa: B006  FastAPI copies it
) -> Response:
    """Give someone exactly these roles."""
    user = user_by_id(session, user_id)
    set_roles(session, user=user, roles=roles)
    note_act(
        session,
        actor=person.address,
        action=Act.USER_CHANGED,
        now=now,
        subject=user.address,
        detail=", ".join(roles),
    )
    return see("/redactie/beheer?klaar=bewaard")


@router.post("/{user_id}/toegang")
def access(
    session: Transaction,
    now: Now,
    person: Administrator,
    user_id: int,
    active: Annotated[bool, Form()] = False,
) -> Response:
    """Take someone's access away at once, or give it back."""
    user = user_by_id(session, user_id)
    if active:
        reactivate(session, user=user)
    else:
        deactivate(session, user=user, now=now)
    act = Act.USER_REACTIVATED if active else Act.USER_DEACTIVATED
    note_act(session, actor=person.address, action=act, now=now, subject=user.address)
    return see(f"/redactie/beheer/{user_id}?klaar=bewaard")


@router.post("/{user_id}/link")
def new_link(session: Transaction, now: Now, _person: Administrator, user_id: int) -> Response:
    """Mail someone a link to sign in."""
    user = user_by_id(session, user_id)
    if user.active:
        _post_link(session, user, now)
    return see("/redactie/beheer?klaar=link")


def _post_link(session: Session, user: User, now: Any) -> None:
    link = make_sign_in_link(session, user=user, now=now)
    post_letter(session, kind="sign-in", user=user, context={"nonce": link.nonce}, now=now)


def _page(
    request: Request,
    session: Session,
    person: Person,
    *,
    filled: dict[str, Any] | None = None,
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    return desk_page(
        request,
        "people/list.html",
        status=status,
        person=person,
        place="beheer",
        users=all_users(session),
        role_hints=ROLE_HINTS,
        filled=filled or {"address": "", "name": "", "roles": []},
        error=error,
        names=Names(session, language(request)),
        history=acts(session, limit=30),
    )
