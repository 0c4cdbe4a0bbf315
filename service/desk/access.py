"""Who is at the desk: the session cookie, and what routes ask for to let someone in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from service.database import reading
from service.errors import NotAllowed, NotSignedIn, TokenExpired, TokenRefused
from service.sessions import user_of_session
from service.settings import Settings
from service.tokens import LIFETIMES, Purpose, make_token
from service.users import DeskSession, RoleName, roles_of
from service.web.csrf import cookie_name
from service.web.dependencies import House, Now


@dataclass(frozen=True)
class Person:
    """Someone who is signed in, as plain values. `address` is their key in approvals and in the audit."""

    user_id: int
    session_id: int
    address: str
    name: str
    roles: frozenset[str]

    def may(self, role: str) -> bool:
        """Whether they have this role."""
        return role in self.roles


def signed_in(request: Request, house: House, now: Now) -> Person:
    """Whose browser this is. Looked up in a short read of its own, so that a route may take its time without a lock.

    Raises:
        NotSignedIn: no cookie, one that is not ours or too old, an ended session, or a user without access.
    """
    cookie = request.cookies.get(cookie_name(house.settings, "kp_redactie"), "")
    with reading(house.engine) as session:
        try:
            user, desk_session = user_of_session(session, house.settings, cookie, now=now)
        except (TokenRefused, TokenExpired) as error:
            raise NotSignedIn("Sign in first.") from error
        return Person(
            user_id=user.id or 0,
            session_id=desk_session.id or 0,
            address=user.address,
            name=user.name,
            roles=roles_of(session, user),
        )


Anyone = Annotated[Person, Depends(signed_in)]


def with_role(*roles: RoleName) -> Callable[[Person], Person]:
    """A dependency that lets in whoever has one of these roles.

    Raises:
        NotSignedIn, NotAllowed.
    """

    def check(person: Anyone) -> Person:
        if not any(person.may(role) for role in roles):
            raise NotAllowed(f"This asks for the role {' or '.join(roles)}.")
        return person

    return check


Editor = Annotated[Person, Depends(with_role(RoleName.EDITOR))]
Publisher = Annotated[Person, Depends(with_role(RoleName.PUBLISHER))]
Administrator = Annotated[Person, Depends(with_role(RoleName.ADMINISTRATOR))]


def keep_session(response: Response, settings: Settings, begun: DeskSession) -> None:
    """Put the session in the browser. Lax, not Strict: people come to the desk from links in mails."""
    token = make_token(settings, Purpose.SESSION, begun.nonce, now=begun.made_at)
    response.set_cookie(
        cookie_name(settings, "kp_redactie"),
        token,
        max_age=int(LIFETIMES[Purpose.SESSION].total_seconds()),
        httponly=True,
        samesite="lax",
        secure=settings.base_url.startswith("https://"),
        path="/",
    )


def forget_session(response: Response, settings: Settings) -> None:
    """Take the session out of the browser."""
    secure = settings.base_url.startswith("https://")
    response.delete_cookie(
        cookie_name(settings, "kp_redactie"), path="/", secure=secure, httponly=True, samesite="lax"
    )
