"""What speaks against the moment of a webinar: asked while it is chosen, and shown with the webinar. Reads only."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from sqlmodel import Session

from content.vocabulary import Vocabulary
from content.webinars.tables import Webinar
from service.desk.access import Anyone
from service.desk.frame import desk_page
from service.desk.moments import wall_moment
from service.errors import MomentRefused, MomentSkipped
from service.web.dependencies import House, Language, Transaction
from service.webinars.nearby import warnings_at
from service.webinars.planning import Warned

router = APIRouter(prefix="/redactie/webinars")


class Moment(BaseModel):
    """A moment as the form has it, and what the webinar is about; `webinar` is its own number."""

    day: str = ""
    starts: str = ""
    ends: str = ""
    tags: list[str] = []
    webinar: int | None = None


@router.get("/moment")
def weighed(
    *,
    request: Request,
    house: House,
    session: Transaction,
    language: Language,
    person: Anyone,
    moment: Annotated[Moment, Query()],
) -> HTMLResponse:
    """The warnings alone, for the form to take in; nothing while the moment is not whole."""
    starts_at, ends_at = _read(moment.day, moment.starts), _read(moment.day, moment.ends)
    warnings = None
    if starts_at is not None and ends_at is not None and starts_at < ends_at:
        warnings = warnings_at(
            session,
            house.vocabulary,
            starts_at=starts_at,
            ends_at=ends_at,
            tags=moment.tags,
            language=language,
            but=moment.webinar,
        )
    return desk_page(request, "webinars/moment.html", person=person, place="webinars", warnings=warnings)


def warnings_of(session: Session, vocabulary: Vocabulary, webinar: Webinar, language: str) -> list[Warned]:
    """What speaks against the moment that a webinar has."""
    return warnings_at(
        session,
        vocabulary,
        starts_at=webinar.starts_at,
        ends_at=webinar.ends_at,
        tags=webinar.tags,
        language=language,
        but=webinar.id,
    )


def _read(day: str, time: str) -> datetime | None:
    try:
        return wall_moment(day, time)
    except (MomentRefused, MomentSkipped):
        return None
