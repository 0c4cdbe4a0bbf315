"""The demo's issues: one that is made, approved by a second person and sent, and the next one as a draft to play with."""

from datetime import datetime

from babel.dates import format_date
from sqlmodel import Session

from content.announcing import feature_webinar
from content.approval import approve, content_hash
from content.composing import add_text, change_issue, open_issue
from content.drafting import fill_draft
from content.featuring import add_intervention
from content.interventions.tables import intervention_by_slug
from content.issues import Issue, IssueKind
from content.webinars.tables import Webinar
from service.clock import AMSTERDAM
from service.mailing.outbox import Mailing
from service.mailing.planning import plan_issue
from service.runtime import Runtime
from service.schedule.table import next_monthly
from service.users import RoleName, User, add_user
from service.webinars.facts import page_address
from service.webinars.wording import in_both

EDITOR = "noor.redactie@kennispost.example"
PUBLISHER = "sam.uitgever@kennispost.example"
VISITOR = "u@kennispost.example"

FEATURED = ("helder-op-school", "unity", "handreiking-lachgas")
"""Interventions of the starter knowledge whose cards stand in the first issue."""

INTRODUCTION = (
    "Dit is een voorbeeld van de nieuwsbrief die elke gemeente krijgt: "
    "wat past bij uw onderwerpen, aangevuld met het belangrijkste van de maand. "
    "Klopt er iets niet? Pas dan uw voorkeuren aan met de link in uw mail."
)
WELCOME = (
    "U leest hier wat er nieuw is, welke interventies werken en bij wie u terechtkunt. "
    "Twijfelt u wie in uw regio helpt bij uw preventiebeleid? Begin bij uw **GGD**."
)


def add_desk(session: Session, *, now: datetime) -> User:
    """An editor, a publisher, and the visitor, who may do everything; give the visitor."""
    add_user(session, address=EDITOR, name="Noor (redacteur)", roles=[RoleName.EDITOR], now=now)
    add_user(session, address=PUBLISHER, name="Sam (eindredacteur)", roles=[RoleName.PUBLISHER], now=now)
    return add_user(session, address=VISITOR, name="Bezoeker", roles=list(RoleName), now=now)


def send_first_issue(session: Session, runtime: Runtime, *, coming: Webinar, now: datetime) -> Mailing:
    """Build an issue out of what was harvested, some interventions and a webinar that comes; have it approved, and plan it.

    Raises:
        NothingToSend: there are no readers.
    """
    issue = open_issue(session, title=_title(now), by=EDITOR, now=now)
    change_issue(
        session,
        issue=issue,
        title=issue.title,
        introduction=INTRODUCTION,
        minimum=3,
        maximum=12,
        allow_nothing=False,
        by=EDITOR,
        now=now,
    )
    fill_draft(session, issue=issue, vocabulary=runtime.vocabulary, by=EDITOR, now=now)
    for slug in FEATURED:
        add_intervention(
            session,
            issue=issue,
            intervention=intervention_by_slug(session, slug),
            vocabulary=runtime.vocabulary,
            address=f"{runtime.settings.base_url}/interventies",
            by=EDITOR,
            now=now,
        )
    add_text(
        session,
        issue=issue,
        section_key="practice",
        title="Bij wie kunt u terecht?",
        body=WELCOME,
        by=EDITOR,
        now=now,
        everyone=True,
    )
    feature_webinar(
        session,
        issue=issue,
        webinar=coming,
        when=in_both(coming),
        address=page_address(runtime.settings, coming.slug),
        by=EDITOR,
        now=now,
    )
    approve(session, issue=issue, approver=PUBLISHER, seen_hash=content_hash(session, issue), now=now)
    return plan_issue(session, runtime, issue=issue, now=now)


def open_next_issue(session: Session, runtime: Runtime, *, now: datetime) -> Issue:
    """The draft that the schedule would open: for the next monthly moment, with what the first issue left."""
    moment = next_monthly(runtime.settings, now)
    occasion = f"{IssueKind.MONTHLY}-{moment.astimezone(AMSTERDAM):%Y-%m}"
    issue = open_issue(session, title=_title(moment), by=EDITOR, now=now, occasion=occasion, send_at=moment)
    fill_draft(session, issue=issue, vocabulary=runtime.vocabulary, by=EDITOR, now=now)
    return issue


def _title(moment: datetime) -> str:
    return f"Kennispost {format_date(moment.astimezone(AMSTERDAM).date(), 'LLLL y', locale='nl')}"
