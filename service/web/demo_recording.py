"""The demo's recording: a page that says where a recording would play, so that the way to it can be walked to its end."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from content.webinars.listing import public_webinar
from service.web.dependencies import Transaction
from service.web.mailbox import only_in_demo
from service.web.pages import page
from service.web.webinars import Slug

router = APIRouter(prefix="/webinars/{slug}/opname", dependencies=[Depends(only_in_demo)])


@router.api_route("", methods=["GET", "HEAD"])
def play(slug: Slug, request: Request, session: Transaction) -> Response:
    """In the place of the video, what it is."""
    return page(request, "webinars/played.html", webinar=public_webinar(session, slug))
