"""Inviting: how many were sent the announcement of a webinar, by the organisation that they work for."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from content.issues import Issue
from content.webinars.tables import Webinar
from service.mailing.outbox import Delivery, DeliveryState, Mailing
from subscribers.people import Membership


def invited_by_organisation(session: Session, webinar: Webinar) -> dict[int | None, int]:
    """Readers to whom the announcement or its reminder was sent, each once, by one of their organisations; None is of none."""
    sent = (
        select(
            col(Delivery.subscriber_id).label("reader"), func.min(Membership.organisation_id).label("works")
        )
        .join(Mailing, col(Mailing.id) == col(Delivery.mailing_id))
        .join(Issue, col(Issue.id) == col(Mailing.issue_id))
        .join(Membership, col(Membership.subscriber_id) == col(Delivery.subscriber_id), isouter=True)
        .where(Issue.webinar_id == webinar.id, Delivery.state == DeliveryState.SENT)
        .where(col(Delivery.subscriber_id).is_not(None))
        .group_by(col(Delivery.subscriber_id))
        .subquery()
    )
    counted = select(sent.c.works, func.count()).group_by(sent.c.works)
    return dict(session.exec(counted).all())
