"""Signing in and out: a link is used once, a session is a row, and revoking the row ends it at once."""

import secrets
from datetime import datetime

from sqlmodel import Session, col, select, update

from service.errors import NotSignedIn, TokenExpired
from service.settings import Settings
from service.tokens import LIFETIMES, Purpose, read_token
from service.users import DeskSession, SignInLink, User


def link_of_token(
    session: Session, settings: Settings, token: str, *, now: datetime
) -> tuple[SignInLink, User]:
    """The unused link that a token stands for, and whom it lets in. Nothing is used up.

    Raises:
        TokenRefused: tampered with.
        TokenExpired: too old, used, or its user has no access any more.
    """
    nonce = str(read_token(settings, Purpose.SIGN_IN, token, now=now))
    wanted = (
        select(SignInLink, User)
        .join(User, col(User.id) == SignInLink.user_id)
        .where(SignInLink.nonce == nonce)
    )
    found = session.exec(wanted).first()
    if found is None or found[0].used_at is not None or found[0].expires_at <= now or not found[1].active:
        raise TokenExpired("This link was used or is too old. Ask for a new one.")
    return found[0], found[1]


def sign_in(session: Session, settings: Settings, token: str, *, now: datetime) -> tuple[User, DeskSession]:
    """Use a link up and begin a session. Of two browsers that come with the same link at once, one gets in.

    Raises:
        TokenRefused: tampered with.
        TokenExpired: too old, used, or its user has no access any more.
    """
    link, user = link_of_token(session, settings, token, now=now)
    unused = update(SignInLink).where(col(SignInLink.id) == link.id, col(SignInLink.used_at).is_(None))
    if session.exec(unused.values(used_at=now)).rowcount != 1:
        raise TokenExpired("This link was used. Ask for a new one.")
    expires = now + LIFETIMES[Purpose.SESSION]
    begun = DeskSession(
        user_id=user.id or 0, nonce=secrets.token_urlsafe(24), made_at=now, expires_at=expires
    )
    session.add(begun)
    session.flush()
    return user, begun


def user_of_session(
    session: Session, settings: Settings, token: str, *, now: datetime
) -> tuple[User, DeskSession]:
    """Who a browser's cookie belongs to.

    Raises:
        TokenRefused, TokenExpired: the cookie is not ours, or too old.
        NotSignedIn: the session was ended, or its user has no access any more.
    """
    nonce = str(read_token(settings, Purpose.SESSION, token, now=now))
    wanted = select(User, DeskSession).join(DeskSession, col(DeskSession.user_id) == User.id)
    found = session.exec(wanted.where(DeskSession.nonce == nonce)).first()
    if found is None or found[1].revoked_at is not None or found[1].expires_at <= now or not found[0].active:
        raise NotSignedIn("Sign in first.")
    return found[0], found[1]


def sign_out(session: Session, *, desk_session: DeskSession, now: datetime) -> None:
    """End a session at once."""
    desk_session.revoked_at = now
    session.add(desk_session)
    session.flush()
