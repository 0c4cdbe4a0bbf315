"""People of the desk, what they may do, and the links that let them in."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, col, select, update

from content.columns import Instant, Record
from service.errors import LastAdministrator, UnknownUser, UserExists
from service.settings import Settings
from service.tokens import LIFETIMES, Purpose, make_token
from subscribers.addresses import parse_address


class RoleName(StrEnum):
    """An editor builds issues, a publisher approves and sends, an administrator adds people."""

    EDITOR = "editor"
    PUBLISHER = "publisher"
    ADMINISTRATOR = "administrator"


class User(Record, table=True):
    """Someone of the desk. `address` is their key in approvals and the audit."""

    __tablename__ = "desk_user"

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(unique=True)
    name: str
    language: str = "nl"
    active: bool = True
    created_at: datetime = Field(sa_type=Instant)


class Role(Record, table=True):
    """A role that a user has."""

    __tablename__ = "desk_role"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="desk_user.id", index=True, ondelete="CASCADE")
    name: str


class SignInLink(Record, table=True):
    """A link that signs in once. Its nonce is signed in the link; what is stored alone opens nothing."""

    __tablename__ = "sign_in_link"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="desk_user.id", index=True, ondelete="CASCADE")
    nonce: str = Field(unique=True)
    made_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class DeskSession(Record, table=True):
    """A signed-in browser; revoking the row ends it at once."""

    __tablename__ = "desk_session"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="desk_user.id", index=True, ondelete="CASCADE")
    nonce: str = Field(unique=True)
    made_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


def add_user(session: Session, *, address: str, name: str, roles: Iterable[str], now: datetime) -> User:
    """Someone new at the desk.

    Raises:
        NotAnAddress: the address cannot exist.
        UserExists: someone has this address already.
    """
    address = parse_address(address).key
    if user_by_address(session, address) is not None:
        raise UserExists(f"There is a user {address} already.")
    user = User(address=address, name=name.strip() or address, created_at=now)
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        # Two people add one address at the same moment: the other was first.
        raise UserExists(f"There is a user {address} already.") from error
    for role in sorted({RoleName(role) for role in roles}):
        session.add(Role(user_id=user.id or 0, name=role))
    session.flush()
    return user


def user_by_address(session: Session, address: str) -> User | None:
    """Whoever has this address, active or not."""
    return session.exec(select(User).where(User.address == address.strip().casefold())).first()


def user_by_id(session: Session, user_id: int) -> User:
    """The user.

    Raises:
        UnknownUser: there is none with this id.
    """
    user = session.get(User, user_id)
    if user is None:
        raise UnknownUser(f"There is no user {user_id}.")
    return user


def roles_of(session: Session, user: User) -> frozenset[str]:
    """What a user may do."""
    return frozenset(session.exec(select(Role.name).where(Role.user_id == user.id)))


def all_users(session: Session) -> list[tuple[User, frozenset[str]]]:
    """Everyone of the desk with their roles, by name."""
    users = session.exec(select(User).order_by(col(User.active).desc(), col(User.name)))
    return [(user, roles_of(session, user)) for user in users]


def users_with_role(session: Session, *roles: RoleName) -> list[User]:
    """The active users that have one of these roles, by address."""
    having = select(Role.user_id).where(col(Role.name).in_(roles))
    return list(
        session.exec(select(User).where(col(User.active), col(User.id).in_(having)).order_by(User.address))
    )


def set_roles(session: Session, *, user: User, roles: Iterable[str]) -> None:
    """Give a user exactly these roles.

    Raises:
        LastAdministrator: nobody would be left to add people.
    """
    wanted = {RoleName(role) for role in roles}
    if RoleName.ADMINISTRATOR not in wanted:
        _refuse_last_administrator(session, user)
    for role in session.exec(select(Role).where(Role.user_id == user.id)):
        session.delete(role)
    session.flush()
    for name in sorted(wanted):
        session.add(Role(user_id=user.id or 0, name=name))
    session.flush()


def deactivate(session: Session, *, user: User, now: datetime) -> None:
    """Take a user's access away at once: sessions and unused links end. What they did stays recorded.

    Raises:
        LastAdministrator: nobody would be left to add people.
    """
    _refuse_last_administrator(session, user)
    user.active = False
    session.add(user)
    sessions, links = col(DeskSession.user_id), col(SignInLink.user_id)
    session.exec(
        update(DeskSession)
        .where(sessions == user.id, col(DeskSession.revoked_at).is_(None))
        .values(revoked_at=now)
    )
    session.exec(
        update(SignInLink).where(links == user.id, col(SignInLink.used_at).is_(None)).values(used_at=now)
    )


def reactivate(session: Session, *, user: User) -> None:
    """Let a user in again; they ask for a new link."""
    user.active = True
    session.add(user)
    session.flush()


def make_sign_in_link(session: Session, *, user: User, now: datetime) -> SignInLink:
    """A link for this user that works once, within the hour."""
    expires = now + LIFETIMES[Purpose.SIGN_IN]
    link = SignInLink(user_id=user.id or 0, nonce=secrets.token_urlsafe(24), made_at=now, expires_at=expires)
    session.add(link)
    session.flush()
    return link


def sign_in_address(settings: Settings, link: SignInLink, now: datetime) -> str:
    """The web address that a sign-in link is mailed as."""
    return (
        f"{settings.base_url}/redactie/inloggen/{make_token(settings, Purpose.SIGN_IN, link.nonce, now=now)}"
    )


def _refuse_last_administrator(session: Session, user: User) -> None:
    # Two who take each other's role away at once would each still see the other: the second waits for the first here.
    administrators = select(Role.id).where(Role.name == RoleName.ADMINISTRATOR).order_by(col(Role.id))
    session.exec(administrators.with_for_update()).all()
    if RoleName.ADMINISTRATOR not in roles_of(session, user):
        return
    others = (
        select(User.id)
        .join(Role, col(Role.user_id) == User.id)
        .where(Role.name == RoleName.ADMINISTRATOR, col(User.active).is_(True), User.id != user.id)
    )
    if session.exec(others).first() is None:
        raise LastAdministrator("Someone must be able to add people: make another user administrator first.")
