"""Announced: whether the announcement of a webinar is still to leave to somebody, and the link that is theirs in it.

Between planning and leaving may lie hours: people register meanwhile, and a webinar can be moved or called off.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, exists, false, literal, or_
from sqlalchemy import select as rows
from sqlmodel import Session, col, select

from content.issues import Issue
from content.webinars.listing import takes_registrations
from content.webinars.tables import ForWhom, Webinar
from service.mailing.claims import Claimed
from service.mailing.links import Referenced, register_link
from service.mailing.outbox import Delivery, DeliveryState, Mailing
from service.settings import Settings
from subscribers.people import Interest, Subscriber
from subscribers.registrations.tables import GovernmentDomain, Registration, Standing

CLOSED = "Nobody can register for this webinar any more."
MOVED = "The webinar was moved after this mail was made."
REACTED = "They registered, or said no, before this mail left."

_SAID_SOMETHING = or_(
    col(Registration.standing) != Standing.ASKED, col(Registration.confirmed_at).is_not(None)
)
"""An address that somebody typed said nothing, unless its owner did before."""

_REACHED = (DeliveryState.SENT, DeliveryState.CANCELLED)
"""A first announcement that left, or that was stopped on its way because it was not true any more."""


@dataclass(frozen=True)
class Announced:
    """The webinars that a batch announces, by mailing, and who reacted to them (webinar, subscriber)."""

    webinars: Mapping[int, Webinar] = field(default_factory=dict)
    reacted: Collection[tuple[int, int]] = frozenset()


def load_announced(session: Session, claimed: Collection[Claimed]) -> Announced:
    """What announces among these."""
    if not claimed:
        return Announced()
    found = (
        select(Mailing.id, Webinar)
        .join(Issue, col(Issue.id) == col(Mailing.issue_id))
        .join(Webinar, col(Webinar.id) == col(Issue.webinar_id))
        .where(col(Mailing.id).in_({one.mailing_id for one in claimed}))
    )
    webinars = {number or 0: webinar for number, webinar in session.exec(found)}
    if not webinars:
        return Announced()
    people = {one.subscriber_id for one in claimed if one.mailing_id in webinars}
    mine = select(Registration.webinar_id, Registration.subscriber_id).where(
        col(Registration.webinar_id).in_({one.id for one in webinars.values()}),
        col(Registration.subscriber_id).in_(people),
        _SAID_SOMETHING,
    )
    return Announced(webinars, frozenset(session.exec(mine).all()))


def why_not(announced: Announced, one: Claimed, *, made_at: datetime, now: datetime) -> str:
    """Why this mail, made at that moment, is not to leave any more; empty where it is."""
    webinar = announced.webinars.get(one.mailing_id)
    if webinar is None:
        return ""
    if not takes_registrations(webinar, now):
        return CLOSED
    if webinar.moved_at is not None and webinar.moved_at > made_at:
        return MOVED
    return REACTED if (webinar.id, one.subscriber_id) in announced.reacted else ""


def link_in(
    announced: Announced, settings: Settings, reader: Referenced, mailing_id: int, now: datetime
) -> str:
    """Where this reader registers, in the mails of a mailing that announces; empty in others."""
    webinar = announced.webinars.get(mailing_id)
    return register_link(settings, reader, webinar.slug, now) if webinar else ""


def invited(session: Session, issue: Issue, *, now: datetime) -> list[ColumnElement[bool]]:
    """Conditions on `Subscriber`: whom an announcement, or the reminder of one, is for among those who follow webinars.

    They follow one of its topics (all, where it has none); may register, by the domain of their address; and did neither
    register nor say no. A reminder is for those to whom the announcement went.
    """
    webinar = session.get(Webinar, issue.webinar_id or 0)
    if webinar is None or not takes_registrations(webinar, now):
        return [false()]
    reacted = exists().where(
        col(Registration.webinar_id) == webinar.id,
        col(Registration.subscriber_id) == col(Subscriber.id),
        _SAID_SOMETHING,
    )
    conditions: list[ColumnElement[bool]] = [~reacted]
    if webinar.tags:
        follows = exists().where(
            col(Interest.subscriber_id) == col(Subscriber.id), col(Interest.slug).in_(webinar.tags)
        )
        conditions.append(follows)
    if webinar.for_whom == ForWhom.GOVERNMENT:
        conditions.append(_of_a_government())
    if issue.reminds_id is not None:
        conditions.append(_reached_by(issue.reminds_id))
    return conditions


def _of_a_government() -> ColumnElement[bool]:
    """As `is_government`, for all at once: a listed domain holds letters, digits, dots and dashes, and no wildcard."""
    at = literal("%@").concat(col(GovernmentDomain.domain))
    below = literal("%.").concat(col(GovernmentDomain.domain))
    key = col(Subscriber.address_key)
    return exists().where(or_(key.like(at), key.like(below)))


def _reached_by(issue_id: int) -> ColumnElement[bool]:
    mailings = rows(col(Mailing.id)).where(col(Mailing.issue_id) == issue_id)
    return exists().where(
        col(Delivery.mailing_id).in_(mailings),
        col(Delivery.subscriber_id) == col(Subscriber.id),
        col(Delivery.state).in_(_REACHED),
    )
