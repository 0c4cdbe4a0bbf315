"""The webinars: a list, what a speaker looks like, and where a form that was sent leads."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from content.webinars.listing import coming, past, public_webinar
from content.webinars.materials import are_public
from content.webinars.tables import Speaker, SpeakerPicture
from service.web.dependencies import Language, Now, Transaction
from service.web.pages import page
from service.web.webinar_views import material_file, stage_of
from service.webinars.wording import when

router = APIRouter(prefix="/webinars")

PICTURES = ("image/png", "image/jpeg", "image/webp")
"""Kinds of pictures that a page shows; nothing in them can run."""

Slug = Annotated[str, Path(max_length=120)]


@router.api_route("", methods=["GET", "HEAD"])
def webinars(request: Request, session: Transaction, now: Now, language: Language) -> Response:
    """Those to come, the first first, and those that were."""
    to_come = [
        (one, when(one.starts_at, one.ends_at, language), stage_of(session, one, now))
        for one in coming(session, now=now)
    ]
    return page(request, "webinars/list.html", to_come=to_come, were=past(session, now=now))


@router.get("/{slug}/sprekers/{number}")
def picture(slug: Slug, number: int, session: Transaction) -> Response:
    """A speaker's picture."""
    webinar = public_webinar(session, slug)
    speaker = session.get(Speaker, number)
    found = session.get(SpeakerPicture, number)
    if speaker is None or found is None or speaker.webinar_id != webinar.id or found.kind not in PICTURES:
        raise HTTPException(404)
    return Response(found.data, media_type=found.kind, headers={"Cache-Control": "public, max-age=3600"})


@router.get("/{slug}/stukken/{number}")
def file(slug: Slug, number: int, session: Transaction, now: Now) -> Response:
    """The file of a material, as far as everyone may have it."""
    webinar = public_webinar(session, slug)
    if not are_public(webinar):
        raise HTTPException(404)
    return material_file(session, webinar, number, now)


@router.api_route("/{slug}/verzonden", methods=["GET", "HEAD"])
def sent(slug: Slug, request: Request, session: Transaction) -> Response:
    """What happens next; one page for everyone."""
    return page(request, "webinars/sent.html", webinar=public_webinar(session, slug))
