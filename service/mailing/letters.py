"""Letters: mails to one person about one thing (a confirmation, a sign-in link, a word to the editors)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from service.mailing.outbox import Delivery, Mailing
from service.settings import Settings
from service.users import RoleName, User, users_with_role
from subscribers.people import Subscriber

LETTERS = (
    "confirm-subscription",
    "already-subscribed",
    "preferences-link",
    "own-data",
    "confirm-old-address",
    "confirm-new-address",
    "hand-over",
    "still-you",
    "municipality-merged",
    "sign-in",
    "remind-editors",
    "issue-not-approved",
    "issue-refused",
    "occurrence-expired",
    "alert-drafted",
    "mailing-paused",
    "sender-fault",
    "reply",
    "source-gone",
)
"""The kinds of letters: each has a folder of this name under templates/emails."""

TO_EDITORS = frozenset({"reply"})
"""Kinds that may go to the editors' address, which is no user."""


def post_to_editors(
    session: Session, settings: Settings, *, kind: str, now: datetime, context: Mapping[str, Any]
) -> int:
    """Queue a letter to the editors' address; to everyone who edits where none is set. Gives how many letters."""
    if settings.editors_address:
        _post(
            session,
            Delivery(mailing_id=0, due_at=now, urgent=True, context=dict(context)),
            kind=kind,
            now=now,
        )
        return 1
    return post_to_desk(session, kind=kind, context=context, now=now)


def post_letter(
    session: Session,
    *,
    kind: str,
    now: datetime,
    subscriber: Subscriber | None = None,
    user: User | None = None,
    context: Mapping[str, Any] | None = None,
) -> Mailing:
    """Queue a letter to a reader or to someone of the desk; it leaves with the transaction's commit, before any issue.

    `context` holds references (an issue's id, a nonce), never a token: links are made when the message is.

    Raises:
        ValueError: an unknown kind, or not exactly one of reader and user. A defect of the caller.
    """
    if kind not in LETTERS:
        raise ValueError(f"There is no letter {kind!r}.")
    person = subscriber or user
    if person is None or (subscriber is not None and user is not None):
        raise ValueError("A letter goes to a reader or to a user: to one of them.")
    session.add(person)
    delivery = Delivery(
        mailing_id=0,
        subscriber_id=subscriber.id if subscriber else None,
        user_id=user.id if user else None,
        language=person.language,
        context=dict(context or {}),
        due_at=now,
        urgent=True,
    )
    return _post(session, delivery, kind=kind, now=now)


def _post(session: Session, delivery: Delivery, *, kind: str, now: datetime) -> Mailing:
    mailing = Mailing(kind=kind, planned=1, urgent=True, created_at=now)
    session.add(mailing)
    session.flush()
    delivery.mailing_id = mailing.id or 0
    session.add(delivery)
    session.flush()
    return mailing


def post_to_desk(session: Session, *, kind: str, context: Mapping[str, object], now: datetime) -> int:
    """Post a letter to each active editor and publisher; give how many."""
    people = users_with_role(session, RoleName.EDITOR, RoleName.PUBLISHER)
    for user in people:
        post_letter(session, kind=kind, user=user, context=context, now=now)
    return len(people)
