"""Announcing a webinar at the desk: as a mail of its own, once more to who did not react, or as a block of an issue.

Each is an issue that a second person approves, on the pages where issues are approved.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from content.announcing import announce, announcement_of, feature_webinar, remind_of, reminder_of
from content.issues import Issue, issue_by_id
from service.audit import Act
from service.desk.webinar_frame import ADDRESS, AtWebinar, Editing
from service.mailing.following_up import follow_up
from service.web.csrf import csrf_protected
from service.web.dependencies import House
from service.web.pages import see
from service.webinars.facts import page_address
from service.webinars.wording import in_both
from subscribers.registrations.seats import lock_webinar

router = APIRouter(prefix=ADDRESS + "/{webinar_id}", dependencies=[Depends(csrf_protected)])


@router.post("/aankondigen")
def announced(at: AtWebinar, house: House) -> Response:
    """Open the announcement, or go to the one that there is."""
    lock_webinar(at.session, at.webinar.id or 0)  # two editors at once open one
    known = announcement_of(at.session, at.webinar)
    return _opened(at, known, announce(at.session, **_shown(at, house)))


@router.post("/herinneren")
def reminded(at: AtWebinar, house: House) -> Response:
    """Open the reminder of the announcement, or go to the one that there is."""
    lock_webinar(at.session, at.webinar.id or 0)
    known = reminder_of(at.session, at.webinar)
    return _opened(at, known, remind_of(at.session, **_shown(at, house)))


@router.post("/in-editie")
def featured(at: AtWebinar, house: House, issue_id: Annotated[int, Form()]) -> Response:
    """Put it into an issue that is being made."""
    issue = issue_by_id(at.session, issue_id)
    feature_webinar(at.session, issue=issue, **_shown(at, house))
    at.note(Act.WEBINAR_FEATURED, issue.title)
    return see(f"/redactie/edities/{issue.id}?klaar=in-editie")


@router.post("/opname-sturen")
def followed_up(at: AtWebinar, house: House) -> Response:
    """Mail the recording and the materials to who has no such mail yet."""
    webinar = lock_webinar(at.session, at.webinar.id or 0)
    number = follow_up(at.session, house.settings, webinar, now=at.now)
    at.note(Act.WEBINAR_FOLLOWED_UP, str(number))
    return see(f"{ADDRESS}/{webinar.id}?klaar=opname-gestuurd")


def _shown(at: Editing, house: House) -> dict[str, Any]:
    """What an issue says of the webinar, and who says so."""
    return {
        "webinar": at.webinar,
        "when": in_both(at.webinar),
        "address": page_address(house.settings, at.webinar.slug),
        "by": at.person.address,
        "now": at.now,
    }


def _opened(at: Editing, known: Issue | None, issue: Issue) -> Response:
    if known is not None:
        return see(f"/redactie/edities/{issue.id}")
    at.note(Act.WEBINAR_ANNOUNCED, issue.title)
    return see(f"/redactie/edities/{issue.id}?klaar=aankondiging")
