"""The pages of the knowledge base share their tabs, and the issue that things go into."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from content.interventions.waiting import waiting
from content.issues import Issue
from service.desk.access import Person
from service.desk.frame import desk_page
from service.desk.stages import open_issues
from service.i18n import _

HOME = "/redactie/kennisbank"

TABS = (
    ("", _("Interventies"), "interventions"),
    ("/wijzigingen", _("Wijzigingen"), "changes"),
    ("/koppelingen", _("Lijken op elkaar"), "pairs"),
    ("/rondes", _("Rondes"), "crawls"),
)
"""The tabs: address below `HOME`, name, and which figure of `Waiting` stands beside it."""


def knowledge_page(
    request: Request, session: Session, template: str, *, person: Person, tab: str, **values: Any
) -> HTMLResponse:
    """A page of the knowledge base; `tab` is the address of the tab it belongs to."""
    return desk_page(
        request,
        f"knowledge/{template}",
        person=person,
        place="kennisbank",
        tabs=TABS,
        tab=tab,
        home=HOME,
        waiting=waiting(session),
        **values,
    )


def into_issue(session: Session, chosen: int | None) -> tuple[list[Issue], Issue | None]:
    """The issues that can still change, and the one that things go into: the chosen one, else the first."""
    issues = open_issues(session)
    return issues, next((issue for issue in issues if issue.id == chosen), issues[0] if issues else None)


def public_address(base_url: str) -> str:
    """The public address of interventions."""
    return f"{base_url}/interventies"


def subject_of(intervention_id: int | None) -> str:
    """What acts on an intervention have as their subject in the audit."""
    return f"intervention {intervention_id}"
