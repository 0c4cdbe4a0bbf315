"""The demo's welcome series: written by the editor, approved by the publisher, put on a month ago, and on its way since."""

from datetime import datetime, timedelta

from sqlmodel import Session

from content.approval import approve, content_hash
from content.fitting import begin_fitting_series
from content.welcome import switch
from service.demo.issues import EDITOR, PUBLISHER
from service.demo.readers import FORTNIGHT
from service.mailing.links import interventions_address
from service.mailing.welcoming import use_version, welcome_newcomers
from service.runtime import Runtime


def put_series_on(session: Session, runtime: Runtime, *, now: datetime) -> int:
    """All steps in both languages, in use and on; gives how many mails that is."""
    made = begin_fitting_series(
        session,
        vocabulary=runtime.vocabulary,
        address=interventions_address(runtime.settings),
        by=EDITOR,
        now=now,
    )
    for version, issue in made:
        approve(session, issue=issue, approver=PUBLISHER, seen_hash=content_hash(session, issue), now=now)
        use_version(session, version=version, issue=issue, now=now)
    switch(session, on=True, now=now)
    return len(made)


def welcome_readers(session: Session, runtime: Runtime, *, now: datetime) -> None:
    """What the schedule does each morning, for the mornings since they came: who is a newcomer gets the next mail."""
    for days in reversed(range(FORTNIGHT)):
        welcome_newcomers(session, runtime, now=now - timedelta(days=days))
