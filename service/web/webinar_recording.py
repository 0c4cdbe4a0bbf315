"""Looking back, behind the link that was mailed: looking (GET) counts for nothing, pressing notes it and leads on."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from content.webinars.materials import can_be_seen
from content.webinars.tables import Material, MaterialKind, Webinar, WebinarStatus, materials_of
from service.web.csrf import csrf_protected
from service.web.pages import page
from service.web.webinar_place import Visit, counted, own_registration
from service.web.webinar_views import material_file

router = APIRouter(prefix="/webinars/plaats/{token}/terugkijken", dependencies=[Depends(csrf_protected)])


@router.api_route("", methods=["GET", "HEAD"])
def look(visit: Visit) -> Response:
    """The recording and the materials."""
    webinar, _mine = own_registration(visit.session, visit.reference)
    return _page(visit, webinar)


@router.post("", dependencies=[Depends(counted)])
def watch(visit: Visit, material: Annotated[int, Form()]) -> Response:
    """Note that they watched, the first time, and lead to the recording."""
    webinar, mine = own_registration(visit.session, visit.reference)
    for one in _shown(visit.session, webinar, visit):
        if one.id == material and one.kind == MaterialKind.RECORDING:
            mine.watched_at = mine.watched_at or visit.now
            visit.session.add(mine)
            # Browsers hold where a form leads to the policy's form-action, redirects too: so the page leads on itself.
            answer = _page(visit, webinar, one)
            answer.headers["Refresh"] = f"0; url={one.address}"
            return answer
    raise HTTPException(404)


@router.get("/stukken/{number}")
def file(visit: Visit, number: int) -> Response:
    """The file of a material, for who registered."""
    webinar, _mine = own_registration(visit.session, visit.reference)
    if webinar.status != WebinarStatus.PUBLISHED:
        raise HTTPException(404)
    return material_file(visit.session, webinar, number, visit.now)


def _page(visit: Visit, webinar: Webinar, opened: Material | None = None) -> Response:
    return page(
        visit.request,
        "webinars/recording.html",
        webinar=webinar,
        token=visit.token,
        materials=_shown(visit.session, webinar, visit),
        recording=MaterialKind.RECORDING,
        opened=opened,
    )


def _shown(session: Session, webinar: Webinar, visit: Visit) -> list[Material]:
    if webinar.status != WebinarStatus.PUBLISHED:
        return []
    return [one for one in materials_of(session, webinar) if can_be_seen(one, visit.now)]
