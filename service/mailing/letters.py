"""Letters: mails to one person about one thing (a confirmation, a sign-in link, a word to the editors)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from service.mailing.outbox import Delivery, Mailing
from service.users import User
from subscribers.people import Subscriber

LETTERS = (
    "confirm-subscription",
    "already-subscribed",
    "sign-in",
    "remind-editors",
    "issue-not-approved",
    "issue-refused",
    "occurrence-expired",
    "source-gone",
)
"""The kinds of letters: each has a folder of this name under templates/emails."""


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
    mailing = Mailing(kind=kind, planned=1, created_at=now)
    session.add(mailing)
    session.flush()
    session.add(
        Delivery(
            mailing_id=mailing.id or 0,
            subscriber_id=subscriber.id if subscriber else None,
            user_id=user.id if user else None,
            language=person.language,
            context=dict(context or {}),
            due_at=now,
        )
    )
    session.flush()
    return mailing
