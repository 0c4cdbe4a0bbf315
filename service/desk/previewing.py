"""The preview: an issue as any municipality and any set of interests would get it."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from content.choosing import Profile
from content.issues import IssueKind, blocks_of, issue_by_id
from service.desk.access import Anyone
from service.desk.frame import desk_page
from service.i18n import LANGUAGES
from service.mailing.preview import Preview, preview_issue
from service.mailing.targeting import STREAMS
from service.runtime import Runtime
from service.web.dependencies import House, Transaction
from service.web.headers import MAIL_POLICY
from subscribers.organisations import Organisation
from subscribers.search import find_organisations, resolve_organisation

WIDTHS = (600, 360)

router = APIRouter(prefix="/redactie/edities/{issue_id}")

Following = Annotated[list[str], Query(max_length=100)]


@router.get("/voorbeeld")
def preview(
    *,
    request: Request,
    house: House,
    session: Transaction,
    person: Anyone,
    issue_id: int,
    organisatie: Annotated[str, Query(max_length=120)] = "",
    volgt: Following = [],  # noqa: B006  FastAPI copies it
    mailtaal: str = LANGUAGES[0],
    breedte: int = WIDTHS[0],
) -> HTMLResponse:
    """What such a reader gets, block by block and as the mail itself."""
    issue = issue_by_id(session, issue_id)
    organisation, guesses = _organisation(session, organisatie)
    following = [slug for slug in volgt if slug in house.vocabulary.by_slug]
    made = _preview(
        session, house, issue_id=issue_id, organisation=organisation, following=following, language=mailtaal
    )
    choice = [("organisatie", organisatie), *(("volgt", slug) for slug in following), ("mailtaal", mailtaal)]
    blocks = {block.id: block for block in blocks_of(session, issue)}
    return desk_page(
        request,
        "issues/preview.html",
        person=person,
        place="edities",
        issue=issue,
        made=made,
        chosen=[(blocks[one.block_id], one) for one in made.chosen],
        left_out=len(blocks) - len(made.chosen),
        organisatie=organisatie,
        organisation=organisation,
        guesses=guesses,
        following=following,
        mailtaal=mailtaal,
        breedte=breedte if breedte in WIDTHS else WIDTHS[0],
        widths=WIDTHS,
        choice=urlencode(choice),
    )


@router.get("/voorbeeld/mail")
def mail(
    *,
    house: House,
    session: Transaction,
    _person: Anyone,
    issue_id: int,
    organisatie: Annotated[str, Query(max_length=120)] = "",
    volgt: Following = [],  # noqa: B006  FastAPI copies it
    mailtaal: str = LANGUAGES[0],
) -> HTMLResponse:
    """The mail's HTML, on a path of its own and under a policy of its own."""
    organisation, _guesses = _organisation(session, organisatie)
    following = [slug for slug in volgt if slug in house.vocabulary.by_slug]
    made = _preview(
        session, house, issue_id=issue_id, organisation=organisation, following=following, language=mailtaal
    )
    return HTMLResponse(made.html, headers={"Content-Security-Policy": MAIL_POLICY})


def _organisation(session: Session, typed: str) -> tuple[Organisation | None, list[Organisation]]:
    """The organisation that is meant beyond doubt, or those that may be."""
    if not typed.strip():
        return None, []
    found = resolve_organisation(session, text=typed)
    return found, [] if found else find_organisations(session, text=typed, limit=5)


def _preview(
    session: Session,
    house: Runtime,
    *,
    issue_id: int,
    organisation: Organisation | None,
    following: list[str],
    language: str,
) -> Preview:
    issue = issue_by_id(session, issue_id)
    profile = Profile(interests=frozenset(following), streams=frozenset({STREAMS[IssueKind(issue.kind)]}))
    language = language if language in LANGUAGES else LANGUAGES[0]
    return preview_issue(
        session, house, issue=issue, profile=profile, language=language, organisation=organisation
    )
