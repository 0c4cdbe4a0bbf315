"""The agenda: the webinars that calendars follow, whether or not they were cancelled."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from content.webinars.listing import SHOWN
from content.webinars.tables import Webinar

KEPT = timedelta(days=365)
"""How long a webinar that is over stays in a calendar that follows us."""


def agenda(session: Session, *, now: datetime, topic: str = "") -> list[Webinar]:
    """What is shown in calendars, the first first: all of it, or those that are about a topic (the slug of a term)."""
    wanted = select(Webinar).where(col(Webinar.status).in_(SHOWN), col(Webinar.ends_at) > now - KEPT)
    found = session.exec(wanted.order_by(col(Webinar.starts_at), col(Webinar.id)))
    return [one for one in found if not topic or topic in one.tags]
