"""The archive: every issue that was sent, whole, and no one's in particular."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session, col, select

from content.errors import UnknownIssue
from content.issues import Issue, IssueKind
from service.mailing.edition import edition_of
from service.mailing.fragments import KIND_NAMES
from service.web.dependencies import Transaction
from service.web.pages import page

router = APIRouter(prefix="/edities")

TEASERS = 3
"""Titles that the list shows of each issue."""


@router.get("")
def issues(request: Request, session: Transaction) -> HTMLResponse:
    """All issues that were sent, the newest first. The welcome series is no news: whoever has its mail finds its page.

    Webinars have pages of their own.
    """
    sent = select(Issue).where(
        col(Issue.closed_at).is_not(None), col(Issue.kind).not_in([IssueKind.WELCOME, IssueKind.WEBINAR])
    )
    newest = session.exec(sent.order_by(col(Issue.closed_at).desc()))
    shown = [(issue, edition_of(session, issue)) for issue in newest]
    return page(request, "archive.html", issues=shown, teasers=TEASERS, kind_names=KIND_NAMES)


@router.get("/{slug}")
def issue(request: Request, session: Transaction, slug: Annotated[str, Path(max_length=120)]) -> HTMLResponse:
    """A whole issue; one that was not sent does not exist here, however its address was guessed."""
    found = sent_issue(session, slug)
    return page(request, "issue.html", issue=found, edition=edition_of(session, found), kind_names=KIND_NAMES)


def sent_issue(session: Session, slug: str) -> Issue:
    """The issue at this address.

    Raises:
        UnknownIssue: there is none, or it was not sent.
    """
    found = session.exec(select(Issue).where(Issue.slug == slug, col(Issue.closed_at).is_not(None))).first()
    if found is None:
        raise UnknownIssue(f"No issue was sent with the address {slug!r}.")
    return found
