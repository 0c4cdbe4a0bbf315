"""Targeting: the readers whom an issue is for, those of its stream narrowed by its segment; and who got an earlier issue."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy import select as rows
from sqlmodel import Session, col, select

from content.issues import Issue, IssueKind
from content.vocabulary import Vocabulary
from service.mailing.announced import invited
from service.mailing.outbox import Delivery, DeliveryState, Mailing
from subscribers.audience import audience
from subscribers.people import Stream
from subscribers.segments.compiling import compile_expression
from subscribers.segments.expression import parse_expression
from subscribers.segments.own import own_predicates
from subscribers.segments.predicates import Choice, Ids, Predicate, Predicates, by_key

STREAMS = {
    IssueKind.MONTHLY: Stream.MONTHLY,
    IssueKind.DIGEST: Stream.DIGEST,
    IssueKind.ALERT: Stream.ALERTS,
    IssueKind.WELCOME: Stream.WELCOME,
    IssueKind.WEBINAR: Stream.WEBINARS,
}
"""Which readers an issue is for."""


def predicates_now(session: Session, vocabulary: Vocabulary) -> Predicates:
    """All that a segment can ask of readers: their own tables, and what they got."""
    return by_key((*own_predicates(session, vocabulary), received_predicate(session)))


def received_predicate(session: Session) -> Predicate:
    """Whether the mail server took an issue for them and it did not come back; the values are issues that were sent."""
    sent = select(Issue.id, Issue.title).join(Mailing, col(Mailing.issue_id) == col(Issue.id))
    newest_first = sent.order_by(col(Mailing.created_at).desc(), col(Mailing.id).desc())
    choices = tuple(Choice(str(number), nl=title, en=title) for number, title in session.exec(newest_first))
    return Predicate("issue", choices, _received)


def readers_for(
    session: Session, vocabulary: Vocabulary, issue: Issue, *, now: datetime
) -> Select[int | None, str, str]:
    """A query for (id, profile_key, language) of the readers whom the issue is for now.

    Raises:
        SegmentFault: what it stores is no segment.
        SegmentBroken: its segment asks what cannot be asked any more.
    """
    everyone = audience(STREAMS[IssueKind(issue.kind)], now=now)
    if issue.kind == IssueKind.WEBINAR:
        everyone = everyone.where(*invited(session, issue, now=now))
    if issue.audience is None:
        return everyone
    expression = parse_expression(issue.audience)
    return everyone.where(compile_expression(expression, predicates_now(session, vocabulary)))


def _received(values: Sequence[str]) -> Ids:
    mailings = rows(col(Mailing.id)).where(col(Mailing.issue_id).in_([int(value) for value in values]))
    return rows(col(Delivery.subscriber_id)).where(
        col(Delivery.mailing_id).in_(mailings),
        col(Delivery.state) == DeliveryState.SENT,
        col(Delivery.bounced_at).is_(None),
        col(Delivery.subscriber_id).is_not(None),
    )
