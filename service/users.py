"""People of the desk, what they may do, and their sessions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from content.columns import Instant, Record


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


class AuditEvent(Record, table=True):
    """Who did what at the desk, when."""

    __tablename__ = "audit_event"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant, index=True)
    actor: str
    action: str
    subject: str = ""
    detail: str = ""
