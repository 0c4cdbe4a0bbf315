"""Alerting: what cannot wait for the next issue goes into the alert that is being made; without one, a new one is opened."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from content.composing import add_item, open_issue
from content.featuring import add_change
from content.interventions.changes import Kind
from content.interventions.tables import ChangeEvent, EventState, intervention_by_id, whole
from content.interventions.wording import KINDS
from content.issues import Issue, IssueKind
from content.items import Item
from content.vocabulary import Vocabulary

LONGEST_TITLE = 200

URGENT = frozenset({Kind.LEVEL_LOWERED, Kind.WITHDRAWN})
"""Changes to an intervention that whoever works with it should hear of at once."""

RECENT = timedelta(days=7)
"""An older change is no news that cannot wait."""


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


def alert_change(
    session: Session, *, event: ChangeEvent, vocabulary: Vocabulary, address: str, by: str, now: datetime
) -> tuple[Issue, bool]:
    """Put a change to an intervention into the alert; the alert, and whether it was opened now.

    Raises:
        BlockRefused: the change stands in it already, or is one that is never published.
    """
    intervention = whole(session, intervention_by_id(session, event.intervention_id))
    about = f"{intervention.name}: {KINDS[Kind(event.kind)].label('nl')}"
    issue, opened = open_alert(session, about=about, by=by, now=now)
    add_change(session, issue=issue, event=event, vocabulary=vocabulary, address=address, by=by, now=now)
    return issue, opened


def urgent_changes(session: Session, *, now: datetime) -> list[ChangeEvent]:
    """Changes that the rule puts into an alert: of an urgent kind, of these days, that nobody decided on yet.

    What came with a crawl that a guard stopped is left to a person: it may be a fault of the list, or of ours.
    """
    waiting = select(ChangeEvent).where(
        col(ChangeEvent.kind).in_(URGENT),
        ChangeEvent.state == EventState.NEW,
        col(ChangeEvent.flagged).is_(False),
        ChangeEvent.at > now - RECENT,
    )
    return list(session.exec(waiting.order_by(col(ChangeEvent.id))))
