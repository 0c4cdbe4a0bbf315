"""Calendar files: a webinar to put in one's calendar, and feeds to follow, of all webinars and of one topic."""

import hashlib
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from content.webinars.agenda import agenda
from content.webinars.listing import public_webinar
from content.webinars.tables import Webinar
from service.i18n import _, translate
from service.runtime import Runtime
from service.web.dependencies import House, Language, Now, Transaction
from service.webinars.calendars import published
from service.webinars.facts import WebinarFacts, facts_of

router = APIRouter()

FEED_NAME = _("Webinars van %(sender)s")
TOPIC_NAME = _("Webinars van %(sender)s over %(topic)s")

FRESH = "public, max-age=900"

Slug = Annotated[str, Path(max_length=120)]


@router.api_route("/webinars.ics", methods=["GET", "HEAD"])
def feed(request: Request, house: House, session: Transaction, now: Now, language: Language) -> Response:
    """All webinars, of a year back and all that is to come."""
    name = translate(language, FEED_NAME) % {"sender": _sender(house)}
    return _answer(request, published(_facts(house, agenda(session, now=now)), name=name))


@router.api_route("/webinars/onderwerp/{topic}.ics", methods=["GET", "HEAD"])
def topic_feed(
    *, topic: Slug, request: Request, house: House, session: Transaction, now: Now, language: Language
) -> Response:
    """Those about one topic; 404 where there is none, so that a calendar that follows one stops."""
    term = house.vocabulary.by_slug.get(topic)
    if term is None:
        raise HTTPException(404)
    named = {"sender": _sender(house), "topic": term.label(language)}
    name = translate(language, TOPIC_NAME) % named
    return _answer(request, published(_facts(house, agenda(session, now=now, topic=term.slug)), name=name))


@router.api_route("/webinars/{slug}.ics", methods=["GET", "HEAD"])
def download(slug: Slug, request: Request, house: House, session: Transaction) -> Response:
    """One webinar. Raises UnknownWebinar."""
    webinar = public_webinar(session, slug)
    return _answer(request, published(_facts(house, [webinar])), file=f"{webinar.slug}.ics")


def _facts(house: Runtime, webinars: Sequence[Webinar]) -> list[WebinarFacts]:
    """The moment of each is that of its last change, so that a file is the same until something is another."""
    return [facts_of(one, settings=house.settings, now=one.changed_at) for one in webinars]


def _answer(request: Request, data: bytes, *, file: str = "webinars.ics") -> Response:
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": FRESH, "Vary": "Accept-Language, Cookie"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return Response(data, media_type="text/calendar; charset=utf-8; method=PUBLISH", headers=headers)


def _sender(house: Runtime) -> str:
    return house.settings.sender_name or "Kennispost"
