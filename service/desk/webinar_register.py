"""The entry of the register of processing (GDPR, article 30) for one webinar, to be printed."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from content.webinars.tables import questions_of
from service.desk.webinar_frame import ADDRESS, ROOMS, AtWebinar
from service.retention import RETENTION
from service.web.dependencies import Language
from service.webinars.wording import when

router = APIRouter(prefix=ADDRESS + "/{webinar_id}/verwerking")


@router.get("")
def shown(at: AtWebinar, language: Language) -> HTMLResponse:
    """What is processed of whom, why, on which ground, who sees it, and until which day."""
    webinar = at.webinar
    keeps = {one.key: one.keeps for one in RETENTION}
    return at.page(
        "register.html",
        when=when(webinar.starts_at, webinar.ends_at, language),
        asked=[
            (one, webinar.ends_at + timedelta(days=one.keep_days))
            for one in questions_of(at.session, webinar)
        ],
        erased=webinar.ends_at + keeps["participants-of-webinars"],
        unconfirmed=keeps["unconfirmed-registrations"].days,
        rooms=ROOMS,
    )
