"""Three questions after a webinar, behind the link that was mailed. Looking changes nothing; they are answered once."""

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from service.web.csrf import csrf_protected
from service.web.pages import page, see
from service.web.registering import Posted
from service.web.webinar_place import Visit, counted, own_registration
from subscribers.errors import RegistrationClosed
from subscribers.registrations.evaluating import evaluate, evaluation_of, is_asked

router = APIRouter(prefix="/webinars/plaats/{token}/evaluatie", dependencies=[Depends(csrf_protected)])


@router.api_route("", methods=["GET", "HEAD"])
def look(visit: Visit) -> Response:
    """The questions; or that they were answered, or cannot be (any more)."""
    webinar, mine = own_registration(visit.session, visit.reference)
    said = evaluation_of(visit.session, mine) is not None
    return page(
        visit.request,
        "webinars/evaluate.html",
        webinar=webinar,
        token=visit.token,
        said=said,
        asked=is_asked(webinar, mine, visit.now),
    )


@router.post("", dependencies=[Depends(counted)])
def say(visit: Visit, posted: Posted) -> Response:
    """Keep the answers, once."""
    webinar, mine = own_registration(visit.session, visit.reference)
    if not is_asked(webinar, mine, visit.now):
        raise RegistrationClosed(f"Webinar {webinar.slug!r} is not judged (any more).")
    typed = posted.get("mark", "")
    evaluate(
        visit.session,
        mine,
        mark=int(typed) if typed in ("1", "2", "3", "4", "5") else None,
        will_use=posted.get("will_use", ""),
        word=posted.get("word", ""),
        now=visit.now,
    )
    return see(f"/webinars/plaats/{visit.token}/evaluatie")
