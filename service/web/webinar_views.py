"""What the pages of webinars share: the values of a webinar's page, whether it can be registered for, and files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select
from starlette.exceptions import HTTPException

from content.prose import markdown_to_html
from content.sharing import anchor_of
from content.webinars.answering import shown_of
from content.webinars.listing import takes_registrations
from content.webinars.materials import are_public, can_be_seen
from content.webinars.series import others_in_series
from content.webinars.tables import (
    Material,
    MaterialFile,
    Speaker,
    SpeakerPicture,
    Webinar,
    WebinarSeries,
    WebinarStatus,
    materials_of,
    questions_of,
    speakers_of,
)
from service.runtime import Runtime
from service.web.pages import page
from service.webinars.facts import facts_of
from service.webinars.structured import as_script, described, event_of
from service.webinars.wording import when
from subscribers.registrations.seats import free, is_full


def stage_of(session: Session, webinar: Webinar, now: datetime) -> str:
    """What a visitor can do: `open`, `full` (the queue), or why nothing: `closed`, `going`, `over`, `cancelled`."""
    if webinar.status == WebinarStatus.CANCELLED:
        return "cancelled"
    if webinar.ends_at <= now:
        return "over"
    if takes_registrations(webinar, now):
        return "full" if is_full(session, webinar) else "open"
    return "going" if webinar.starts_at <= now else "closed"


def with_pictures(session: Session, speakers: list[Speaker]) -> dict[int, str]:
    """The speakers of whom there is a picture, with the words for who cannot see it."""
    ids = [one.id or 0 for one in speakers]
    known = select(SpeakerPicture.speaker_id, SpeakerPicture.alt)
    return dict(session.exec(known.where(col(SpeakerPicture.speaker_id).in_(ids))).all())


def material_file(session: Session, webinar: Webinar, number: int, now: datetime) -> Response:
    """The file of a material, to be saved: nothing of it runs here, whatever is in it. 404 where none can be seen."""
    material, found = session.get(Material, number), session.get(MaterialFile, number)
    if (
        material is None
        or found is None
        or material.webinar_id != webinar.id
        or not can_be_seen(material, now)
    ):
        raise HTTPException(404)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",  # RFC 6266
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, max-age=300",
    }
    return Response(found.data, media_type=found.kind, headers=headers)


def webinar_page(
    request: Request,
    session: Session,
    house: Runtime,
    webinar: Webinar,
    *,
    language: str,
    now: datetime,
    status: int = 200,
    **form: Any,
) -> HTMLResponse:
    """A webinar's page, with the form on it; `form` is what the form shows."""
    speakers = speakers_of(session, webinar)
    shown = [one for one in materials_of(session, webinar) if can_be_seen(one, now)]
    facts = facts_of(webinar, settings=house.settings, now=now)
    values: Mapping[str, Any] = {
        "webinar": webinar,
        "when": when(webinar.starts_at, webinar.ends_at, language),
        "summary": markdown_to_html(webinar.summary),
        "description": described(facts),
        "address_of_page": facts.page,
        "script": as_script(event_of(facts, webinar, speakers)),
        "stage": stage_of(session, webinar, now),
        "left": free(session, webinar),
        "speakers": [(one, markdown_to_html(one.about)) for one in speakers],
        "pictures": with_pictures(session, speakers),
        "questions": questions_of(session, webinar),
        "materials": shown if are_public(webinar) else [],
        "kept_inside": bool(shown) and not are_public(webinar),
        "answers": [
            (anchor_of(one), one.question, markdown_to_html(one.answer)) for one in shown_of(session, webinar)
        ],
        "series": session.get(WebinarSeries, webinar.series_id) if webinar.series_id else None,
        "in_series": others_in_series(session, webinar),
        "tags": [
            (slug, house.vocabulary.by_slug[slug].label(language))
            for slug in webinar.tags
            if slug in house.vocabulary.by_slug
        ],
    }
    return page(request, "webinars/webinar.html", status=status, **{**values, **form})
