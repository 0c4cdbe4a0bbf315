"""Series: webinars that belong together, under one name."""

from sqlmodel import Session, col, select

from content.errors import UnknownWebinar, WebinarRefused
from content.webinars.listing import SHOWN
from content.webinars.slugs import slug_of
from content.webinars.tables import Webinar, WebinarSeries


def all_series(session: Session) -> list[WebinarSeries]:
    """All series, by title."""
    return list(session.exec(select(WebinarSeries).order_by(col(WebinarSeries.title))))


def put_series(
    session: Session, series: WebinarSeries | None, *, title: str, summary: str = ""
) -> WebinarSeries:
    """Make a series, or change this one; its public name stays.

    Raises:
        WebinarRefused: no title, or another series has it; `args[1]` is `title`.
    """
    if not title.strip():
        raise WebinarRefused("A series has a title.", "title")
    slug = slug_of(title, otherwise="reeks")
    known = session.exec(select(WebinarSeries).where(WebinarSeries.slug == slug)).first()
    if known is not None and (series is None or known.id != series.id):
        raise WebinarRefused(f"There is a series {slug!r} already.", "title")
    kept = series or WebinarSeries(slug=slug, title="")
    kept.title, kept.summary = title.strip(), summary.strip()
    session.add(kept)
    session.flush()
    return kept


def series_by_id(session: Session, series_id: int) -> WebinarSeries:
    """The series.

    Raises:
        UnknownWebinar: there is none with this id.
    """
    found = session.get(WebinarSeries, series_id)
    if found is None:
        raise UnknownWebinar(f"There is no series {series_id}.")
    return found


def others_in_series(session: Session, webinar: Webinar) -> list[Webinar]:
    """The other webinars of its series that everyone may see, the first first; none where it is of no series."""
    if webinar.series_id is None:
        return []
    others = select(Webinar).where(
        Webinar.series_id == webinar.series_id, Webinar.id != webinar.id, col(Webinar.status).in_(SHOWN)
    )
    return list(session.exec(others.order_by(col(Webinar.starts_at), col(Webinar.id))))


def in_series(session: Session, series: WebinarSeries) -> list[Webinar]:
    """The webinars of a series, the first first, drafts among them."""
    mine = select(Webinar).where(Webinar.series_id == series.id)
    return list(session.exec(mine.order_by(col(Webinar.starts_at), col(Webinar.id))))
