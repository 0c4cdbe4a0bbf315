"""Listing: the webinars that everyone may see, and whether one can be registered for. A draft is nobody's."""

from datetime import datetime

from sqlmodel import Session, col, select

from content.errors import UnknownWebinar
from content.webinars.tables import Webinar, WebinarStatus, webinar_by_slug

SHOWN = (WebinarStatus.PUBLISHED, WebinarStatus.CANCELLED)


def coming(session: Session, *, now: datetime) -> list[Webinar]:
    """Those that are not over, the first first; cancelled ones among them, so that nobody waits for one."""
    wanted = select(Webinar).where(col(Webinar.status).in_(SHOWN), col(Webinar.ends_at) > now)
    return list(session.exec(wanted.order_by(col(Webinar.starts_at), col(Webinar.id))))


def past(session: Session, *, now: datetime) -> list[Webinar]:
    """Those that took place, the last first."""
    over = select(Webinar).where(Webinar.status == WebinarStatus.PUBLISHED, col(Webinar.ends_at) <= now)
    return list(session.exec(over.order_by(col(Webinar.starts_at).desc(), col(Webinar.id))))


def public_webinar(session: Session, slug: str) -> Webinar:
    """The webinar at this address, as far as everyone may see it.

    Raises:
        UnknownWebinar: there is none, or it is a draft.
    """
    found = webinar_by_slug(session, slug)
    if found.status not in SHOWN:
        raise UnknownWebinar(f"There is no webinar {slug!r} yet.")
    return found


def closes_at(webinar: Webinar) -> datetime:
    """From when nobody can register any more."""
    return min(webinar.closes_at or webinar.starts_at, webinar.starts_at)


def takes_registrations(webinar: Webinar, now: datetime) -> bool:
    """Whether it is published, and registration has not closed."""
    return webinar.status == WebinarStatus.PUBLISHED and now < closes_at(webinar)


def is_to_come(webinar: Webinar, now: datetime) -> bool:
    """Whether it is published, and has not begun."""
    return webinar.status == WebinarStatus.PUBLISHED and now < webinar.starts_at
