"""Alerting: what cannot wait for the next issue goes into the alert that is being made; without one, a new one is opened."""

from datetime import datetime

from sqlmodel import Session, col, select

from content.composing import add_item, open_issue
from content.issues import Issue, IssueKind
from content.items import Item
from content.vocabulary import Vocabulary

LONGEST_TITLE = 200


def open_alert(session: Session, *, about: str, by: str, now: datetime) -> tuple[Issue, bool]:
    """The alert that is being made, the newest of several; and whether it was opened now, with `about` in its title."""
    being_made = select(Issue).where(Issue.kind == IssueKind.ALERT, col(Issue.closed_at).is_(None))
    found = session.exec(being_made.order_by(col(Issue.id).desc())).first()
    if found is not None:
        return found, False
    title = f"Melding: {about}"[:LONGEST_TITLE]
    return open_issue(session, title=title, by=by, now=now, kind=IssueKind.ALERT), True


def alert_item(
    session: Session, *, item: Item, vocabulary: Vocabulary, by: str, now: datetime
) -> tuple[Issue, bool]:
    """Put an item into the alert; the alert, and whether it was opened now.

    Raises:
        BlockRefused: the item stands in it already.
    """
    issue, opened = open_alert(session, about=item.title, by=by, now=now)
    add_item(session, issue=issue, item=item, section_key=None, vocabulary=vocabulary, by=by, now=now)
    return issue, opened
